"""The steps of a flow as a graph: from which to which it can go. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from servicehall.rooms.services.language.definition import Call, End, Flow, Step


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from a step to another. ``answered``: the step was done, not passed over; ``refused``: it was, with a no."""

    start: int
    to: int
    answered: bool
    refused: bool = False


@dataclass(slots=True)
class Graph:
    """The steps by number, and the ways between them. ``off`` are steps from which it runs off the end."""

    steps: tuple[Step, ...]
    edges: list[Edge] = field(default_factory=list)
    off: list[int] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    backward: list[tuple[int, str]] = field(default_factory=list)

    def after(self, number: int) -> Iterator[Edge]:
        """The ways out of a step."""
        return (edge for edge in self.edges if edge.start == number)

    def before(self, number: int) -> Iterator[Edge]:
        """The ways into a step."""
        return (edge for edge in self.edges if edge.to == number)


def can_be_passed_over(step: Step) -> bool:
    """Whether a path may go on without it."""
    return step.when is not None or bool(step.channels)


def graph(flow: Flow) -> Graph:
    """The graph of a flow. Names that do not exist and ways back are told, not followed."""
    found = Graph(flow.steps)
    place = {step.id: number for number, step in enumerate(flow.steps)}
    for number, step in enumerate(flow.steps):
        targets: list[tuple[str, bool]] = [(jump.go, False) for jump in step.then]
        if isinstance(step, Call) and step.failed:
            targets.append((step.failed, True))
        for name, refused in targets:
            if name not in place:
                found.unknown.append((number, name))
            elif place[name] <= number:
                found.backward.append((number, name))
            else:
                found.edges.append(Edge(number, place[name], answered=True, refused=refused))
        _onward(found, number, step)
    return found


def _onward(found: Graph, number: int, step: Step) -> None:
    """The way to the next step in the list."""
    always_jumps = any(jump.when is None for jump in step.then)
    goes_on = not isinstance(step, End) and not always_jumps
    passed = can_be_passed_over(step)
    if not goes_on and not passed:
        return
    if number + 1 >= len(found.steps):
        found.off.append(number)
        return
    if goes_on:
        found.edges.append(Edge(number, number + 1, answered=True))
    if passed:
        found.edges.append(Edge(number, number + 1, answered=False))


def reachable(found: Graph) -> set[int]:
    """The steps that some path comes to."""
    seen = {0} if found.steps else set()
    for number in range(len(found.steps)):  # every way goes forward, so one pass is enough
        if number in seen:
            seen |= {edge.to for edge in found.after(number)}
    return seen


def certain(found: Graph) -> list[frozenset[str] | None]:
    """For each step the names of those that were done on every path to it; None where no path comes."""
    known: list[frozenset[str] | None] = [None] * len(found.steps)
    if found.steps:
        known[0] = frozenset()
    for number in range(1, len(found.steps)):
        ways = []
        for edge in found.before(number):
            before = known[edge.start]
            if before is not None:
                step = found.steps[edge.start]
                mark = {f"{step.id}!refused"} if edge.refused else {step.id, f"{step.id}!refused"}
                ways.append(before | mark if edge.answered else before)
        known[number] = frozenset.intersection(*ways) if ways else None
    return known


def longest(found: Graph, *, start: int = 0) -> tuple[int, list[int]]:
    """The most steps that a customer takes on any path from a step on, and which (numbers of steps)."""
    best: dict[int, list[int]] = {}
    for number in reversed(range(len(found.steps))):
        step = found.steps[number]
        counted = [number] if step.by_customer else []
        ways = [(counted if edge.answered else []) + best.get(edge.to, []) for edge in found.after(number)]
        best[number] = max(ways, key=len, default=counted)
    return (len(best[start]), best[start]) if start in best else (0, [])
