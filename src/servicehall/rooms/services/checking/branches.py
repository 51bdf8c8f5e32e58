"""Ways: every name exists, nothing goes back, every branch ends, nothing is out of reach, few steps, a yes before deeds."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.services.language.definition import Confirm, is_once_only
from servicehall.rooms.services.language.findings import Finding, filled
from servicehall.rooms.services.language.program import Program

from .graph import Graph, certain, graph, longest, reachable

MOST_STEPS = 5
"""Steps that a customer takes in a common service (requirements B1)."""
BROKEN = frozenset({"twice-a-step"})


def check(program: Program) -> Iterator[Finding]:
    """What is wrong with the ways through a flow."""
    flow = program.flow
    names = [step.id for step in flow.steps]
    for number, step in enumerate(flow.steps):
        if step.id in names[:number]:
            yield Finding(
                "step-twice", filled(_("Another step is called “%(name)s” too."), name=step.id), step.place
            )
    if len(set(names)) < len(names):
        return
    found = graph(flow)
    yield from _ways(found)
    seen = reachable(found)
    for number, step in enumerate(flow.steps):
        if number not in seen:
            yield Finding(
                "unreachable", filled(_("No path comes to the step “%(name)s”."), name=step.id), step.place
            )
    for number in found.off:
        if number in seen:
            words = filled(
                _("After “%(name)s” it can go nowhere. Every path ends with a step “end”."),
                name=flow.steps[number].id,
            )
            yield Finding("no-end", words, flow.steps[number].place)
    yield from _length(program, found)
    yield from _confirmed(found)


def _ways(found: Graph) -> Iterator[Finding]:
    for number, name in found.unknown:
        place = next(
            (jump.place for jump in found.steps[number].then if jump.go == name), found.steps[number].place
        )
        yield Finding("unknown-target", filled(_("There is no step called “%(name)s”."), name=name), place)
    for number, name in found.backward:
        place = next(
            (jump.place for jump in found.steps[number].then if jump.go == name), found.steps[number].place
        )
        words = filled(
            _(
                "From “%(start)s” it goes back to “%(name)s”: a path that goes in circles never ends. Customers go back by themselves."
            ),
            start=found.steps[number].id,
            name=name,
        )
        yield Finding("cyclic", words, place)


def _length(program: Program, found: Graph) -> Iterator[Finding]:
    count, listed = longest(found)
    if count <= MOST_STEPS or program.flow.longer:
        return
    names = tuple(found.steps[number].id for number in listed)
    words = filled(
        _(
            "A customer takes %(count)s steps here (%(names)s); at most %(most)s. Ask less, or say why under “longer”."
        ),
        count=count,
        names=names,
        most=MOST_STEPS,
    )
    yield Finding("too-many-steps", words, found.steps[listed[MOST_STEPS]].place)


def _confirmed(found: Graph) -> Iterator[Finding]:
    sure = certain(found)
    confirms = {step.id for step in found.steps if isinstance(step, Confirm)}
    for number, step in enumerate(found.steps):
        before = sure[number]
        if is_once_only(step) and before is not None and not before & confirms:
            words = filled(
                _("“%(name)s” cannot be taken back. A step “confirm” has to come before it on every path."),
                name=step.id,
            )
            yield Finding("not-confirmed", words, step.place)
