"""A stream in chunks, each encrypted and authenticated: what was cut, changed, swapped or added is noticed.

    servicehall backup 1\\n
    {"chunk": …, "cipher": …, "key": …, "made": …, "product": …, "proof": …, "salt": …}\\n
    chunk, chunk, …, last chunk

A chunk is ``IV (12) ‖ ciphertext ‖ tag (16)``. Every one but the last holds exactly ``chunk`` bytes; the last holds
less, perhaps none. The key is made of the backup key and the file's own salt; the associated data binds the
head, the chunk's number and whether it is the last. ``proof`` tells a wrong key from a changed file.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from servicehall.kernel.protection.refusals import Unreadable
from servicehall.kernel.protection.suites import IV_BYTES, SUITES, TAG_BYTES, Suite

from .refusals import Damaged, WrongKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import WriteableBuffer

MAGIC = b"servicehall backup 1\n"
CHUNK = 1 << 20
OVERHEAD = IV_BYTES + TAG_BYTES
LONGEST_HEAD = 4096
_SALT = 32


@dataclass(frozen=True, slots=True)
class Head:
    """What stands readable at the beginning of a backup. Believed only when the first chunk opens."""

    cipher: str
    key: int
    salt: bytes
    proof: str
    made: datetime
    product: str
    chunk: int
    written: bytes


def _bound(head: bytes, number: int, *, last: bool) -> bytes:
    return b"servicehall backup|" + hashlib.sha256(head).digest() + number.to_bytes(8, "big") + bytes((last,))


def _key(suite: Suite, secret: bytes, salt: bytes) -> bytes:
    return suite.derived(secret, f"backup {salt.hex()}")


def _proof(suite: Suite, secret: bytes, salt: bytes) -> str:
    return suite.mac(suite.derived(secret, f"backup proof {salt.hex()}"), salt).hex()


class Sealer(io.RawIOBase):
    """Writes the sealed stream. Only :meth:`finish` makes it whole; the file below stays open."""

    def __init__(
        self, file: IO[bytes], suite: Suite, key: tuple[int, bytes], *, made: datetime, product: str,
        chunk: int = CHUNK,
    ) -> None:  # fmt: skip
        number, secret = key
        salt = os.urandom(_SALT)
        facts = {
            "chunk": chunk, "cipher": suite.name, "key": number, "made": made.isoformat(), "product": product,
            "proof": _proof(suite, secret, salt), "salt": salt.hex(),
        }  # fmt: skip
        self._head = MAGIC + json.dumps(facts, sort_keys=True).encode() + b"\n"
        self._file, self._suite, self._chunk = file, suite, chunk
        self._key = _key(suite, secret, salt)
        self._held, self._number = bytearray(), 0
        file.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) >= self._chunk:
            self._put(bytes(self._held[: self._chunk]), last=False)
            del self._held[: self._chunk]
        return len(data)

    def finish(self) -> None:
        """The last chunk."""
        self._put(bytes(self._held), last=True)

    def _put(self, text: bytes, *, last: bool) -> None:
        self._file.write(self._suite.seal(self._key, text, _bound(self._head, self._number, last=last)))
        self._number += 1


def head_of(file: IO[bytes]) -> Head:
    """Read the head.

    Raises:
        Damaged: it is not a backup.
    """
    magic, line = file.read(len(MAGIC)), file.readline(LONGEST_HEAD)
    try:
        facts = json.loads(line)
        found = Head(
            str(facts["cipher"]), int(facts["key"]), bytes.fromhex(facts["salt"]), str(facts["proof"]),
            datetime.fromisoformat(facts["made"]), str(facts["product"]), int(facts["chunk"]), magic + line,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        found = None
    if magic != MAGIC or not found or found.cipher not in SUITES or not 1 <= found.chunk <= 1 << 26:
        raise Damaged(
            "This is not a backup that this version knows, or its beginning was changed.",
            "这不是本版本可识别的备份，或其开头已被改动。",
        )
    return found


class Opener(io.RawIOBase):
    """Reads the sealed stream; gives out nothing that has not been authenticated.

    Raises (also when read):
        WrongKey: the key of that number is not at hand, or is another one.
        Damaged: something was changed, cut, swapped or added.
    """

    def __init__(self, file: IO[bytes], keys: Mapping[int, bytes]) -> None:
        self.head = head_of(file)
        suite = SUITES[self.head.cipher]
        secret = keys.get(self.head.key)
        if secret is None or _proof(suite, secret, self.head.salt) != self.head.proof:
            raise WrongKey(
                f"This backup was sealed with backup key {self.head.key}, and that key is not among yours.",
                f"该备份由 {self.head.key} 号备份密钥加密，而您提供的密钥中没有它。",
            )
        self._file, self._suite = file, suite
        self._key = _key(suite, secret, self.head.salt)
        self._number, self._opened, self._is_over = 0, memoryview(b""), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        while not self._opened and not self._is_over:
            self._next()
        count = min(len(view), len(self._opened))
        view[:count] = self._opened[:count]
        self._opened = self._opened[count:]  # a view: nothing is copied
        return count

    def _next(self) -> None:
        whole = self.head.chunk + OVERHEAD
        sealed = self._file.read(whole)
        # Only the last chunk is shorter than the others.
        last = len(sealed) < whole
        try:
            text = self._suite.open(self._key, sealed, _bound(self.head.written, self._number, last=last))
        except Unreadable:
            raise self._damage(len(sealed)) from None
        if last and self._file.read(1):
            raise self._damage(0)
        self._opened, self._is_over = memoryview(text), last
        self._number += 1

    def _damage(self, length: int) -> Damaged:
        if length == 0:
            return Damaged(
                f"The backup ends too early, after {self._number} chunks: it was cut short.",
                f"备份不完整：在第 {self._number} 块之后被截断。",
            )
        return Damaged(
            f"The backup is not as it was written: chunk {self._number + 1} was changed, moved or cut short.",
            f"备份与写入时不一致：第 {self._number + 1} 块被改动、移位或截断。",
        )

    def finish(self) -> None:
        """See that nothing is left over.

        Raises:
            Damaged: something is.
        """
        if self.read(1):
            raise Damaged("Something was added to the backup.", "备份中被添加了内容。")
