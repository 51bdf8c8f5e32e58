"""Names and forms of tiles and entry bundles as C2SP tlog-tiles writes them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .merkle import WIDTH

_NUMBER = r"(?P<number>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?"
_PATH = re.compile(rf"(?:(?P<level>[0-9]|[1-5][0-9]|6[0-3])|entries)/{_NUMBER}")
LONGEST_ENTRY = 0xFFFF


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tile, or (``level`` None) an entry bundle; ``width`` hashes or entries of it."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def is_full(self) -> bool:
        return self.width == WIDTH

    @property
    def path(self) -> str:
        """The address behind ``tile/``."""
        digits = f"{self.number:d}"
        groups = [f"{self.number // 1000**n % 1000:03d}" for n in range((len(digits) + 2) // 3)][::-1]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        kind = "entries" if self.level is None else str(self.level)
        return f"{kind}/{name}" + ("" if self.is_full else f".p/{self.width}")


def wanted(path: str) -> Wanted | None:
    """What an address behind ``tile/`` names; None when it is none, or not in its shortest form."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    width = int(match["width"] or WIDTH)
    if match["width"] and width >= WIDTH:
        return None
    level = None if match["level"] is None else int(match["level"])
    found = Wanted(level, int(match["number"].replace("x", "").replace("/", "")), width)
    return found if found.path == path else None


def of_tree(size: int) -> Iterable[Wanted]:
    """Every tile and bundle of a tree: full ones, then the partial one of each kind."""
    level, count = 0, size
    while count:
        for kind in (level, None) if level == 0 else (level,):
            full, rest = divmod(count, WIDTH)
            yield from (Wanted(kind, number) for number in range(full))
            if rest:
                yield Wanted(kind, full, rest)
        level, count = level + 1, count // WIDTH


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after another, each behind its length."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
