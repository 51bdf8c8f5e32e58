"""The key that signs checkpoints: from the environment, else a file of the data folder made once."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from servicehall.kernel.key_files import UnusableKey, key_in, key_of

from .notes import Signer

__all__ = ["FILE", "UnusableKey", "signer"]
FILE = "evidence.key"


@lru_cache(maxsize=8)
def _signer(text: str, path: Path, origin: str) -> Signer:
    key = key_of(text, "SERVICEHALL_EVIDENCE_KEY") if text else key_in(path)
    name = origin or f"servicehall/{sha256(key.public_key().public_bytes_raw()).hexdigest()[:16]}"
    return Signer(name, key)


def signer() -> Signer:
    """The key and the tree's name: SERVICEHALL_EVIDENCE_ORIGIN, else one made of the key.

    Raises:
        UnusableKey: there is a key, and it is none.
    """
    return _signer(settings.EVIDENCE_KEY, Path(settings.SERVICEHALL_DATA) / FILE, settings.EVIDENCE_ORIGIN)
