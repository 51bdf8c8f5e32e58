"""Staff's passkeys: whose they are, and the rows that the library which signs in (allauth) keeps of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

from servicehall.kernel import passkeys
from servicehall.kernel.passkeys import NAME_LENGTH, Holder, Place, Unfit, check_added

from .models import Staff

__all__ = [
    "NAME_LENGTH",
    "Place",
    "Unfit",
    "begin_adding",
    "begin_using",
    "check",
    "check_added",
    "of_staff",
    "owner_of",
]


def of_staff(staff: Staff) -> list[Authenticator]:
    """A person's passkeys, oldest first."""
    return list(
        Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    )


def _data(factor: Authenticator) -> AuthenticatorData:
    found: AuthenticatorData = factor.wrap().authenticator_data
    return found


def _credentials(factors: list[Authenticator]) -> list[AttestedCredentialData]:
    return [data for factor in factors if (data := _data(factor).credential_data) is not None]


def begin_adding(staff: Staff, place: Place) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the browser is asked, state) for a new passkey that also signs in without a password."""
    holder = Holder(staff.pk.bytes, staff.username, str(staff) or staff.username)
    return passkeys.begin_adding(holder, place, have=_credentials(of_staff(staff)))


def begin_using(
    staff: Staff | None, place: Place, *, challenge: bytes | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the browser is asked, state) to sign a challenge with a passkey of this person, or of anybody."""
    credentials = _credentials(of_staff(staff)) if staff else None
    return passkeys.begin_using(credentials, place, challenge=challenge)


def owner_of(credential: Mapping[str, Any]) -> Staff | None:
    """Whose passkey the browser says it is; proved only by :func:`check`."""
    handle = passkeys.holder_of(credential)
    return Staff.objects.filter(pk=UUID(bytes=handle)).first() if len(handle) == 16 else None


def check(
    owner: Staff | None, credential: Mapping[str, Any], *, state: Mapping[str, Any], place: Place
) -> Authenticator:
    """The passkey that signed; call it in a transaction and save the row: it holds the new counter.

    Raises:
        Unfit: nobody has such a key, or challenge, origin, signature or counter does not fit.
    """
    if owner is None or not owner.is_active or not state:
        raise Unfit("unknown")
    rows = Authenticator.objects.select_for_update().filter(
        user_id=owner.pk, type=Authenticator.Type.WEBAUTHN
    )
    by_id = {
        data.credential_id: factor
        for factor in rows.order_by("pk")
        if (data := _data(factor).credential_data) is not None
    }

    def count(used: AttestedCredentialData) -> int:
        factor = by_id[used.credential_id]
        return int(factor.data.get("sign_count", _data(factor).counter))

    used, now = passkeys.check_used(
        credential, _credentials(list(by_id.values())), state=state, place=place, count_of=count
    )
    factor = by_id[used.credential_id]
    factor.data["sign_count"] = now
    return factor
