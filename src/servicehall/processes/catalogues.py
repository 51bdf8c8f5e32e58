"""Builds the translation files that Django reads (.mo) from those that people write (.po)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


class UnreadableCatalogue(Exception):
    """A .po file has a mistake in its form; the message says where."""


def outdated() -> Iterator[Path]:
    """The .po files whose .mo is missing or older."""
    for path in sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/*.po")):
        built = path.with_suffix(".mo")
        if not built.exists() or built.stat().st_mtime < path.stat().st_mtime:
            yield path


def build() -> int:
    """Build what is outdated; returns how many files that were.

    Raises:
        UnreadableCatalogue: a .po file has a mistake in its form.
        OSError: the package's folder cannot be written.
    """
    count = 0
    for path in outdated():
        try:
            with path.open("rb") as file:
                catalogue = read_po(file, locale=path.parent.parent.name)
        except (ValueError, SyntaxError) as problem:
            raise UnreadableCatalogue(f"{path.relative_to(PACKAGE)}: {problem}") from problem
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(path.with_suffix(".mo"))  # a running server never sees half a file
        count += 1
    return count
