"""A draft changed by what people filled in in forms: put into its text where it stands, and saved like any other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.services.amending import Amendment, amend
from servicehall.rooms.services.models import Flow

from .drafting import RIGHT, DraftChanged, save_draft


def amend_draft(
    *, flow_id: UUID, number: int, wanted: Amendment, by: Actor, at: datetime | None = None
) -> Flow:
    """Puts changes into the draft with that number. Changes that change nothing are not saved.

    Raises:
        DraftChanged: the draft has another number by now: places in it may be others.
        NotFound: there is no such flow where the actor may change one.
        Unreadable, Unamendable: the draft is no YAML; something does not fit.
    """
    found = Flow.objects.filter(pk=flow_id).first()
    if found is None:
        raise NotFound
    allow(by, RIGHT, found.organisation_id)
    if found.draft_number != number:
        raise DraftChanged
    text = amend(found.draft, wanted)
    if text == found.draft:
        return found
    return save_draft(flow_id=flow_id, text=text, number=number, by=by, at=at)
