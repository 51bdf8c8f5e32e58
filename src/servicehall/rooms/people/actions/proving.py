"""Who says they are somebody has to prove it: password, code of an app, recovery code, passkey.

Every proof takes a place among the tries first (trying.py) and every failure is an event. A code of an
app is good once, whatever process looks at it; a passkey whose counter went back is a copy (WebAuthn,
section 6.1.1) and refused.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from cryptography.exceptions import InvalidTag
from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.people import passkeys
from servicehall.rooms.people.events import AlertRaised, SignInRefused
from servicehall.rooms.people.lockout import account_key, digest, range_of
from servicehall.rooms.people.models import Staff

from .trying import Try, begin_try, fail_try, succeed_try

log = logging.getLogger(__name__)
NOBODY = Actor("customer", None, "desk")
FIRST_PASSWORD_OVER = "first-password-over"  # noqa: S105 - a reason


class WrongProof(Refused):
    """What was shown does not prove it; ``reason`` is for the log."""

    kind = "wrong-proof"
    status = 422
    title = _("This does not prove that it is you")
    advice = _("Check it and try again.")


def prove_password(username: str, password: str, *, address: str, at: datetime | None = None) -> Staff:
    """The member of staff of that name, if the password is theirs and they may sign in.

    Raises:
        LockedOut: too many tries failed just before.
        WrongProof: name or password is wrong, or it is a first password whose time is over.
    """
    attempt = begin_try(username, address=address, at=at)
    found = authenticate(None, username=username.strip(), password=password)
    if not isinstance(found, Staff):
        owner = Staff.objects.filter(username__iexact=username.strip()).first()
        raise _failed(attempt, owner, "password", address, at)
    if found.first_password_until is not None and found.first_password_until <= (at or clock.now()):
        raise _failed(attempt, found, FIRST_PASSWORD_OVER, address, at)
    # Earlier failures stay until the whole sign-in is done: whoever has the password may not guess codes for ever.
    succeed_try(attempt, whole=False, at=at)
    return found


def prove_code(staff: Staff, code: str, *, address: str, at: datetime | None = None) -> Authenticator:
    """The authenticator app or recovery codes that this code is from; it is spent.

    Raises:
        LockedOut: too many tries failed just before.
        WrongProof: it is none, or was used before.
    """
    attempt = begin_try(staff.username, address=address, at=at)
    with transaction(INSTALLATION):
        found = _spend_code(staff, code.replace(" ", ""))
    if found is None:
        reason = "code-used" if _was_used(staff, code.replace(" ", "")) else "code"
        raise _failed(attempt, staff, reason, address, at)
    succeed_try(attempt, whole=False, at=at)
    return found


def _spend_code(staff: Staff, code: str) -> Authenticator | None:
    factors = Authenticator.objects.select_for_update().filter(user_id=staff.pk)
    for factor in factors.exclude(type=Authenticator.Type.WEBAUTHN):
        try:
            fits = _is_of(factor, code)
        except (InvalidTag, ValueError):
            # The installation's secret is another one, or somebody changed the row.
            log.error("factor.unreadable staff=%s factor=%s", staff.pk, factor.pk)
            continue
        if fits:
            _used(factor)
            return factor
    return None


def _was_used(staff: Staff, code: str) -> bool:
    """Whether an app showed this code just now, and it was spent: somebody may have looked over a shoulder."""
    for factor in Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.TOTP):
        try:
            counter = counter_of(decrypt(factor.data["secret"]), code)
        except (InvalidTag, ValueError):
            continue
        if counter is not None and counter <= factor.data.get("last_counter", -1):
            return True
    return False


def _is_of(factor: Authenticator, code: str) -> bool:
    if factor.type != Authenticator.Type.TOTP:
        spent: bool = factor.wrap().validate_code(code)
        if spent:
            factor.refresh_from_db()
        return spent
    counter = counter_of(decrypt(factor.data["secret"]), code)
    if counter is None or counter <= factor.data.get("last_counter", -1):
        return False
    factor.data["last_counter"] = counter
    return True


def counter_of(secret: str, code: str) -> int | None:
    """The time step whose code this is; None: of none that is near."""
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return int(counter)
    return None


def _used(factor: Authenticator) -> None:
    factor.last_used_at = clock.now()
    factor.save(update_fields=["data", "last_used_at"])


def prove_passkey(
    staff: Staff | None,
    credential: Mapping[str, Any],
    *,
    state: Mapping[str, Any] | None,
    place: passkeys.Place,
    address: str,
    at: datetime | None = None,
) -> Authenticator:
    """The passkey that signed the challenge; its owner is ``user``, who must be ``staff`` if that is known.

    Raises:
        LockedOut: too many tries failed just before.
        WrongProof: the signature, challenge, origin or counter does not fit.
    """
    owner = staff or passkeys.owner_of(credential)
    # Without a name given first, whose passkey it is stands in what was sent: that locks nobody else's account.
    attempt = begin_try(staff.username if staff else "", address=address, at=at)
    try:
        with transaction(INSTALLATION):
            factor = passkeys.check(owner, credential, state=state or {}, place=place)
            _used(factor)
    except passkeys.Unfit as unfit:
        if unfit.reason == "counter" and owner is not None:
            with transaction(INSTALLATION):
                record(AlertRaised("passkey-copied", owner.pk, "bad"), actor=NOBODY, at=at or clock.now())
        raise _failed(attempt, owner, f"passkey-{unfit.reason}", address, at) from None
    succeed_try(attempt, whole=False, at=at)
    return factor


def _failed(attempt: Try, owner: Staff | None, reason: str, address: str, at: datetime | None) -> WrongProof:
    """Count and record a failure. The name that was typed is not kept: it may be a password."""
    moment = at or clock.now()
    known = owner is not None and attempt.username.strip().casefold() == owner.username.casefold()
    with transaction(INSTALLATION):
        who = digest("account-address", account_key(attempt.username), address)[:16]
        where = digest("range", range_of(address))[:16]
        record(SignInRefused(owner.pk if owner else None, reason, who, where), actor=NOBODY, at=moment)
        fail_try(attempt, staff=owner if known else None, at=moment)
    return WrongProof(reason=reason)
