"""A customer's identity is verified: a document compared by staff, or a card read by a reader, which are equal."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.protection.normal_form import half_width
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.documents.readers import CardReader
from servicehall.rooms.customers.events import CustomerIdentified
from servicehall.rooms.customers.models import Customer
from servicehall.rooms.customers.wording import CHOOSE_DOCUMENT

from .records import locked, misfit_number, organisation_of, settle
from .refusals import CardExpired, NameDiffers, RecordRestricted

RIGHT = "customer.change"


def verify_identity(
    *, customer_id: UUID, document: str, number: str, by: Actor, at: datetime | None = None
) -> Customer:
    """Staff has compared a document with the person; the number, or its last digits, is kept protected.

    Raises:
        BadInput: the kind of document is unknown, or the number too short, too long or mistyped.
        RecordRestricted: the customer restricted the use of their data.
        NotAllowed, NotFound: the actor may not change that record.
    """
    organisation = organisation_of(customer_id)
    access.place_for(by, RIGHT, organisation)
    if document not in Customer.Document.values:
        raise BadInput(errors={"document": str(CHOOSE_DOCUMENT)})
    if wrong := misfit_number(number):
        raise BadInput(errors={"number": wrong})
    moment = at or clock.now()
    with transaction(organisation):
        row = _unrestricted(customer_id)
        _identify(row, document, number.strip(), means="seen", by=by, moment=moment)
    return row


def verify_identity_by_card(
    *, customer_id: UUID, reader: CardReader, by: Actor, at: datetime | None = None
) -> Customer:
    """Staff has compared the card's photo with the person, and a reader reads its name and number.

    An empty name is filled in; another name is never written over, because the card may lie at the wrong record.

    Raises:
        ReaderAway, NoCard, CardUnreadable: see documents/readers.py.
        CardExpired: its last day is over.
        NameDiffers: the record has another name.
        RecordRestricted: the customer restricted the use of their data.
        NotAllowed, NotFound: the actor may not change that record.
    """
    organisation = organisation_of(customer_id)
    access.place_for(by, RIGHT, organisation)
    moment = at or clock.now()
    card = reader.read()  # before the transaction: it takes as long as the reader likes
    if not card.is_valid(moment.date()):
        raise CardExpired
    with transaction(organisation):
        row = _unrestricted(customer_id)
        if row.name and _plain(row.name) != _plain(card.name):
            raise NameDiffers
        row.name = row.name or card.name
        _identify(row, card.kind, card.number, means="card", by=by, moment=moment)
    return row


def _plain(name: str) -> str:
    return re.sub(r"[\s·•.]", "", half_width(name)).casefold()


def _unrestricted(customer_id: UUID) -> Customer:
    row = locked(customer_id)
    if row.restricted_at:
        raise RecordRestricted
    return row


def _identify(row: Customer, document: str, number: str, *, means: str, by: Actor, moment: datetime) -> None:
    row.document, row.id_number = document, number
    row.id_verified_at, row.id_verified_by = moment, by.id
    settle(row, moment)
    record(CustomerIdentified(row.pk, document, means), actor=by, at=moment, subject_id=row.pk)
