"""Expressions speak only of what is known by then: of steps before, and of those only that cannot have been passed over."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.services.language.definition import Book, Code, Form, Step
from servicehall.rooms.services.language.findings import Finding, filled
from servicehall.rooms.services.language.program import Program

from .graph import certain, graph


def check(program: Program) -> Iterator[Finding]:
    """What is wrong with the names in a flow's expressions."""
    steps = program.flow.steps
    place = {step.id: number for number, step in enumerate(steps)}
    if len(place) < len(steps):
        return
    sure = certain(graph(program.flow))
    for number, step in enumerate(steps):
        for code, part in program.codes(step):
            for owner, rest, needs in _owners(program, code, place):
                if not _is_own(step, owner, part):
                    yield from _check(step, code, (owner, rest), needs, known=(place, sure[number]))


def _needs(program: Program, code: Code) -> frozenset[str]:
    """The names that an expression needs, those of computed values included."""
    try:
        needs = program.expression(code).needs
    except KeyError:
        return frozenset()  # it has a fault of its own
    found = set(needs)
    for name in needs:
        if name.startswith("value."):
            found |= _needs(program, program.flow.values[name.removeprefix("value.")])
    return frozenset(found)


def _owners(program: Program, code: Code, place: dict[str, int]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """The steps that an expression speaks of, what of them, and all that it needs."""
    needs = _needs(program, code)
    for name in sorted(needs):
        owner, _dot, rest = name.partition(".")
        if owner in place:
            yield owner, rest, needs


def _check(
    step: Step,
    code: Code,
    name: tuple[str, str],
    needs: frozenset[str],
    *,
    known: tuple[dict[str, int], frozenset[str] | None],
) -> Iterator[Finding]:
    (owner, rest), (place, sure) = name, known
    if place[owner] >= place[step.id]:
        words = filled(
            _("“%(name)s” is not known yet at “%(step)s”: that step comes later."),
            name=f"{owner}.{rest}",
            step=step.id,
        )
        yield Finding("not-yet-known", words, code.place)
    elif sure is not None and not _is_sure(owner, rest, sure) and f"seen.{owner}" not in needs:
        words = filled(
            _("“%(owner)s” may have been passed over when “%(step)s” comes. Write: seen.%(owner)s && …"),
            owner=owner,
            step=step.id,
        )
        yield Finding("maybe-unknown", words, code.place)


def _is_own(step: Step, owner: str, part: str) -> bool:
    """A form's questions may depend on one another; where it goes after a step may depend on its answer.

    What is asked of another system about a time speaks of the day and the time (see booking.py).
    """
    kind: type[Step] = {"field": Form, "part": Book}.get(part, Step)
    return owner == step.id and (part in {"then", "undo"} or (kind is not Step and isinstance(step, kind)))


def _is_sure(owner: str, rest: str, sure: frozenset[str]) -> bool:
    return owner in sure or (rest == "refused" and f"{owner}!refused" in sure)
