"""Reads of wishes to be corrected, and of records whose use is restricted."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import access
from servicehall.rooms.customers.actions.correcting import FIELDS, RIGHT
from servicehall.rooms.customers.models import CorrectionRequest, Customer, of_person
from servicehall.rooms.customers.wording import LABELS

Correction = CorrectionRequest
"""A wish as screens get it."""


def correctable(record: Customer) -> list[tuple[str, str]]:
    """The fields that this customer asks staff to correct: what staff wrote or verified."""
    offered = [name for name in FIELDS if name != "name" or record.id_verified_at]
    return [(name, str(LABELS[name])) for name in offered]


def own_corrections(record: Customer, limit: int = 10) -> list[CorrectionRequest]:
    """A customer's wishes, newest first (one query, nothing opened)."""
    rows = CorrectionRequest.objects.filter(customer__in=of_person(record.pk)).defer("wish")
    return list(rows.order_by("-asked_at")[:limit])


def correction_queue(organisation_id: UUID, *, actor: Actor, limit: int = 50) -> list[CorrectionRequest]:
    """Open wishes, the nearest deadline first, with records opened (two queries).

    Raises:
        NotAllowed, NotFound: the actor may not decide them.
    """
    access.place_for(actor, RIGHT, organisation_id)
    rows = CorrectionRequest.objects.filter(
        organisation_id=organisation_id, state=CorrectionRequest.State.OPEN
    )
    found = list(rows.select_related("customer").defer("wish").order_by("due_at")[:limit])
    open_all([one.customer for one in found])
    return found


def correction_reasons() -> list[tuple[str, str]]:
    """Reasons for which a wish may be refused."""
    return [(value, str(label)) for value, label in CorrectionRequest.Reason.choices]


def restricted_records(organisation_id: UUID, *, actor: Actor, limit: int = 50) -> list[Customer]:
    """Records that are kept and not used, opened (two queries): the nearest day of review first, then the newest.

    Raises:
        NotAllowed, NotFound: the actor may not decide on customers' wishes there.
    """
    access.place_for(actor, RIGHT, organisation_id)
    rows = Customer.objects.filter(
        organisation_id=organisation_id, restricted_at__isnull=False, erased_at=None, merged_into=None
    )
    found = list(rows.order_by(F("review_on").asc(nulls_last=True), "-restricted_at")[:limit])
    open_all(found)
    return found
