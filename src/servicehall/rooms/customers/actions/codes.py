"""One-time codes: a customer proves that a phone number or an e-mail address is theirs, and so signs in.

Six digits, kept as a keyed hash, ten minutes, five tries, once. Guesses stand in the organisation's line, so
of any number at the same moment exactly the allowed ones are compared. The address is not kept with the code:
the page sends it again, and the code fits only the address that it was sent to.
"""

from __future__ import annotations

import hmac
import math
import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from servicehall.kernel import clock, sql
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.protection import normal_form
from servicehall.kernel.protection.blind_index import index_of, writing_key
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import (
    CodeRefused,
    CodeSent,
    ContactVerified,
    CustomerSignedIn,
    CustomerSignedOut,
)
from servicehall.rooms.customers.models import ContactCode, Customer
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.messages import actions as messages

from .records import begin, locked, settle
from .refusals import CodeOver, CodeTooSoon, CodeWrong, NotAnAddress

VALID_FOR = timedelta(minutes=10)
TRIES = 5
PAUSE = timedelta(seconds=60)
AN_HOUR = timedelta(hours=1)
BY_ADDRESS = 5
BY_CLIENT = 20
"""Codes an hour: to one address, and asked for from one client."""


def kind_of(address: str) -> str:
    """``phone`` or ``email``.

    Raises:
        NotAnAddress: it is neither, or is found as one address and delivered to another: ``straße.example`` has
            the blind index of ``strasse.example``, and is another's domain. It can be written as ``xn--…``.
    """
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address.strip()) and len(address) <= 200:
        if normal_form.email(address) != address.strip().lower():
            raise NotAnAddress
        return "email"
    if (
        "@" not in address
        and 8 <= len(normal_form.phone(address)) <= 16
        and re.search(r"\d{5}", normal_form.phone(address))
    ):
        return "phone"
    raise NotAnAddress


def _known(organisation_id: UUID) -> None:
    """An id that was made up must not begin a log of its own."""
    if organisation_id not in hall.organisations().values():
        raise NotFound


def _digest(*parts: object) -> bytes:
    key = writing_key("customers.code", use="digest")
    return key.suite.mac(key.secret, "|".join(map(str, parts)).encode())


def send_code(
    *,
    organisation_id: UUID,
    address: str,
    client: str,
    by: Actor,
    language: str = "en",
    at: datetime | None = None,
) -> datetime:
    """Send a code to an address; returns until when it is good. Earlier codes to it are over.

    Args:
        client: where the request comes from; only a keyed hash of it is kept.

    Raises:
        NotAnAddress: it is neither a phone number nor an e-mail address.
        NotFound: there is no such organisation.
        CodeTooSoon: too many were sent there, or asked for from there; ``seconds`` says how long to wait.
        NumberTextedOften, TextsUsedUp: no more text messages today.
    """
    kind, moment = kind_of(address), at or clock.now()
    _known(organisation_id)
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction(organisation_id):
        whose = _digest("address", organisation_id, normal_form.contact(address))[:16]
        client_digest = _digest("client", client)[:16]
        refused = _too_soon(organisation_id, whose, client_digest, moment)
        if refused is None and kind == "phone":
            refused = messages.texts_over(organisation_id=organisation_id, address=address, at=moment)
        if refused is not None:
            reason = "too-soon" if isinstance(refused, CodeTooSoon) else refused.kind
            record(CodeRefused(None, reason), actor=by, at=moment)
        else:
            earlier = ContactCode.objects.filter(organisation_id=organisation_id, address_digest=whose)
            earlier.filter(expires_at__gt=moment).update(expires_at=moment)
            made = ContactCode(
                organisation_id=organisation_id, address_digest=whose, client_digest=client_digest,
                sent_at=moment, expires_at=moment + VALID_FOR,
            )  # fmt: skip
            made.code_digest = _digest("code", made.pk, normal_form.contact(address), code)
            made.save(force_insert=True)
            title, body = _words(code, language)
            messages.send_message(
                organisation_id=organisation_id, kind="email" if kind == "email" else "sms",
                address=address.strip(), title=title, body=body, secret=code, good_until=made.expires_at,
                by=by, at=moment,
            )  # fmt: skip
            record(CodeSent(made.pk, kind), actor=by, at=moment, subject_id=made.pk)
    if refused is not None:
        raise refused
    return moment + VALID_FOR


def _words(code: str, language: str) -> tuple[str, str]:
    with translation.override(language):
        title = _("Your code is %(code)s") % {"code": code}
        return title, _(
            "Your code is %(code)s. It is good for ten minutes, once. Give it to nobody: our staff never ask for it."
        ) % {"code": code}


def _too_soon(organisation_id: UUID, whose: bytes, client: bytes, moment: datetime) -> Refused | None:
    wait = _wait(organisation_id, whose, client, moment)
    return CodeTooSoon(seconds=math.ceil(wait.total_seconds())) if wait else None


def _wait(organisation_id: UUID, whose: bytes, client: bytes, moment: datetime) -> timedelta:
    """How long to wait before another code is sent (nothing: now)."""
    newer = ContactCode.objects.filter(organisation_id=organisation_id, sent_at__gt=moment - AN_HOUR)
    to_it = list(newer.filter(address_digest=whose).order_by("-sent_at").values_list("sent_at", flat=True))
    from_it = list(newer.filter(client_digest=client).order_by("-sent_at").values_list("sent_at", flat=True))
    until = [moment]
    if to_it:
        until.append(to_it[0] + PAUSE)
    if len(to_it) >= BY_ADDRESS:
        until.append(to_it[BY_ADDRESS - 1] + AN_HOUR)
    if len(from_it) >= BY_CLIENT:
        until.append(from_it[BY_CLIENT - 1] + AN_HOUR)
    return max(until) - moment


def _judge(row: ContactCode | None, address: str, code: str, moment: datetime) -> str:
    """What is to be said of a guess. The comparison is made whatever else is wrong, in constant time."""
    given = _digest("code", row.pk if row else "", normal_form.contact(address), code)
    same = hmac.compare_digest(given, bytes(row.code_digest) if row else bytes(32))
    if row is None:
        return "unknown"
    if row.used_at:
        return "used"
    if row.tries >= TRIES:
        return "spent"
    if moment >= row.expires_at:
        return "expired"
    return "right" if same else "wrong"


def _guess(organisation_id: UUID, address: str, code: str, by: Actor, moment: datetime) -> Refused | None:
    """Compare one guess in the open transaction; the refusal when it is not right, which counts as a try."""
    whose = _digest("address", organisation_id, normal_form.contact(address))[:16]
    rows = ContactCode.objects.filter(organisation_id=organisation_id, address_digest=whose)
    row = (rows.select_for_update() if sql.is_postgresql() else rows).order_by("-sent_at", "-pk").first()
    said = _judge(row, address, re.sub(r"\D", "", normal_form.half_width(code)), moment)
    if row is not None and said in {"right", "wrong"}:
        row.tries += 1
        row.used_at = moment if said == "right" else None
        row.save(update_fields=["tries", "used_at"])
    if said == "right":
        return None
    record(CodeRefused(row.pk if row else None, said), actor=by, at=moment)
    left = TRIES - row.tries if row and said == "wrong" else 0
    return CodeWrong(left=left) if left else CodeOver()


def sign_in_by_code(
    *,
    organisation_id: UUID,
    address: str,
    code: str,
    by: Actor,
    language: str = "",
    at: datetime | None = None,
) -> Customer:
    """Whoever knows the code is the customer who proved that address before, else a new one.

    An address that staff wrote down and nobody proved opens nothing: it may be mistyped, or have another owner by now,
    and the name and the visits are then somebody else's. Both records are found as alike, for staff to join.

    Raises:
        CodeWrong: it differs; ``left`` says how many tries are left.
        CodeOver: it was used, is too old, was guessed at too often, or none was sent.
        NotFound: there is no such organisation.
    """
    kind, moment = kind_of(address), at or clock.now()
    _known(organisation_id)
    with transaction(organisation_id):
        refused = _guess(organisation_id, address, code, by, moment)
        if refused is None:
            row = _entered(organisation_id, kind, address, moment, by=by, language=language)
            actor = access.known_customer(by.channel, row.pk)
            record(CustomerSignedIn(row.pk), actor=actor, at=moment, subject_id=row.pk)
    if refused is not None:
        raise refused
    return row


def confirm_contact(
    *, customer_id: UUID, address: str, code: str, by: Actor, at: datetime | None = None
) -> Customer:
    """A signed-in customer proves another phone number or e-mail address, which then replaces the old one.

    Raises:
        CodeWrong, CodeOver: see :func:`sign_in_by_code`.
        NotFound: it is not the actor's own record.
    """
    kind, moment = kind_of(address), at or clock.now()
    if not access.is_own(by, customer_id):
        raise CodeOver
    organisation = Customer.objects.values_list("organisation_id", flat=True).get(pk=customer_id)
    with transaction(organisation):
        refused = _guess(organisation, address, code, by, moment)
        if refused is None:
            row = locked(customer_id)
            setattr(row, kind, address.strip())
            _verified(row, kind, moment, by=by)
    if refused is not None:
        raise refused
    return row


def _verified(row: Customer, kind: str, moment: datetime, *, by: Actor) -> None:
    setattr(row, f"{kind}_verified_at", moment)
    settle(row, moment)
    record(ContactVerified(row.pk, kind), actor=by, at=moment, subject_id=row.pk)


def _entered(
    organisation_id: UUID, kind: str, address: str, moment: datetime, *, by: Actor, language: str
) -> Customer:
    """The record that a proved address opens, in the open transaction."""
    found = _who_proved(organisation_id, kind, address)
    if found is None or found.merged_into_id is None:
        row = (
            begin(organisation_id, by=by, at=moment, language=language, **{kind: address.strip()})
            if found is None
            else locked(found.pk)
        )
        row.language = row.language or language[:10]  # staff may have begun the record, without one
        _verified(row, kind, moment, by=by)
        return row
    # The proof stays with the record that has it: the one it was joined to may have another address, and if they
    # are parted again it must not open to this one.
    Customer.objects.filter(pk=found.pk).update(**{f"{kind}_verified_at": moment})
    Customer.objects.filter(pk=found.merged_into_id).update(seen_at=moment)
    row = locked(found.merged_into_id)
    record(ContactVerified(found.pk, kind), actor=by, at=moment, subject_id=row.pk)
    return row


def _who_proved(organisation_id: UUID, kind: str, address: str) -> Customer | None:
    """The oldest record whose owner proved that contact; one that was joined with another counts, too."""
    index = index_of(Customer, f"{kind}_index", organisation_id, address)
    proved = {f"{kind}_index": index, f"{kind}_verified_at__isnull": False}
    rows = Customer.objects.filter(organisation_id=organisation_id, erased_at=None, **proved)
    return rows.order_by("created_at", "pk").first()


def sign_out(*, customer_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Record that a customer signed out."""
    organisation = Customer.objects.filter(pk=customer_id).values_list("organisation_id", flat=True).first()
    if organisation is not None and access.is_own(by, customer_id):
        with transaction(organisation):
            record(CustomerSignedOut(customer_id), actor=by, at=at or clock.now(), subject_id=customer_id)
