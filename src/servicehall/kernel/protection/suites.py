"""The ciphers of protected data. Nothing outside of this file encrypts.

SM4-GCM with HMAC-SM3 (GB/T 32907, GB/T 32905, RFC 8998) by default; AES-256-GCM with HMAC-SHA-256 by
setting. A sealed text is ``IV (12 bytes, random) ‖ ciphertext ‖ tag (16 bytes)``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from .refusals import Unreadable

IV_BYTES = 12
TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher and the keyed hash that goes with it; ``mark`` is its first byte in stored values."""

    name: str
    mark: int
    key_bytes: int
    cipher: type[algorithms.SM4 | algorithms.AES]
    digest: type[hashes.SM3 | hashes.SHA256]

    def new_key(self) -> bytes:
        """A random key of the suite's length."""
        return os.urandom(self.key_bytes)

    def seal(self, key: bytes, text: bytes, bound: bytes) -> bytes:
        """Encrypt; ``bound`` is not stored and must be the same when it is opened."""
        return self.seal_with(os.urandom(IV_BYTES), key, text, bound)

    def seal_with(self, iv: bytes, key: bytes, text: bytes, bound: bytes) -> bytes:
        """The same with a given IV: for the known answers only."""
        sealing = Cipher(_algorithm(self.cipher, key), modes.GCM(iv)).encryptor()
        sealing.authenticate_additional_data(bound)
        return iv + sealing.update(text) + sealing.finalize() + sealing.tag

    def open(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Decrypt what :meth:`seal` gave.

        Raises:
            Unreadable: it was changed, cut short, or belongs somewhere else.
        """
        if len(sealed) < IV_BYTES + TAG_BYTES:
            raise Unreadable("truncated")
        iv, text, tag = sealed[:IV_BYTES], sealed[IV_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
        opening = Cipher(_algorithm(self.cipher, key), modes.GCM(iv, tag)).decryptor()
        opening.authenticate_additional_data(bound)
        try:
            return opening.update(text) + opening.finalize()
        except InvalidTag:
            raise Unreadable("changed") from None

    def mac(self, key: bytes, data: bytes) -> bytes:
        """The keyed hash of the data (32 bytes)."""
        made = hmac.HMAC(key, self.digest())
        made.update(data)
        return made.finalize()

    def derived(self, secret: bytes, use: str) -> bytes:
        """The suite's key for one use of a long random secret (HKDF-Expand)."""
        info = f"servicehall {use} {self.name}".encode()
        return HKDFExpand(hashes.SHA256(), self.key_bytes, info).derive(secret)


@lru_cache(maxsize=4096)
def _algorithm(cipher: type[algorithms.SM4 | algorithms.AES], key: bytes) -> CipherAlgorithm:
    return cipher(key)


SM4 = Suite("sm4-gcm", 1, 16, algorithms.SM4, hashes.SM3)
AES = Suite("aes-256-gcm", 2, 32, algorithms.AES, hashes.SHA256)
SUITES = {suite.name: suite for suite in (SM4, AES)}
_MARKS = {suite.mark: suite for suite in SUITES.values()}


def chosen() -> Suite:
    """The suite that new values are sealed with (settings)."""
    from django.conf import settings

    return SUITES[settings.PROTECTION_SUITE]


def marked(mark: int) -> Suite:
    """The suite of a stored value.

    Raises:
        Unreadable: there is none with that mark.
    """
    try:
        return _MARKS[mark]
    except KeyError:
        raise Unreadable("unknown-suite") from None
