"""What is wrong with a definition, in plain words, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the text; both counted from 1."""

    line: int = 1
    column: int = 1


START = Place()


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or doubt. A fault stops publishing, a doubt does not."""

    code: str
    words: Words
    place: Place
    level: Literal["fault", "doubt"] = "fault"

    def told(self) -> dict[str, Any]:
        """As the API and the editor hear it, in the current language."""
        return {
            "code": self.code,
            "level": self.level,
            "line": self.place.line,
            "column": self.place.column,
            "message": str(self.words),
        }


class Unreadable(ValueError):
    """A definition that cannot become a flow; ``findings`` says why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "; ".join(f"{one.place.line}:{one.place.column} {one.code}" for one in self.findings)
        )


@dataclass(frozen=True, slots=True)
class Filled:
    """Words with facts in them, put together when they are read, in the reader's language."""

    words: Words
    facts: dict[str, Any]

    def __str__(self) -> str:
        return str(self.words) % {name: _fact(fact) for name, fact in self.facts.items()}


def _fact(fact: Any) -> str:
    return ", ".join(str(one) for one in fact) if isinstance(fact, tuple) else str(fact)


def filled(words: Words, **facts: Any) -> Words:
    """Lazy words with facts in them."""
    return Filled(words, facts)  # type: ignore[return-value]


TOO_MUCH = _("The definition is longer than %(most)s characters.")
