"""What a check says: how serious, what it saw, and what to do about it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

log = logging.getLogger(__name__)

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``advice`` says what to do unless all is well."""

    level: Level
    what: str
    advice: str = ""


Check = Callable[[], Iterable[Finding]]


def ok(what: str) -> Finding:
    """All is well."""
    return Finding("ok", what)


def warning(what: str, advice: str) -> Finding:
    """The hall works, but somebody should know."""
    return Finding("warning", what, advice)


def problem(what: str, advice: str) -> Finding:
    """The hall does not work, or data is in danger."""
    return Finding("problem", what, advice)


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """Make all checks; one that breaks down is a finding too."""
    for check in checks:
        try:
            yield from check()
        except Exception as error:
            name = getattr(check, "func", check).__name__.replace("_", " ")
            log.debug("check.failed name=%s", name, exc_info=True)
            yield problem(
                f"{name}: could not be checked ({type(error).__name__}: {error})",
                "Please report this; SERVICEHALL_LOG=debug shows where it happened.",
            )
