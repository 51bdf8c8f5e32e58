"""Passkeys: a customer adds them on their own page and signs in with one instead of a code.

What was asked is signed once, within five minutes: the challenge travels in the session with the moment it was
made, and the first signature of it leaves a row in the transaction of the act. A passkey says whose it is, so
nobody types anything; whoever typed a phone number or an address first is asked the same whether it is known
here or not, and the passkey then has to be of the record with that contact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fido2.webauthn import AttestedCredentialData

from servicehall.kernel import clock, languages, passkeys
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.passkeys import Holder, Place, Unfit
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import (
    CustomerSignedIn,
    PasskeyAdded,
    PasskeyRefused,
    PasskeyRemoved,
)
from servicehall.rooms.customers.models import Customer, Passkey, SpentChallenge
from servicehall.rooms.people.events import AlertRaised

from .codes import kind_of
from .records import locked, organisation_of
from .refusals import NotAnAddress, PasskeyNotAdded, PasskeyWrong, TooManyPasskeys

VALID_FOR = timedelta(minutes=5)
MOST = 10
"""Passkeys of one customer."""
Asked = tuple[dict[str, Any], dict[str, Any]]


def begin_passkey(place: Place, *, at: datetime | None = None) -> Asked:
    """(what the browser is asked, state) to sign in with whichever passkey the person chooses."""
    return _dated(passkeys.begin_using(None, place), at)


def begin_adding_passkey(*, customer_id: UUID, place: Place, by: Actor, at: datetime | None = None) -> Asked:
    """(what the browser is asked, state) for a new passkey of the signed-in customer.

    Raises:
        NotFound: it is not the actor's own record.
    """
    if not access.is_own(by, customer_id):
        raise NotFound
    row = Customer.objects.select_related("organisation").get(pk=customer_id)
    # What a phone lists passkeys by is read by whoever holds the phone: masked, as on our screens.
    name = row.masked_phone or row.masked_email or row.masked_name
    holder = Holder(row.pk.bytes, name, languages.say(row.organisation.names))
    return _dated(passkeys.begin_adding(holder, place, have=_credentials(_of(row.pk))), at)


def _dated(asked: Asked, at: datetime | None) -> Asked:
    options, state = asked
    return options, {**state, "at": (at or clock.now()).isoformat()}


def _of(customer_id: UUID) -> list[Passkey]:
    return list(Passkey.objects.filter(customer_id=customer_id).order_by("pk"))


def _credentials(rows: list[Passkey]) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(row.credential)) for row in rows]


def _spend(state: Mapping[str, Any] | None, moment: datetime) -> None:
    """Use a challenge up, in the open transaction.

    Raises:
        Unfit: it was never made, is too old, or was signed before.
    """
    try:
        made, challenge = datetime.fromisoformat((state or {})["at"]), str((state or {})["challenge"])
    except (KeyError, TypeError, ValueError):
        raise Unfit("not-asked") from None
    if not made <= moment < made + VALID_FOR:
        raise Unfit("expired")
    SpentChallenge.objects.filter(at__lt=moment - 2 * VALID_FOR).delete()
    digest = hashlib.sha256(challenge.encode()).digest()
    _row, is_first = SpentChallenge.objects.get_or_create(digest=digest, defaults={"at": moment})
    if not is_first:
        raise Unfit("spent")


def add_passkey(
    *,
    customer_id: UUID,
    name: str,
    credential: Mapping[str, Any],
    state: Mapping[str, Any] | None,
    place: Place,
    by: Actor,
    at: datetime | None = None,
) -> Passkey:
    """Add a passkey that the signed-in customer's browser has just made.

    Raises:
        PasskeyNotAdded: it was made for something else than was asked, too late, or is known here already.
        TooManyPasskeys: the customer has ten.
        NotFound: it is not the actor's own record.
    """
    if not access.is_own(by, customer_id):
        raise NotFound
    moment, made = at or clock.now(), None
    with transaction(organisation_of(customer_id)):
        row = locked(customer_id)
        if Passkey.objects.filter(customer__in=_same_person(row)).count() >= MOST:
            raise TooManyPasskeys
        try:
            _spend(state, moment)
            made = _added(row, name, passkeys.check_added(credential, state=state, place=place), moment)
        except Unfit as unfit:
            record(PasskeyRefused(row.pk, unfit.reason), actor=by, at=moment, subject_id=row.pk)
        else:
            record(PasskeyAdded(row.pk, made.pk), actor=by, at=moment, subject_id=row.pk)
    if made is None:
        raise PasskeyNotAdded
    return made


def _same_person(row: Customer) -> list[UUID]:
    return [row.pk, *Customer.objects.filter(merged_into=row).values_list("pk", flat=True)]


def _added(row: Customer, name: str, said: Any, moment: datetime) -> Passkey:
    data: AttestedCredentialData = said.credential_data
    digest = hashlib.sha256(data.credential_id).digest()
    if Passkey.objects.filter(id_digest=digest).exists():
        raise Unfit("known")
    return Passkey.objects.create(
        organisation_id=row.organisation_id,
        customer=row,
        name=name.strip()[: passkeys.NAME_LENGTH],
        id_digest=digest,
        credential=bytes(data),
        sign_count=said.counter,
        added_at=moment,
    )


def remove_passkey(*, customer_id: UUID, passkey_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Take a passkey away; the way in by a code always stays.

    Raises:
        NotFound: it is not the actor's own.
    """
    if not access.is_own(by, customer_id):
        raise NotFound
    with transaction(organisation_of(customer_id)):
        mine = Passkey.objects.filter(pk=passkey_id, customer__in=_same_person(locked(customer_id)))
        if not mine.delete()[0]:
            raise NotFound
        record(
            PasskeyRemoved(customer_id, passkey_id), actor=by, at=at or clock.now(), subject_id=customer_id
        )


def sign_in_by_passkey(
    *,
    credential: Mapping[str, Any],
    state: Mapping[str, Any] | None,
    place: Place,
    by: Actor,
    address: str = "",
    at: datetime | None = None,
) -> Customer:
    """Whoever can sign with a customer's passkey is that customer.

    Args:
        address: the phone number or e-mail address that was typed first (empty: none); it has to be theirs.

    Raises:
        PasskeyWrong: it does not prove it. Why is recorded, and not said.
    """
    moment, holder = at or clock.now(), _holder(credential)
    refused: Refused | None = None
    with transaction(holder.organisation_id if holder else INSTALLATION):
        try:
            _spend(state, moment)
            row = _proved(holder, credential, state=state or {}, place=place, address=address, moment=moment)
        except Unfit as unfit:
            refused = PasskeyWrong()
            who = holder.pk if holder else None
            record(PasskeyRefused(who, unfit.reason), actor=by, at=moment, subject_id=who)
            if unfit.reason == "counter":
                record(AlertRaised("passkey-copied", who, "bad"), actor=by, at=moment, subject_id=who)
        else:
            actor = access.known_customer(by.channel, row.pk)
            record(CustomerSignedIn(row.pk, "passkey"), actor=actor, at=moment, subject_id=row.pk)
    if refused is not None:
        raise refused
    return row


def _holder(credential: Mapping[str, Any]) -> Customer | None:
    handle = passkeys.holder_of(credential)
    return Customer.objects.filter(pk=UUID(bytes=handle)).first() if len(handle) == 16 else None


def _proved(
    holder: Customer | None,
    credential: Mapping[str, Any],
    *,
    state: Mapping[str, Any],
    place: Place,
    address: str,
    moment: datetime,
) -> Customer:
    if holder is None:
        raise Unfit("unknown")
    try:
        row = locked(holder.merged_into_id or holder.pk)
    except NotFound:
        raise Unfit("unknown") from None
    # Two signatures of one passkey stand in the organisation's line, so the counter is looked at one by one.
    by_id = {AttestedCredentialData(bytes(one.credential)).credential_id: one for one in _of(holder.pk)}
    used, count = passkeys.check_used(
        credential,
        _credentials(list(by_id.values())),
        state=state,
        place=place,
        count_of=lambda one: by_id[one.credential_id].sign_count,
    )
    if address and not _has_contact(row, address):
        raise Unfit("other-contact")
    Passkey.objects.filter(pk=by_id[used.credential_id].pk).update(sign_count=count, used_at=moment)
    Customer.objects.filter(pk=row.pk).update(seen_at=moment)
    return row


def _has_contact(row: Customer, address: str) -> bool:
    try:
        column = f"{kind_of(address)}_index"
    except NotAnAddress:
        return False
    wanted = index_of(Customer, column, row.organisation_id, address)
    return bool(wanted) and bytes(getattr(row, column) or b"") == wanted
