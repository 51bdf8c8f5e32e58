"""The ways through a definition, for those who look at it as a picture or as a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from servicehall.kernel.languages import Text
from servicehall.rooms.services.checking.graph import Graph, can_be_passed_over, graph, reachable
from servicehall.rooms.services.language.definition import Call, End, Step
from servicehall.rooms.services.language.program import program

How = Literal["on", "jump", "refused", "passed", "back", "nowhere"]


@dataclass(frozen=True, slots=True)
class Way:
    """A way from a station to another, by number, and on which condition. ``to`` is -1 for one that leads nowhere.

    ``on``: to the next step; ``jump``: elsewhere; ``refused``: after another system's no; ``passed``: without having
    been asked; ``back`` and ``nowhere`` cannot be gone.
    """

    to: int
    how: How
    when: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Station:
    """A step with the ways out of it."""

    name: str
    kind: str
    title: Text
    when: str
    channels: tuple[str, ...]
    ways: tuple[Way, ...]
    line: int
    outcome: str = ""
    is_reached: bool = True
    runs_off: bool = False


def stations(text: str) -> list[Station]:
    """The steps of a definition in its order, with the ways between them.

    Raises:
        Unreadable: it has not the form of a definition.
    """
    flow = program(text).flow
    found = graph(flow)
    seen = reachable(found)
    place = {step.id: number for number, step in reversed(list(enumerate(flow.steps)))}
    return [
        Station(
            step.id,
            step.kind,
            dict(step.title.text),
            step.when.source if step.when else "",
            step.channels,
            tuple(_ways(found, place, number, step)),
            step.place.line,
            step.outcome if isinstance(step, End) else "",
            number in seen,
            number in found.off and number in seen,
        )
        for number, step in enumerate(flow.steps)
    ]


def _ways(found: Graph, place: dict[str, int], number: int, step: Step) -> Iterator[Way]:
    for jump in step.then:
        yield _jump(place, number, jump.go, "jump", jump.when.source if jump.when else "")
        if jump.when is None:
            break
    if isinstance(step, Call) and step.failed:
        yield _jump(place, number, step.failed, "refused", "")
    if number + 1 < len(found.steps):
        following = found.steps[number + 1].id
        goes_on = not isinstance(step, End) and not any(jump.when is None for jump in step.then)
        if goes_on:
            yield Way(number + 1, "on", "", following)
        if can_be_passed_over(step):
            yield Way(number + 1, "passed", "", following)


def _jump(place: dict[str, int], number: int, name: str, how: How, when: str) -> Way:
    to = place.get(name)
    if to is None:
        return Way(-1, "nowhere", when, name)
    return Way(to, how if to > number else "back", when, name)
