"""Passkeys (WebAuthn level 2) on the library `fido2`: the challenges to sign, and whether a signature fits.

Whose passkeys they are and where they are kept is the matter of rooms: staff's (``people``) are rows of the
library that signs staff in, customers' are their own. A challenge and what was asked for travel in the
session as ``state``.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from fido2.rpid import verify_rp_id
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

NAME_LENGTH = 60
"""Characters of the name that a passkey is given."""
_MALFORMED = (
    *(TypeError, ValueError, LookupError, AttributeError, OverflowError, struct.error),
    RuntimeError,  # CBOR or JSON nested too deeply, an algorithm that is none
)
"""What the library ends in when somebody sends other bytes than a browser does."""


class Unfit(Exception):
    """A signature does not prove it; ``reason`` is one word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """The name that passkeys are bound to, and the host that the page was opened at (empty: not looked at).

    A signature made at another host below the same name is refused: what runs there may be somebody else's.
    """

    host: str
    door: str = ""

    @classmethod
    def of(cls, host: str) -> Place:
        """From a request's host with or without a port: our host, or what the setting says."""
        door = urlsplit(f"//{host}").hostname or ""
        return cls(settings.PASSKEY_HOST or door, door)

    @property
    def is_able(self) -> bool:
        """Browsers offer no passkeys for addresses of digits."""
        try:
            ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return True
        return False

    def server(self) -> Fido2Server:
        return Fido2Server(
            PublicKeyCredentialRpEntity(id=self.host, name="Servicehall"), verify_origin=self._fits
        )

    def _fits(self, origin: str) -> bool:
        return verify_rp_id(self.host, origin) and self.door in {"", urlsplit(origin).hostname}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a new passkey is to be: an id of at most 64 bytes, and what the device lists it under."""

    id: bytes
    name: str
    display_name: str


def begin_adding(
    holder: Holder, place: Place, *, have: Sequence[AttestedCredentialData]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the browser is asked, state) for a new passkey that signs in without a name typed first."""
    options, state = place.server().register_begin(
        user=PublicKeyCredentialUserEntity(id=holder.id, name=holder.name, display_name=holder.display_name),
        credentials=list(have),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        extensions={"credProps": True},
    )
    return dict(options), dict(state)


def check_added(
    credential: Mapping[str, Any], *, state: Mapping[str, Any] | None, place: Place
) -> AuthenticatorData:
    """What a new passkey says of itself; ``credential_data`` is its id and public key.

    Raises:
        Unfit: it was made for something else than we asked for.
    """
    if not state:
        raise Unfit("not-asked")
    try:
        answer = RegistrationResponse.from_dict(credential)
        _own_page(answer.response.client_data)
        return place.server().register_complete(state, answer)
    except _MALFORMED:
        raise Unfit("not-as-asked") from None


def begin_using(
    credentials: Sequence[AttestedCredentialData] | None, place: Place, *, challenge: bytes | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the browser is asked, state) to sign a challenge with one of these passkeys, or with any (None)."""
    options, state = place.server().authenticate_begin(
        credentials=None if credentials is None else list(credentials),
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options), dict(state)


def holder_of(credential: Mapping[str, Any]) -> bytes:
    """Whose passkey the browser says it is (empty: it does not say); proved only by :func:`check_used`."""
    try:
        return bytes(websafe_decode(credential["response"]["userHandle"]))
    except _MALFORMED:
        return b""


def check_used(
    credential: Mapping[str, Any],
    credentials: Sequence[AttestedCredentialData],
    *,
    state: Mapping[str, Any],
    place: Place,
    count_of: Callable[[AttestedCredentialData], int],
) -> tuple[AttestedCredentialData, int]:
    """(which of these passkeys signed the challenge, how often it says that it has signed).

    Args:
        count_of: how often a passkey said that it had signed when it was last used here.

    Raises:
        Unfit: none of them, or challenge, origin, user verification, signature or counter does not fit.
    """
    try:
        answer = AuthenticationResponse.from_dict(credential)
        _own_page(answer.response.client_data)
        used = place.server().authenticate_complete(state, list(credentials), answer)
    except _MALFORMED as error:
        raise Unfit(_reason(error)) from None
    before, now = count_of(used), int(answer.response.authenticator_data.counter)
    # A key that does not count says 0 always (WebAuthn, section 6.1.1).
    if (now or before) and now <= before:
        raise Unfit("counter")
    return used, now


def _own_page(client_data: Any) -> None:
    """Refuse what was signed inside another site's frame."""
    if client_data.cross_origin:
        raise ValueError("origin")


def _reason(error: Exception) -> str:
    said = str(error).lower()
    words = {"origin": "origin", "rp id": "origin", "challenge": "challenge", "signature": "signature"}
    words |= {"verif": "verification", "present": "verification"}
    return next((word for sign, word in words.items() if sign in said), "unknown")
