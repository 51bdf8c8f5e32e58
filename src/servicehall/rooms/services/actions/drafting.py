"""Writing a definition. A draft may be as wrong as it likes; only publishing asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services.events import FlowDrafted
from servicehall.rooms.services.language.findings import TOO_MUCH, Unreadable
from servicehall.rooms.services.language.program import program
from servicehall.rooms.services.language.source import LONGEST
from servicehall.rooms.services.models import Flow

RIGHT = "flow.change"


class DraftChanged(Refused):
    """Somebody else saved this draft meanwhile."""

    kind = "flow-draft-changed"
    title = _("Somebody else saved this draft meanwhile")
    advice = _("Look at their text, and put your change into it.")


class SlugTaken(Refused):
    """Another flow of the organisation has that short name."""

    kind = "flow-slug-taken"
    title = _("Another service has this short name")
    advice = _("Choose another short name.")


def create_flow(
    *, organisation_id: UUID, slug: str, text: str = "", by: Actor, at: datetime | None = None
) -> Flow:
    """A new flow with a first draft.

    Raises:
        SlugTaken, BadInput: see there.
    """
    allow(by, RIGHT, organisation_id)
    moment = at or clock.now()
    flow = Flow(organisation_id=organisation_id, slug=slug, draft=_fitting(text), changed_at=moment)
    flow.clean_fields(exclude=["organisation", "names"])
    flow.names = _names(text)
    with transaction(organisation_id):
        if Flow.objects.filter(organisation_id=organisation_id, slug=slug).exists():
            raise SlugTaken
        try:
            flow.save(force_insert=True)
        except IntegrityError:
            raise SlugTaken from None
        record(FlowDrafted(flow=flow.pk, draft=1), actor=by, at=moment, subject_id=flow.pk)
    return flow


def save_draft(*, flow_id: UUID, text: str, number: int, by: Actor, at: datetime | None = None) -> Flow:
    """Puts a new text in the place of the draft with that number.

    Raises:
        DraftChanged: the draft has another number by now.
        NotFound: there is no such flow where the actor may change one.
    """
    with _draft(flow_id, number, by, at) as found:
        _put(found, text)
    return found


def replace_draft(*, flow_id: UUID, text: str, number: int, by: Actor, at: datetime | None = None) -> Flow:
    """Puts a whole other text in the place of the draft, which is kept and can be brought back.

    Raises:
        DraftChanged, NotFound: as for ``save_draft``.
    """
    with _draft(flow_id, number, by, at) as found:
        found.replaced = found.draft
        _put(found, text)
    return found


def bring_draft_back(*, flow_id: UUID, number: int, by: Actor, at: datetime | None = None) -> Flow:
    """The draft that was replaced last is the draft again, and the other way round: this too can be taken back.

    Raises:
        DraftChanged, NotFound: as for ``save_draft``; NotFound too when no draft was replaced.
    """
    with _draft(flow_id, number, by, at) as found:
        if not found.replaced:
            raise NotFound
        text, found.replaced = found.replaced, found.draft
        _put(found, text)
    return found


@contextmanager
def _draft(flow_id: UUID, number: int, by: Actor, at: datetime | None) -> Iterator[Flow]:
    """The flow whose draft has that number, to be changed; its number goes up by one and it is recorded."""
    found = Flow.objects.filter(pk=flow_id).first()
    if found is None:
        raise NotFound
    allow(by, RIGHT, found.organisation_id)
    moment = at or clock.now()
    with transaction(found.organisation_id):
        found.refresh_from_db()
        if found.draft_number != number:
            raise DraftChanged
        yield found
        found.draft_number, found.changed_at = number + 1, moment
        found.save(update_fields=["draft", "draft_number", "replaced", "changed_at", "names"])
        record(FlowDrafted(flow=found.pk, draft=found.draft_number), actor=by, at=moment, subject_id=found.pk)


def _put(flow: Flow, text: str) -> None:
    flow.draft = _fitting(text)
    flow.names = _names(flow.draft) or flow.names


def _fitting(text: str) -> str:
    if len(text) > LONGEST:
        raise BadInput(errors={"text": TOO_MUCH % {"most": LONGEST}})
    return text.replace("\r\n", "\n")


def _names(text: str) -> dict[str, str]:
    try:
        return dict(program(text).flow.name.text)
    except Unreadable:
        return {}
