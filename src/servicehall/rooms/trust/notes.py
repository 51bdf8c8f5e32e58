"""Checkpoints as C2SP writes them: signed notes with Ed25519, and the cosignatures of witnesses. Pure."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 1, 4
DASH = "\u2014"


def b64(value: bytes) -> str:
    """Base 64 as all of C2SP writes it."""
    return base64.b64encode(value).decode()


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The four bytes by which a signature tells its key."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def verifier_key(name: str, kind: int, public: bytes) -> str:
    """A public key with its name, as one word."""
    return f"{name}+{key_id(name, kind, public).hex()}+{b64(bytes([kind]) + public)}"


def checkpoint(origin: str, size: int, root: bytes) -> str:
    """What is signed: whose tree, how many leaves, its root."""
    return f"{origin}\n{size}\n{b64(root)}\n"


def signature_line(name: str, kind: int, public: bytes, signature: bytes) -> str:
    """A signature as it stands under a note."""
    return f"{DASH} {name} {b64(key_id(name, kind, public) + signature)}\n"


@dataclass(frozen=True, slots=True)
class Signer:
    """The tree's own key and name."""

    origin: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def verifier_key(self) -> str:
        return verifier_key(self.origin, ED25519, self.public)

    def signed(self, text: str) -> str:
        """The note: text, empty line, signature."""
        line = signature_line(self.origin, ED25519, self.public, self.key.sign(text.encode()))
        return f"{text}\n{line}"


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody elsewhere who signs that our tree only ever grew."""

    url: str
    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return key_id(self.name, COSIGNATURE, self.public)

    def own_line(self, text: str, lines: str) -> str | None:
        """The line among these that is this witness's good cosignature of the text."""
        for line in lines.splitlines():
            dash, _, rest = line.partition(" ")
            name, _, encoded = rest.partition(" ")
            try:
                raw = base64.b64decode(encoded, validate=True)
            except (ValueError, binascii.Error):
                continue
            if dash != DASH or name != self.name or raw[:4] != self.id or len(raw) != 4 + 8 + 64:
                continue
            said = f"cosignature/v1\ntime {int.from_bytes(raw[4:12], 'big')}\n{text}"
            try:
                Ed25519PublicKey.from_public_bytes(self.public).verify(raw[12:], said.encode())
            except InvalidSignature:
                continue
            return f"{line}\n"
        return None


class NoWitness(ValueError):
    """A setting that should name a witness does not."""


def witness(setting: str) -> Witness:
    """A witness from ``URL vkey``.

    Raises:
        NoWitness: it is not one.
    """
    url, _, word = setting.strip().partition(" ")
    name, _, rest = word.strip().partition("+")
    digest, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise NoWitness(setting) from None
    if not url.startswith(("http://", "https://")) or len(raw) != 33 or raw[0] != COSIGNATURE:
        raise NoWitness(setting)
    found = Witness(url.rstrip("/"), name, raw[1:])
    if not name or found.id.hex() != digest.lower():
        raise NoWitness(setting)
    return found


def witnesses(setting: str) -> list[Witness]:
    """The witnesses of a setting, separated by commas.

    Raises:
        NoWitness: one of them is none.
    """
    return [witness(part) for part in setting.split(",") if part.strip()]
