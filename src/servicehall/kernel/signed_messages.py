"""Signed messages between machines, as Standard Webhooks 1.0.0 has them: made and checked. Pure: no clock, no database.

What is signed is ``id.timestamp.body`` with HMAC-SHA-256 under a secret that both sides hold; the header may
carry several signatures, so that a secret can be changed while messages are on their way. Whoever takes
messages in refuses those whose moment is more than five minutes off, and remembers their ids for longer than that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from .errors import Refused

PREFIX = "whsec_"
SECRET_BYTES = 32
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as the specification recommends."""
TOLERANCE = timedelta(minutes=5)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_MOST_SIGNATURES = 10


class SignatureRefused(Refused):
    """The message is not from who it says, or too old; ``reason`` is for the log.

    One of headers-missing, timestamp-malformed, too-old, too-new, signature.
    """

    kind = "signature-refused"
    status = 401
    title = _("This message is not signed as it must be")
    advice = _("Check the secret, the clock and that the body is sent as it was signed.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class UnfitSecret(Refused):
    """The secret is not ``whsec_`` and 24 to 64 bytes in base64."""

    kind = "unfit-secret"
    status = 422
    title = _("This is no secret for signed messages")
    advice = _("A secret begins with whsec_ and goes on with 24 to 64 random bytes in base64.")


def new_secret() -> str:
    """A secret of 256 random bits."""
    return PREFIX + base64.b64encode(randomness.token_bytes(SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a written secret.

    Raises:
        UnfitSecret: it is none.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise UnfitSecret from None
    if not SHORTEST <= len(key) <= LONGEST:
        raise UnfitSecret
    return key


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, as it stands in the header."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


def headers(secrets: Collection[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message that is sent at this moment, signed with every secret."""
    timestamp = int(at.timestamp())
    return {
        ID: message_id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: " ".join(signature(secret, message_id, timestamp, body) for secret in secrets),
    }


def check(secrets: Collection[str], given: Mapping[str, str], body: bytes, *, at: datetime) -> str:
    """The id of a message that arrived at this moment, if one of the secrets signed it.

    Args:
        given: the headers; their names in any case.

    Raises:
        SignatureRefused: it did not, or the message's moment is not near.
    """
    found = {name.lower(): value.strip() for name, value in given.items()}
    message_id, stamp, signatures = (found.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not (message_id and stamp and signatures) or len(message_id) > 200:
        raise SignatureRefused("headers-missing")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise SignatureRefused("timestamp-malformed")
    # The signature first: of a forged message the moment says nothing.
    expected = [signature(secret, message_id, int(stamp), body).encode() for secret in secrets]
    offered = [one.encode("utf-8", "replace") for one in signatures.split()[:_MOST_SIGNATURES]]
    if not any(hmac.compare_digest(one, other) for one in expected for other in offered):
        raise SignatureRefused("signature")
    sent = datetime.fromtimestamp(int(stamp), UTC)
    if sent < at - TOLERANCE:
        raise SignatureRefused("too-old")
    if sent > at + TOLERANCE:
        raise SignatureRefused("too-new")
    return message_id
