"""What people hold in their hands: an authenticator app, and a security key in software.

The key speaks WebAuthn by the standard (sections 6.1 and 6.5: authenticator data, attestation "none"),
with its own private key; what it gets wrong on purpose is said by arguments.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

from servicehall.kernel import step_up
from servicehall.kernel.step_up import Confirmation, Operation
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import passkeys
from servicehall.rooms.people.models import Staff


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an app shows now, or some half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def confirmed(operation: Operation) -> Any:
    """As if the person had confirmed it."""
    nonce = secrets.token_bytes(32)
    return step_up.confirmed(Confirmation(nonce, operation.challenge(nonce), lambda: True))


def add_app(staff: Staff) -> str:
    """Give somebody an authenticator app; its secret."""
    secret = str(generate_totp_secret())
    with confirmed(people.adding_app(secret)):
        people.add_app(staff, secret=secret, code=code_of(secret))
    return secret


class Key:
    """A security key that keeps one passkey."""

    def __init__(self, origin: str, *, counts: bool = True) -> None:
        self.origin, self.counts = origin, counts
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.counter = 0

    def _count(self) -> int:
        self.counter += self.counts
        return self.counter

    def _said(self, kind: str, challenge: bytes) -> bytes:
        said = {"type": kind, "challenge": websafe_encode(challenge), "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": {name: websafe_encode(value) for name, value in response.items()},
            "clientExtensionResults": {"credProps": {"rk": True}},
        }

    def make(self, host: str, challenge: bytes) -> dict[str, Any]:
        """A new passkey, as ``navigator.credentials.create`` answers."""
        public: Any = ES256.from_cryptography_key(self.private.public_key())  # type: ignore[no-untyped-call]
        attested = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(
            hashlib.sha256(host.encode()).digest(), flags, self._count(), bytes(attested)
        )
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        return self._answer(
            {"clientDataJSON": self._said("webauthn.create", challenge), "attestationObject": attestation}
        )

    def sign(
        self, challenge: bytes, holder: Any, *, host: str = "hall.example", verified: bool = True
    ) -> dict[str, Any]:
        """A signed challenge, as ``navigator.credentials.get`` answers; ``holder`` is staff or a customer."""
        flags = AuthenticatorData.FLAG.UP | (AuthenticatorData.FLAG.UV if verified else 0)
        data = AuthenticatorData.create(
            hashlib.sha256(host.encode()).digest(), AuthenticatorData.FLAG(flags), self._count()
        )
        said = self._said("webauthn.get", challenge)
        signature = self.private.sign(bytes(data) + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": said,
                "authenticatorData": bytes(data),
                "signature": signature,
                "userHandle": holder.pk.bytes,
            }
        )


def challenge_of(state: dict[str, Any]) -> bytes:
    """What the server wants signed."""
    return bytes(websafe_decode(state["challenge"]))


def add_passkey(staff: Staff, key: Key, place: passkeys.Place, name: str = "key") -> None:
    """Register the key."""
    _options, state = passkeys.begin_adding(staff, place)
    with confirmed(people.adding_passkey(state)):
        people.add_passkey(
            staff, name=name, credential=key.make(place.host, challenge_of(state)), state=state, place=place
        )
