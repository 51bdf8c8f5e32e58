"""The end of a version: a moment after which nobody begins it, and what still runs by it ends or goes over to the newest.

A timer does it, site by site and turn by turn as upgrades are done. What is being paid or done at that moment is left
alone and looked at again a little later; what a person has in hand stays with them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.kernel.timers import cancel, set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services import queries
from servicehall.rooms.services.events import FlowRetires, RequestEnded
from servicehall.rooms.services.going_over import verdict_on
from servicehall.rooms.services.instances import variant
from servicehall.rooms.services.models import Flow, Instance, Version
from servicehall.rooms.services.screen import RETIRED
from servicehall.rooms.services.timers import RETIRE, RETIRE_THERE

from .keeping_on import about
from .tasks import add_task
from .undoing import take_back
from .upgrading import A_TURN, go_over, turn_key, version_of

AGAIN = timedelta(seconds=60)
"""When what was under way is looked at again."""


class PastMoment(Refused):
    """A version cannot have retired before now."""

    kind = "flow-past-moment"
    status = 422
    title = _("This moment is over")
    advice = _("Choose a moment to come.")


class Retired(Refused):
    """A version that has retired is begun by nobody."""

    kind = "flow-version-retired"
    title = _("This version has retired")
    advice = _("Take its retirement back first, or publish another version.")


def retire(
    *, flow_id: UUID, number: int, retires_at: datetime | None, by: Actor, at: datetime | None = None
) -> Version:
    """Says until when a version lasts; None: as long as it is published.

    Raises:
        PastMoment: the moment is before now.
        NotFound, NotAllowed: see there.
    """
    version, moment = version_of(flow_id, number, by), at or clock.now()
    if retires_at is not None and retires_at < moment:
        raise PastMoment
    with transaction(version.flow.organisation_id):
        set_end(version, retires_at, by=by, at=moment)
    return version


def set_end(version: Version, retires_at: datetime | None, *, by: Actor, at: datetime) -> None:
    """The same, in the open transaction of the organisation's line."""
    flow: Flow = version.flow
    if retires_at is None:
        cancel(RETIRE, version.pk.hex)
    else:
        set_timer(RETIRE, version.pk.hex, retires_at, site_id=flow.organisation_id)
    version.retires_at = retires_at
    version.save(update_fields=["retires_at"])
    fact = FlowRetires(flow=flow.pk, number=version.number, retires_at=retires_at)
    record(fact, actor=by, at=at, subject_id=flow.pk)


def begin_end(version_id: UUID, at: datetime) -> None:
    """The moment has come: sets the first turn at every site where it still runs. In the organisation's line."""
    open_ones = Instance.objects.filter(version_id=version_id, state=Instance.State.OPEN)
    for site in open_ones.order_by().values_list("site_id", flat=True).distinct():
        set_timer(RETIRE_THERE, turn_key(version_id, site), at, site_id=site)


def end_there(*, version_id: UUID, site_id: UUID, at: datetime) -> datetime | None:
    """Ends the next open requests of a version at a site, or lets them go over; when to come again, if at all."""
    version = Version.objects.defer("text").select_related("flow").get(pk=version_id)
    if version.retires_at is None or version.retires_at > at:
        return None  # it was given more time meanwhile
    newest = queries.live_version(version.flow.organisation_id, version.flow.slug, at=at)
    with transaction(site_id):
        rows = Instance.objects.filter(version_id=version_id, site_id=site_id, state=Instance.State.OPEN)
        listed = list(rows.select_related("version").defer("version__text").order_by("changed_at")[:A_TURN])
        waiting = [one for one in listed if not _end(one, newest, at)]
    if len(listed) == A_TURN and len(waiting) < A_TURN:
        return at
    return at + AGAIN if waiting else None


def _end(instance: Instance, newest: Version | None, at: datetime) -> bool:
    """Whether it is off that version now."""
    found = verdict_on(instance, newest.pk if newest else instance.version_id)
    if found.why == "under-way":
        return False
    if newest is not None and found.can:
        go_over(instance, newest.pk, found, at=at)
        return True
    instance.state, instance.outcome = Instance.State.ENDED, RETIRED
    instance.ended_at = instance.changed_at = at
    instance.works_at = None
    instance.revision += 1
    instance.save(update_fields=["state", "outcome", "ended_at", "changed_at", "works_at", "revision"])
    add_task(instance, kind="retired", step=instance.step, by=SYSTEM, at=at)
    fact = RequestEnded(**about(instance), step=instance.step, outcome=RETIRED, variant=variant(instance))
    record(fact, actor=SYSTEM, at=at, subject_id=instance.pk)
    take_back(instance, at=at)
    return True
