"""The mode in which the hall decides: free servers call next, and the hall's discipline chooses.

From the log come the arrivals, how long each service took, how long those who hung up would wait,
and when each server was there (at the end of the day they stay until nobody waits whom they serve).
Customers who were served in the log wait as long as it takes; one who hung up there and is called in
time here is served for the mean of the kind. Services by unknown servers are left to the known ones.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from .driving import Pace, Progress, Stage
from .presence import Stretch, kinds_served, mean_service, stretches
from .visits import Visit


class _Phase(IntEnum):
    """The order of what happens in one second."""

    FINISH = 0
    OPEN = 1
    TAKE = 2
    LEAVE = 3
    CLOSE = 4


@dataclass(slots=True)
class _Hall:
    """Who is free, who waits, and what happens next."""

    stage: Stage
    kinds: dict[str, frozenset[str]]
    means: dict[str, float]
    happenings: list[tuple[datetime, _Phase, int, Any]] = field(default_factory=list)
    idle: dict[str, None] = field(default_factory=dict)  # the longest idle first
    leaving: set[str] = field(default_factory=set)
    returning: Counter[str] = field(default_factory=Counter)  # stretches to come
    waiting: Counter[str] = field(default_factory=Counter)
    in_line: set[str] = field(default_factory=set)
    count: int = 0

    def add(self, at: datetime, phase: _Phase, what: Any) -> None:
        self.count += 1
        heapq.heappush(self.happenings, (at, phase, self.count, what))

    def call(self, server: str, at: datetime) -> bool:
        """The server calls next; False when nobody waits whom they serve."""
        if not any(self.waiting[kind] for kind in self.kinds[server]):
            return False
        visit = self.stage.next(server, at)
        if visit is None:
            return False
        self.stage.act("start", visit, at)
        self.waiting[visit.kind] -= 1
        self.in_line.discard(visit.ref)
        self.idle.pop(server, None)
        seconds = visit.service_seconds if visit.is_served else round(self.means.get(visit.kind, 0.0))
        self.add(at + timedelta(seconds=seconds), _Phase.FINISH, (server, visit))
        return True

    def free(self, server: str, at: datetime) -> None:
        """The server has nobody: calls next, waits for somebody, or goes."""
        has_a_break = server in self.leaving and self.returning[server] > 0
        if not has_a_break and self.call(server, at):
            return
        if server in self.leaving:
            self.leaving.discard(server)
            self.stage.sign_out(server, at)
        else:
            self.idle[server] = None

    def take(self, visit: Visit, at: datetime) -> None:
        self.stage.take(visit, at)
        self.waiting[visit.kind] += 1
        self.in_line.add(visit.ref)
        if visit.left is not None:
            self.add(visit.left, _Phase.LEAVE, visit)
        server = next((s for s in self.idle if visit.kind in self.kinds[s]), None)
        if server is not None:
            self.call(server, at)

    def leave(self, visit: Visit, at: datetime) -> None:
        if visit.ref in self.in_line:
            self.stage.act("cancel", visit, at)
            self.waiting[visit.kind] -= 1
            self.in_line.discard(visit.ref)

    def close(self, server: str, at: datetime) -> None:
        if server in self.idle:
            del self.idle[server]
            self.stage.sign_out(server, at)
        else:
            self.leaving.add(server)


def play(stage: Stage, visits: list[Visit], pace: Pace, progress: Progress) -> None:
    """Let the day happen in the hall's own way, with one visit or more.

    Raises:
        HallRefused, HallUnreachable: the hall did not let it happen.
    """
    hall = _Hall(stage, kinds_served(visits), mean_service(visits))
    for visit in visits:
        hall.add(visit.joined, _Phase.TAKE, visit)
    for stretch in stretches(visits):
        hall.add(stretch.since, _Phase.OPEN, stretch)
        hall.add(stretch.until, _Phase.CLOSE, stretch)
        hall.returning[stretch.server] += 1
    done, at = 0, visits[0].joined
    while hall.happenings:
        at, phase, _count, what = heapq.heappop(hall.happenings)
        pace.wait(at)
        _happen(hall, phase, what, at)
        done += 1
        progress(done, done + len(hall.happenings), at)
    stage.close(at)


def _happen(hall: _Hall, phase: _Phase, what: Any, at: datetime) -> None:
    if phase is _Phase.TAKE:
        hall.take(what, at)
    elif phase is _Phase.LEAVE:
        hall.leave(what, at)
    elif phase is _Phase.FINISH:
        server, visit = what
        hall.stage.act("finish", visit, at)
        hall.free(server, at)
    else:
        _shift(hall, phase, what, at)


def _shift(hall: _Hall, phase: _Phase, stretch: Stretch, at: datetime) -> None:
    server = stretch.server
    if phase is _Phase.CLOSE:
        hall.close(server, at)
        return
    hall.returning[server] -= 1
    if server in hall.leaving:
        hall.leaving.discard(server)  # the customer of the last stretch took until the next one
    else:
        hall.stage.sign_in(server, at)
        hall.free(server, at)
