"""The mode in which the log decides: who is called, when, to which counter. Pure: makes the script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from .driving import Pace, Progress, Stage
from .visits import Visit


class Phase(IntEnum):
    """The order of what happens in one second."""

    FINISH = 0
    OPEN = 1
    TAKE = 2
    LEAVE = 3
    SERVE = 4  # call and start; and finish, when the service took no time


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``act`` is the API's name of it, ``at`` the moment that the hall is told."""

    act: str
    at: datetime
    place: str
    visit: Visit | None = None


Key = tuple[datetime, Phase, int, int]


def script(visits: list[Visit]) -> list[Step]:
    """Everything that happened, in order: sign-ins, tickets, calls, starts, ends, hang-ups.

    A step that the log's other clock puts before the step that it follows is told to the hall with
    its own moment, after that step.
    """
    keyed: list[tuple[Key, Step]] = []
    seen: set[str] = set()
    for n, visit in enumerate(visits):
        keyed.append(((visit.joined, Phase.TAKE, n, 0), Step("take", visit.joined, "", visit)))
        if visit.left is not None:
            keyed.append(((visit.left, Phase.LEAVE, n, 0), Step("cancel", visit.left, "", visit)))
            continue
        keyed += _service(n, visit)
    keyed.sort(key=lambda pair: pair[0])
    steps = []
    for _key, step in keyed:
        if step.place and step.place not in seen:
            seen.add(step.place)
            steps.append(Step("sign-in", step.at, step.place))
        steps.append(step)
    return steps


def _service(n: int, visit: Visit) -> Iterator[tuple[Key, Step]]:
    assert visit.called is not None  # noqa: S101 - who did not leave was served
    assert visit.started is not None  # noqa: S101
    assert visit.ended is not None  # noqa: S101
    over = max(visit.ended, visit.called)
    last = Phase.SERVE if over == visit.called else Phase.FINISH
    yield (visit.called, Phase.SERVE, n, 0), Step("call", visit.called, visit.place, visit)
    yield (visit.called, Phase.SERVE, n, 1), Step("start", visit.started, visit.place, visit)
    yield (over, last, n, 2), Step("finish", visit.ended, visit.place, visit)


def play(stage: Stage, visits: list[Visit], pace: Pace, progress: Progress) -> None:
    """Let it all happen again in the hall.

    Raises:
        HallRefused, HallUnreachable: the hall did not let it happen.
    """
    steps = script(visits)
    for done, step in enumerate(steps, 1):
        pace.wait(step.at)
        if step.visit is None:
            stage.sign_in(step.place, step.at)
        elif step.act == "take":
            stage.take(step.visit, step.at)
        elif step.act == "call":
            stage.act("call", step.visit, step.at, counter=stage.counters[step.place])
        else:
            stage.act(step.act, step.visit, step.at)
        progress(done, len(steps), step.at)
    if steps:
        stage.close(max(step.at for step in steps))
