"""The keys of an account: files in a folder of the installation's payment keys, for their owner's eyes only.

``merchant.pem`` our private key, ``platform.pem`` the provider's public key or certificate (several under one
another while it changes them), ``apiv3.txt`` WeChat Pay's key for what it seals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings

from servicehall.kernel.key_files import UnusableKey, closed_text

_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
SMALLEST = 2048


@dataclass(frozen=True, slots=True)
class Keys:
    """Ours, and the platform's by their ids."""

    merchant: RSAPrivateKey = field(repr=False)
    platform: dict[str, RSAPublicKey] = field(repr=False)
    sealed: bytes = field(repr=False, default=b"")


def folder_of(name: str) -> Path:
    """Where an account's keys lie."""
    return Path(settings.PAYMENT_KEYS) / name


def read(name: str, *, platform_id: str, seals: bool) -> Keys:
    """The keys in the folder of that name; ``platform_id`` names a public key that has no number itself.

    Raises:
        UnusableKey: one is missing, is none, is too small, or others can read it.
    """
    if not name:
        raise UnusableKey("The payment account names no folder of keys.")
    folder = folder_of(name)
    merchant = _private(folder / "merchant.pem")
    platform = _public(folder / "platform.pem", platform_id)
    sealed = b""
    if seals:
        sealed = closed_text(folder / "apiv3.txt", "API v3 key")[0].strip().encode()
        if len(sealed) != 32:
            raise UnusableKey(f"{folder / 'apiv3.txt'} does not hold an API v3 key: 32 characters.")
    return Keys(merchant, platform, sealed)


def _private(place: Path) -> RSAPrivateKey:
    try:
        key = _parsed(closed_text(place, "payment key")[0])
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < SMALLEST:
        raise UnusableKey(f"{place} does not hold an RSA private key of at least {SMALLEST} bits in PEM.")
    return key


@lru_cache(maxsize=64)
def _parsed(pem: str) -> object:
    """The file is read for each call, so a new key is used at once; to examine a key takes thirty milliseconds."""
    return load_pem_private_key(pem.encode(), None)


def _public(place: Path, platform_id: str) -> dict[str, RSAPublicKey]:
    found: dict[str, RSAPublicKey] = {}
    for block in _BLOCK.finditer(closed_text(place, "platform key")[0]):
        key: object
        try:
            if block[1] == "CERTIFICATE":
                certificate = x509.load_pem_x509_certificate(block[0].encode())
                key, name = certificate.public_key(), f"{certificate.serial_number:X}"
            else:
                key, name = load_pem_public_key(block[0].encode()), platform_id
        except ValueError:
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST:
            found[name] = key
    if not found:
        raise UnusableKey(f"{place} holds neither an RSA public key nor a certificate in PEM.")
    return found
