"""A draft becomes the version that customers begin: now, at a moment, or an earlier one again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services import checking
from servicehall.rooms.services.events import (
    FlowPublicationCancelled,
    FlowPublished,
    FlowWithdrawn,
)
from servicehall.rooms.services.language.findings import Finding, Unreadable
from servicehall.rooms.services.language.fingerprint import fingerprint
from servicehall.rooms.services.language.program import program
from servicehall.rooms.services.models import Flow, Publication, Version
from servicehall.rooms.services.publishing import against_organisation
from servicehall.rooms.services.timers import UPGRADE_FROM

from .drafting import DraftChanged, create_flow, save_draft
from .retiring import PastMoment, Retired, set_end

RIGHT = "flow.change"


class AlreadyBegun(Refused):
    """It is too late to cancel a publication: customers begin that version already."""

    kind = "flow-already-begun"
    title = _("Customers begin this version already")
    advice = _("Withdraw the service, or publish another version.")


class NotPublishable(Refused):
    """The draft has faults; ``findings`` lists them."""

    kind = "flow-not-publishable"
    status = 422
    title = _("This definition cannot be published yet")
    advice = _("Mend what is listed, and publish again.")

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings=[one.told() for one in findings])


def _flow(flow_id: UUID, by: Actor) -> Flow:
    found = Flow.objects.filter(pk=flow_id).first()
    if found is None:
        raise NotFound
    allow(by, RIGHT, found.organisation_id)
    return found


def publish(
    *,
    flow_id: UUID,
    by: Actor,
    number: int | None = None,
    draft: int | None = None,
    from_at: datetime | None = None,
    retires_at: datetime | None = None,
    at: datetime | None = None,
) -> Version:
    """Makes the draft a version, or takes version ``number`` again, and lets customers begin it from a moment on.

    The same text published twice is one version.

    Args:
        draft: the number of the draft that was looked at; another one is not published.

    Raises:
        NotPublishable: the draft has faults.
        DraftChanged: somebody saved another draft meanwhile.
        NotFound: there is no such flow or version.
        PastMoment, Retired: it would have ended before anybody can begin it.
    """
    flow = _flow(flow_id, by)
    moment = at or clock.now()
    if number is None:
        found = [
            *checking.findings(flow.draft),
            *against_organisation(flow.organisation_id, flow.draft, flow.slug),
        ]
        if faults := [one for one in found if one.level == "fault"]:
            raise NotPublishable(faults)
    with transaction(flow.organisation_id):
        checked = flow.draft
        flow.refresh_from_db()
        if number is None and (flow.draft != checked or draft not in {None, flow.draft_number}):
            raise DraftChanged
        version = _version(flow, moment) if number is None else flow.versions.filter(number=number).first()
        if version is None:
            raise NotFound
        begins = max(from_at or moment, moment)
        if retires_at is not None:
            if retires_at <= begins:
                raise PastMoment
            set_end(version, retires_at, by=by, at=moment)
        elif version.retires_at is not None and version.retires_at <= begins:
            raise Retired
        Publication.objects.create(flow=flow, version=version, from_at=begins, made_at=moment)
        fact: Any = FlowPublished(flow=flow.pk, number=version.number, digest=version.digest, from_at=begins)
        record(fact, actor=by, at=moment, subject_id=flow.pk)
        if program(version.text).flow.versions == "upgrade":
            set_timer(UPGRADE_FROM, version.pk.hex, begins, site_id=flow.organisation_id)
    return version


def publish_text(*, organisation_id: UUID, text: str, by: Actor, at: datetime | None = None) -> Version:
    """Publishes a definition as it stands in a file: its flow is made when there is none of that name yet.

    Raises:
        NotPublishable: it has faults.
    """
    try:
        slug = program(text).flow.slug
    except Unreadable as problem:
        raise NotPublishable(list(problem.findings)) from None
    flow = Flow.objects.filter(organisation_id=organisation_id, slug=slug).first()
    if flow is None:
        flow = create_flow(organisation_id=organisation_id, slug=slug, text=text, by=by, at=at)
    elif flow.draft != text:
        flow = save_draft(flow_id=flow.pk, text=text, number=flow.draft_number, by=by, at=at)
    return publish(flow_id=flow.pk, by=by, at=at)


def _version(flow: Flow, moment: datetime) -> Version:
    digest = fingerprint(flow.draft)
    found = flow.versions.filter(digest=digest).first()
    if found:
        return found
    last = flow.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return Version.objects.create(flow=flow, number=last + 1, digest=digest, text=flow.draft, made_at=moment)


def withdraw(
    *, flow_id: UUID, by: Actor, from_at: datetime | None = None, at: datetime | None = None
) -> datetime:
    """Nobody begins the flow any more; who is half-way through goes on. Says from when.

    Args:
        from_at: from then on; none, or one that is over: now. Until then it is planned, and can be cancelled as what is to
            be published can.
    """
    flow = _flow(flow_id, by)
    moment = at or clock.now()
    begins = max(from_at or moment, moment)
    with transaction(flow.organisation_id):
        Publication.objects.create(flow=flow, version=None, from_at=begins, made_at=moment)
        record(FlowWithdrawn(flow=flow.pk, from_at=begins), actor=by, at=moment, subject_id=flow.pk)
    return begins


def cancel_publication(*, publication_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """What was to be begun from a moment on is not: the one before goes on to count.

    Raises:
        NotFound: there is no such publication where the actor may change one.
        AlreadyBegun: its moment has come.
    """
    found = Publication.objects.filter(pk=publication_id).first()
    if found is None:
        raise NotFound
    flow = _flow(found.flow_id, by)
    moment = at or clock.now()
    with transaction(flow.organisation_id):
        planned = Publication.objects.filter(pk=publication_id).select_related("version").first()
        if planned is None:
            raise NotFound
        if planned.from_at <= moment:
            raise AlreadyBegun
        number = planned.version.number if planned.version else 0
        planned.delete()
        fact = FlowPublicationCancelled(flow=flow.pk, number=number, from_at=planned.from_at)
        record(fact, actor=by, at=moment, subject_id=flow.pk)
