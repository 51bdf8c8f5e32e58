"""Steps that take a time: each operation speaks of what is known when it is asked for, a release of nobody."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.services.language.definition import Book, Part
from servicehall.rooms.services.language.findings import Finding, filled
from servicehall.rooms.services.language.program import Program

KNOWN = {
    "slots": frozenset({"day"}),
    "take": frozenset({"day", "value", "item", "start"}),
    "release": frozenset({"day", "value", "start", "reference"}),
}
"""What of the step itself is known when each of its operations is asked for."""


def check(program: Program) -> Iterator[Finding]:
    """What is wrong with the operations of such steps."""
    for step in program.flow.steps:
        if isinstance(step, Book):
            for name, part in (("slots", step.slots), ("take", step.take), ("release", step.release)):
                if part is not None:
                    yield from _part(program, step, name, part)


def _part(program: Program, step: Book, name: str, part: Part) -> Iterator[Finding]:
    for code in part.inputs.values():
        try:
            needs = program.expression(code).needs
        except KeyError:
            continue  # it has a fault of its own
        for need in sorted(needs):
            owner, _dot, rest = need.partition(".")
            if owner == step.id and rest not in KNOWN[name]:
                words = filled(
                    _(
                        "“%(name)s” is not known yet when “%(part)s” is asked for. Known of this step are: %(known)s."
                    ),
                    name=need,
                    part=name,
                    known=tuple(sorted(KNOWN[name])),
                )
                yield Finding("not-yet-known", words, code.place)
            elif owner != step.id and name == "release":
                # It is done after the customer has gone, so nothing that they entered may be needed for it.
                words = filled(
                    _("A release speaks of the step itself only; “%(name)s” may be forgotten by then."),
                    name=need,
                )
                yield Finding("release-speaks", words, code.place)
