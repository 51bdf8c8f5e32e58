"""What has to hold before a definition is published. Each file looks at one thing and yields findings.

findings(text)  →  everything that is wrong or doubtful, in the order of the text
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from servicehall.rooms.services.language.findings import Finding, Unreadable
from servicehall.rooms.services.language.program import Program, program

from . import booking, branches, forms, lines, names, variants, wording

CHECKS: tuple[Callable[[Program], Iterator[Finding]], ...] = (
    branches.check,
    names.check,
    forms.check,
    wording.check,
    variants.check,
    booking.check,
    lines.check,
)


def findings(text: str) -> list[Finding]:
    """What is wrong or doubtful in a definition; nothing when it may be published."""
    try:
        found = program(text)
    except Unreadable as problem:
        return sorted(problem.findings, key=lambda one: one.place)
    return of(found)


def of(found: Program) -> list[Finding]:
    """The same for a program."""
    listed = [*found.findings]
    if not any(one.code in branches.BROKEN for one in listed):
        for check in CHECKS:
            listed += check(found)
    unique = {(one.code, one.place, str(one.words)): one for one in listed}
    return sorted(unique.values(), key=lambda one: (one.place, one.code))


def faults(text: str) -> list[Finding]:
    """Only what stops publishing."""
    return [one for one in findings(text) if one.level == "fault"]
