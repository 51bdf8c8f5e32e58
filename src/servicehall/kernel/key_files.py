"""Keys outside of the database, for their owner's eyes only.

Two forms: an Ed25519 key alone in its file (32 bytes in base 64), and numbered secrets, a line a key,
``number secret``, the secret 64 hexadecimal digits; ``#`` opens a comment. Numbered secrets also come from
the environment or are printed by a command (a key service, a hardware module).
"""

from __future__ import annotations

import base64
import contextlib
import os
import shlex
import stat
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class UnusableKey(RuntimeError):
    """A key cannot be had, is none, or others can read it; the message says what to do."""


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


def closed_text(place: Path, what: str, *, advice: str = "") -> tuple[str, os.stat_result]:
    """What a file of keys holds, and the state of the file that was read.

    Raises:
        UnusableKey: it cannot be read, others may read or change it, or it belongs to somebody else.
    """
    try:
        with place.open(encoding="utf-8", errors="replace") as file:
            found = os.fstat(file.fileno())
            if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise UnusableKey(
                    f"Others may read or change the {what} in {place} (mode {stat.S_IMODE(found.st_mode):04o})."
                    f" Close it: chmod 600 {shlex.quote(str(place))}{advice}"
                )
            if found.st_uid not in {os.geteuid(), 0}:
                raise UnusableKey(
                    f"The {what} in {place} belong to another user. Give the file to the hall's own user."
                )
            return file.read(), found
    except OSError as problem:
        raise UnusableKey(f"The {what} in {place} cannot be read: {problem.strerror}.") from problem


def put_closed(place: Path, text: str, *, anew: bool = False) -> None:
    """Write a file whole or not at all, on disk before this returns; ``anew``: whoever is first stays."""
    handle, name = tempfile.mkstemp(prefix=f".{place.name}-", dir=place.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if anew:
            with contextlib.suppress(FileExistsError):
                place.hardlink_to(name)
        else:
            Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)
    sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Names in the folder are on disk when this returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def output_of(command: str, what: str) -> str:
    """What a command prints.

    Raises:
        UnusableKey: it cannot be run, fails, or takes longer than 30 s. What it printed is told to nobody.
    """
    try:
        done = subprocess.run(
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        raise UnusableKey(
            f"The command that gives the {what} failed ({type(problem).__name__}). Try it by hand."
        ) from problem
    return done.stdout


def numbered(text: str, where: str, what: str) -> dict[int, bytes]:
    """Secrets of 32 bytes by number; at least one.

    Raises:
        UnusableKey: a line is none, a number comes twice, or there is nothing.
    """
    found: dict[int, bytes] = {}
    for line in text.splitlines():
        words = line.split("#")[0].replace(":", " ").split()
        if not words:
            continue
        number = int(words[0]) if len(words) == 2 and words[0].isdecimal() else 0
        secret = _digits(words[-1])
        if not 0 < number < 2**31 or number in found or len(secret) != 32:
            raise UnusableKey(f"{where} does not hold {what}: each is a number and 64 hexadecimal digits.")
        found[number] = secret
    if not found:
        raise UnusableKey(f"{where} holds no {what.removesuffix('s')}.")
    return found


def written(head: str, secrets: dict[int, bytes]) -> str:
    """The text of a file of numbered secrets, under comments that say what they are for."""
    return head + "".join(f"{number} {secret.hex()}\n" for number, secret in secrets.items())


def _digits(word: str) -> bytes:
    try:
        return bytes.fromhex(word)
    except ValueError:
        return b""
