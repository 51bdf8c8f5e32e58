"""Named parts in a compressed stream: name, blocks, end; the last part lists all others with their digests.

part   length (4 bytes) of the name, name in UTF-8; then blocks of length (4 bytes) and bytes; then length 0
end    a name of no length
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from .refusals import Damaged

BLOCK = 1 << 18
MANIFEST = "manifest"
_LENGTH = 4
_LONGEST_NAME = 1000
_LONGEST_BLOCK = 1 << 26
Progress = Callable[[int], object]


@dataclass(slots=True)
class Part:
    """What is noted of a part."""

    size: int = 0
    sha256: Any = field(default_factory=hashlib.sha256)

    def take(self, block: bytes) -> None:
        self.size += len(block)
        self.sha256.update(block)

    @property
    def noted(self) -> dict[str, Any]:
        return {"size": self.size, "sha256": self.sha256.hexdigest()}


def _prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH, "big") + data


class Packer:
    """Writes parts one after another."""

    def __init__(self, sealed: Any, progress: Progress = lambda _bytes: None) -> None:
        # Fast, not small: a hall's machine has other things to do.
        self._out = gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=1, mtime=0)
        self._progress = progress
        self.parts: dict[str, dict[str, Any]] = {}

    def put(self, name: str, blocks: Iterable[bytes]) -> int:
        """A part; returns its size in bytes."""
        part = Part()
        self._out.write(_prefixed(name.encode()))
        for block in blocks:
            if block:
                self._out.write(_prefixed(block))
                part.take(block)
                self._progress(len(block))
        self._out.write(bytes(_LENGTH))
        self.parts[name] = part.noted
        return part.size

    def put_json(self, name: str, content: dict[str, Any]) -> None:
        """A small part of our own."""
        self.put(name, [json.dumps(content, sort_keys=True, ensure_ascii=False).encode()])

    def finish(self, facts: dict[str, Any]) -> None:
        """The list of parts with what else is to be known, and the end."""
        self.put_json(MANIFEST, {**facts, "parts": dict(self.parts)})
        self._out.write(bytes(_LENGTH))
        self._out.close()


class Unpacker:
    """Reads parts one after another; every one has to be read to its end.

    Raises (also when read):
        Damaged: the stream is not one of parts, or a part is not the one that is listed.
    """

    def __init__(self, sealed: Any) -> None:
        self._in: IO[bytes] = gzip.GzipFile(fileobj=sealed, mode="rb")  # type: ignore[assignment]
        self._seen: dict[str, dict[str, Any]] = {}

    def parts(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Names and blocks."""
        while name := self._prefixed(_LONGEST_NAME).decode("utf-8", "replace"):
            if name in self._seen:
                raise _nonsense()
            part = Part()
            yield name, self._blocks(part)
            self._seen[name] = part.noted

    def _blocks(self, part: Part) -> Iterator[bytes]:
        while block := self._prefixed(_LONGEST_BLOCK):
            part.take(block)
            yield block

    def _prefixed(self, most: int) -> bytes:
        length = int.from_bytes(self._exactly(_LENGTH), "big")
        if length > most:
            raise _nonsense()
        return self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        try:
            found = self._in.read(length)
        except (OSError, EOFError, zlib.error):
            raise _nonsense() from None
        if len(found) != length:
            raise _nonsense()
        return found

    def finish(self, manifest: dict[str, Any]) -> None:
        """All parts that the list names were there, and no others, as they were written."""
        seen = {name: noted for name, noted in self._seen.items() if name != MANIFEST}
        if self._in.read(1) or manifest.get("parts") != seen:
            raise _nonsense()


def _nonsense() -> Damaged:
    return Damaged("The backup's parts are not those that it lists.", "备份的内容与其清单不符。")
