"""The record itself: begun, corrected, identified, looked at in full."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from servicehall.kernel import clock, sql
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.protection import unmasking
from servicehall.kernel.protection.fields import protected_fields
from servicehall.kernel.protection.normal_form import id_number, phone
from servicehall.kernel.resident_numbers import is_resident_number, looks_like_one
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import CustomerAdded, CustomerCorrected
from servicehall.rooms.customers.models import Answer, Customer, of_person

from .refusals import RecordRestricted

BY_STAFF = ("name", "phone", "email", "address", "notes")
LONGEST = {field.name: field.max_length or 0 for field in protected_fields(Customer)}
BY_CUSTOMER = ("name", "address")
"""A customer changes phone and e-mail by a code sent there (see codes.py), not by writing them."""

WHILE_RESTRICTED = ("asked", "complaint", "authority")
"""Reasons to look at a record whose use is restricted: for the customer, for a claim, or by law."""


def locked(customer_id: UUID) -> Customer:
    """The record, to be changed in the open transaction.

    Raises:
        NotFound: there is none, or it was erased or joined with another.
    """
    rows = Customer.objects.filter(pk=customer_id, erased_at=None, merged_into=None)
    found = (rows.select_for_update() if sql.is_postgresql() else rows).first()
    if found is None:
        raise NotFound
    return found


def organisation_of(customer_id: UUID) -> UUID:
    """Whose customer it is.

    Raises:
        NotFound: there is no such customer.
    """
    found = Customer.objects.filter(pk=customer_id).values_list("organisation_id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def kept_of(customer_id: UUID) -> UUID:
    """The record that a person's is today: what was asked for as one that was joined since concerns that one."""
    found = Customer.objects.filter(pk=customer_id).values_list("merged_into_id", flat=True).first()
    return found or customer_id


def checked(fields: Mapping[str, str], allowed: tuple[str, ...]) -> dict[str, str]:
    """The fields as they are stored.

    Raises:
        BadInput: one is not known here, too long, or not of its kind.
    """
    errors: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, value in fields.items():
        found[name] = text = value.strip()
        wrong = misfit(name, text) if name in allowed else _("This cannot be changed here.")
        if wrong:
            errors[name] = wrong
    if errors:
        raise BadInput(errors=errors)
    return found


def misfit(name: str, text: str) -> str:
    """Why a text cannot be stored in a field, in the reader's language; nothing when it can."""
    if len(text) > (limit := LONGEST[name]):
        return _("At most %(limit)d characters.") % {"limit": limit}
    if not text:
        return ""
    if name == "phone" and not 7 <= len(re.sub(r"\D", "", phone(text))) <= 15:
        return _("Write the number with its area code, such as 138 1234 5678.")
    if name == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return _("Write the address like name@example.com.")
    return misfit_number(text) if name == "id_number" else ""


def misfit_number(text: str) -> str:
    """Why it is no number of an ID document; a mistyped one of a resident is found by its check character."""
    plain = id_number(text)
    if not 4 <= len(plain) <= 30:
        return _("Write the number, or at least its last four characters.")
    if looks_like_one(plain) and not is_resident_number(plain):
        return _("This number has a mistake: its check character does not fit. Compare it with the card.")
    return ""


def begin(organisation_id: UUID, *, by: Actor, at: datetime, language: str = "", **fields: str) -> Customer:
    """A new row in the open transaction."""
    made = Customer.objects.create(
        organisation_id=organisation_id,
        channel=by.channel,
        language=language[:10],
        created_at=at,
        changed_at=at,
        seen_at=at,
        **fields,
    )
    record(CustomerAdded(made.pk, made.level), actor=by, at=at, subject_id=made.pk)
    return made


def add_customer(
    *,
    organisation_id: UUID,
    fields: Mapping[str, str],
    by: Actor,
    language: str = "",
    at: datetime | None = None,
) -> Customer:
    """Begin a record for somebody who is not verified yet.

    Raises:
        BadInput: a field does not fit, or neither name nor contact is given.
        NotAllowed, NotFound: the actor may not change that organisation's customers.
    """
    access.place_for(by, "customer.change", organisation_id)
    given = checked(fields, BY_STAFF)
    if not any(given.get(name) for name in ("name", "phone", "email")):
        raise BadInput(errors={"name": _("Give at least a name, a phone number or an e-mail address.")})
    with transaction(organisation_id):
        return begin(organisation_id, by=by, at=at or clock.now(), language=language, **given)


def correct_customer(
    *, customer_id: UUID, fields: Mapping[str, str], by: Actor, at: datetime | None = None
) -> Customer:
    """Change what a record says; a contact that changes has to be verified again.

    Raises:
        BadInput: a field does not fit.
        RecordRestricted: the customer restricted the use of their data (and is not the actor).
        NotAllowed, NotFound: it is neither the actor's own record nor one that they may change.
    """
    organisation, own = organisation_of(customer_id), access.is_own(by, customer_id)
    if not own:
        access.place_for(by, "customer.change", organisation)
    given = checked(fields, BY_CUSTOMER if own else BY_STAFF)
    moment = at or clock.now()
    with transaction(organisation):
        row = locked(customer_id)
        if row.restricted_at and not own:
            raise RecordRestricted
        if own and row.id_verified_at and given.get("name", row.name) != row.name:
            raise BadInput(errors={"name": _("Your name is verified by a document. Ask us to correct it.")})
        changed = sorted(name for name, text in given.items() if getattr(row, name) != text)
        if not changed:
            return row
        for name in changed:
            setattr(row, name, given[name])
            if name in {"phone", "email"}:
                setattr(row, f"{name}_verified_at", None)
        settle(row, moment)
        record(CustomerCorrected(row.pk, changed), actor=by, at=moment, subject_id=row.pk)
    return row


def settle(row: Customer, moment: datetime) -> None:
    """Write the row with the level that follows from what is verified."""
    if row.id_verified_at:
        row.level = Customer.Level.IDENTITY
    elif row.phone_verified_at or row.email_verified_at:
        row.level = Customer.Level.CONTACT
    else:
        row.level = Customer.Level.GUEST
    row.changed_at = row.seen_at = moment
    row.save()


def unmask_field(*, customer_id: UUID, field: str, reason: str, by: Actor, at: datetime | None = None) -> str:
    """A protected field in full, for a reason that is recorded.

    Raises:
        ReasonNeeded: the reason is not of the list.
        RecordRestricted: the customer restricted the use of their data, and this would be use.
        NotAllowed, NotFound: the actor may not unmask that organisation's customers, or there is no such field.
    """
    row = Customer.objects.filter(pk=customer_id).first()
    if row is None or field not in Customer.MASKS:
        raise NotFound
    place = _place_to_unmask(row, reason, by)
    return unmasking.unmask(row, field, reason=reason, place=place, by=by, at=at)


def unmask_answer(
    *, customer_id: UUID, answer_id: UUID, reason: str, by: Actor, at: datetime | None = None
) -> str:
    """An answer in own words in full, likewise.

    Raises:
        ReasonNeeded, RecordRestricted, NotAllowed, NotFound: see :func:`unmask_field`.
    """
    answer = (
        Answer.objects.select_related("customer")
        .filter(pk=answer_id, customer__in=of_person(customer_id))
        .first()
    )
    if answer is None:
        raise NotFound
    place = _place_to_unmask(answer.customer, reason, by)
    return unmasking.unmask(answer, "words", reason=reason, place=place, by=by, at=at)


def _place_to_unmask(row: Customer, reason: str, by: Actor) -> UUID:
    place = access.place_for(by, unmasking.RIGHT, row.organisation_id)
    if row.restricted_at and reason in unmasking.REASONS and reason not in WHILE_RESTRICTED:
        raise RecordRestricted
    return place
