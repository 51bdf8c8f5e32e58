"""Passkeys (WebAuthn) on the library `fido2`: the challenges to sign, and whether a signature fits.

A challenge and what was asked for travel in the session as ``state``; a passkey's row is allauth's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from .models import Staff

NAME_LENGTH = 60


class Unfit(Exception):
    """A signature does not prove it; ``reason`` is one word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """The name that passkeys are bound to: our host, or what the setting says."""

    host: str

    @classmethod
    def of(cls, host: str) -> Place:
        """From a request's host with or without a port."""
        return cls(settings.PASSKEY_HOST or host.rsplit(":", 1)[0])

    @property
    def is_able(self) -> bool:
        """Browsers offer no passkeys for addresses of digits."""
        try:
            ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return True
        return False

    def server(self) -> Fido2Server:
        return Fido2Server(PublicKeyCredentialRpEntity(id=self.host, name="Servicehall"))


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
    options, state = place.server().register_begin(
        user=PublicKeyCredentialUserEntity(
            id=staff.pk.bytes, name=staff.username, display_name=str(staff) or staff.username
        ),
        credentials=_credentials(of_staff(staff)),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        extensions={"credProps": True},
    )
    return dict(options), dict(state)


def check_added(credential: Mapping[str, Any], *, state: Mapping[str, Any] | None, place: Place) -> None:
    """Let a new passkey in.

    Raises:
        Unfit: it was made for something else than we asked for.
    """
    if not state:
        raise Unfit("not-asked")
    try:
        place.server().register_complete(state, RegistrationResponse.from_dict(credential))
    except (TypeError, ValueError, KeyError, AttributeError):
        raise Unfit("not-as-asked") from None


def begin_using(
    staff: Staff | None, place: Place, *, challenge: bytes | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the browser is asked, state) to sign a challenge with a passkey of this person, or of anybody."""
    options, state = place.server().authenticate_begin(
        credentials=_credentials(of_staff(staff)) if staff else None,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options), dict(state)


def owner_of(credential: Mapping[str, Any]) -> Staff | None:
    """Whose passkey the browser says it is; proved only by :func:`check`."""
    try:
        handle = websafe_decode(credential["response"]["userHandle"])
        return Staff.objects.filter(pk=UUID(bytes=handle)).first()
    except (TypeError, ValueError, KeyError, AttributeError):
        return None


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
    factors = list(rows.order_by("pk"))
    try:
        answer = AuthenticationResponse.from_dict(credential)
        used = place.server().authenticate_complete(state, _credentials(factors), answer)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Unfit(_reason(error)) from None
    factor = next(f for f in factors if used in _credentials([f]))
    before = factor.data.get("sign_count", _data(factor).counter)
    now = answer.response.authenticator_data.counter
    # A key that does not count says 0 always (WebAuthn, section 6.1.1).
    if (now or before) and now <= before:
        raise Unfit("counter")
    factor.data["sign_count"] = now
    return factor


def _reason(error: Exception) -> str:
    said = str(error).lower()
    return next((word for word in ("origin", "challenge", "signature") if word in said), "unknown")
