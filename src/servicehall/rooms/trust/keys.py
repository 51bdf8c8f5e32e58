"""The key that signs checkpoints: from the environment, else a file of the data folder made once."""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from .notes import Signer

FILE = "evidence.key"


class UnusableKey(RuntimeError):
    """The key is not the 32 bytes in base 64 that it has to be."""


def _seed(text: str, source: str) -> Ed25519PrivateKey:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
        return Ed25519PrivateKey.from_private_bytes(raw)
    except ValueError:
        raise UnusableKey(f"{source} does not hold an Ed25519 key: 32 bytes in base 64") from None


def _of_file(path: Path) -> Ed25519PrivateKey:
    """The file's key. It is written whole under another name and then linked, so nobody ever reads half of it."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first
        finally:
            draft.unlink()
    return _seed(path.read_text(encoding="ascii"), str(path))


@lru_cache(maxsize=8)
def _signer(text: str, path: Path, origin: str) -> Signer:
    key = _seed(text, "SERVICEHALL_EVIDENCE_KEY") if text else _of_file(path)
    name = origin or f"servicehall/{sha256(key.public_key().public_bytes_raw()).hexdigest()[:16]}"
    return Signer(name, key)


def signer() -> Signer:
    """The key and the tree's name: SERVICEHALL_EVIDENCE_ORIGIN, else one made of the key.

    Raises:
        UnusableKey: see there.
    """
    return _signer(settings.EVIDENCE_KEY, Path(settings.SERVICEHALL_DATA) / FILE, settings.EVIDENCE_ORIGIN)
