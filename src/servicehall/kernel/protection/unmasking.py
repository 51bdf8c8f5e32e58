"""Looking at a protected value in full: a right, a reason of the list, and an event without the value."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction

from .events import Unmasked
from .fields import ProtectedText
from .refusals import ReasonNeeded

RIGHT = "customer.unmask"
# A list and not free text: what people write as a reason is soon personal data itself, and events keep none.
REASONS = {
    "asked": _("The customer asked for it"),
    "identity": _("To check the customer's identity"),
    "contact": _("To get in touch with the customer"),
    "complaint": _("To settle a complaint"),
    "duplicate": _("To tell duplicates apart"),
    "authority": _("An authority asked for it"),
}


def unmask(
    row: models.Model, field: str, *, reason: str, place: UUID, by: Actor, at: datetime | None = None
) -> str:
    """The value in full; who looked, at which field and why is recorded in the tenant's log first.

    Raises:
        ReasonNeeded: the reason is not one of :data:`REASONS`.
        NotAllowed, NotFound: the actor may not unmask there.
        Unreadable: the value cannot be opened.
    """
    allow(by, RIGHT, place)
    if reason not in REASONS:
        raise ReasonNeeded
    column = row._meta.get_field(field)
    if not isinstance(column, ProtectedText):
        raise TypeError(f"{field} is not protected")
    with transaction(getattr(row, column.tenant)):
        fact = Unmasked(str(row._meta.db_table), str(row.pk), field, reason)
        record(fact, actor=by, at=at or clock.now(), subject_id=getattr(row, column.subject))
    found: str = getattr(row, field)
    return found
