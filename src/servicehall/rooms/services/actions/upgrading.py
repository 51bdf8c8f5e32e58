"""Taking running requests over to another version of their flow, many at a time, and giving them back.

Decided once for a flow; done site by site in each site's own line, so many requests a turn, by a timer that sets
itself again until none is left. Whoever dies over it leaves requests that are over and requests that are not.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services.events import FlowUpgrading, RequestUpgraded
from servicehall.rooms.services.going_over import older, taken_over, verdict_on
from servicehall.rooms.services.models import Flow, Instance, Version
from servicehall.rooms.services.timers import UPGRADE
from servicehall.rooms.services.upgrading import Verdict

from .drafting import RIGHT
from .keeping_on import about

A_TURN = 50
"""Requests that one turn looks at: a site's line is held for a fraction of a second."""


def version_of(flow_id: UUID, number: int, by: Actor) -> Version:
    """A version of a flow that the actor may change.

    Raises:
        NotFound, NotAllowed: there is none, or it is not theirs to change.
    """
    flow = Flow.objects.filter(pk=flow_id).first()
    if flow is None:
        raise NotFound
    allow(by, RIGHT, flow.organisation_id)
    found = Version.objects.defer("text").select_related("flow").filter(flow=flow, number=number).first()
    if found is None:
        raise NotFound
    return found


def upgrade(*, flow_id: UUID, number: int, by: Actor, at: datetime | None = None) -> list[UUID]:
    """Has every running request of an older version go on by version ``number``, when it can; says at which sites.

    Raises:
        NotFound, NotAllowed: see there.
    """
    return _decide(version_of(flow_id, number, by), back=False, by=by, at=at or clock.now())


def revert(*, flow_id: UUID, number: int, by: Actor, at: datetime | None = None) -> list[UUID]:
    """Gives those that were taken over to version ``number`` back to the one they came from, when that one knows all
    that they have answered since; says at which sites.

    Raises:
        NotFound, NotAllowed: see there.
    """
    return _decide(version_of(flow_id, number, by), back=True, by=by, at=at or clock.now())


def _decide(version: Version, *, back: bool, by: Actor, at: datetime) -> list[UUID]:
    organisation = version.flow.organisation_id
    with transaction(organisation):
        fact = FlowUpgrading(flow=version.flow_id, number=version.number, back=back)
        record(fact, actor=by, at=at, subject_id=version.flow_id)
        return set_turns(version, back=back, at=at)


def set_turns(version: Version, *, back: bool, at: datetime) -> list[UUID]:
    """Sets the first turn at every site where there is something to do. In the open transaction."""
    rows = taken_over(version) if back else older(version)
    sites = list(rows.order_by().values_list("site_id", flat=True).distinct())
    for site in sites:
        set_timer(UPGRADE, turn_key(version.pk, site), at, site_id=site, data={"back": back, "after": ""})
    return sites


def turn_key(version_id: UUID, site_id: UUID) -> str:
    """The key of the turns to a version at a site."""
    return f"{version_id.hex}{site_id.hex}"


def turns(sites: list[UUID], flow_id: UUID, number: int) -> list[tuple[str, str, UUID]]:
    """The timers that an upgrade or a revert set at these sites, for who does not wait for a worker."""
    version_id = Version.objects.values_list("pk", flat=True).get(flow_id=flow_id, number=number)
    return [(UPGRADE, turn_key(version_id, site), site) for site in sites]


def take_turn(*, version_id: UUID, site_id: UUID, back: bool, after: str, at: datetime) -> str:
    """Takes the next requests of a site over, in its line; the last one's id, or nothing when there are no more."""
    version = Version.objects.defer("text").select_related("flow").get(pk=version_id)
    rows = (taken_over(version) if back else older(version)).filter(site_id=site_id)
    if after:
        rows = rows.filter(pk__gt=UUID(after))
    with transaction(site_id):
        listed = list(rows.select_related("version").defer("version__text").order_by("pk")[:A_TURN])
        for one in listed:
            target = one.came_from_id if back else version.pk
            found = verdict_on(one, target) if target else Verdict("no-step")
            if target and found.can:
                go_over(one, target, found, back=back, at=at)
    return str(listed[-1].pk) if len(listed) == A_TURN else ""


def go_over(
    instance: Instance,
    version_id: UUID,
    found: Verdict,
    *,
    at: datetime,
    back: bool = False,
    by: Actor = SYSTEM,
) -> None:
    """Lets the request go on by another version, in the open transaction of its site's line.

    Its revision is another one: what was on somebody's screen was the older version's.
    """
    was, before = instance.version.number, instance.version_id
    instance.version = Version.objects.defer("text").get(pk=version_id)
    instance.came_from_id = None if back else before
    instance.step, instance.revision = found.step, instance.revision + 1
    instance.save(update_fields=["version", "came_from", "step", "revision"])
    fact = RequestUpgraded(
        **about(instance), was=was, step=instance.step, revision=instance.revision, back=back
    )
    record(fact, actor=by, at=at, subject_id=instance.pk)
