"""Ed25519 keys in files: 32 bytes in base 64, for their owner's eyes only, made when first asked for."""

from __future__ import annotations

import base64
import contextlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class UnusableKey(RuntimeError):
    """The key is not the 32 bytes in base 64 that it has to be."""


def key_of(text: str, source: str) -> Ed25519PrivateKey:
    """The key that a text holds.

    Raises:
        UnusableKey: it holds none; the message names the source.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.strip(), validate=True))
    except ValueError:
        raise UnusableKey(f"{source} does not hold an Ed25519 key: 32 bytes in base 64") from None


def key_in(path: Path) -> Ed25519PrivateKey:
    """The key in the file; a new one when there is no file.

    It is written whole under another name and then linked, so that nobody ever reads half of it and of
    several programs that start at once one makes the key of all.

    Raises:
        UnusableKey: the file holds no key.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return key_of(path.read_text(encoding="ascii", errors="replace"), str(path))
