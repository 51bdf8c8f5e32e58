"""A replay from the file to the comparison."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from . import as_it_happened, call_log, comparison, ours, presence, visits
from .driving import Pace, Progress, Stage
from .hall_client import HallClient, HallRefused, HallUnreachable
from .visits import Visit

AS_IT_HAPPENED, OURS = "as-it-happened", "ours"
MODES = (AS_IT_HAPPENED, OURS)


class CannotReplay(Exception):
    """The replay cannot be begun or finished; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to replay, where and how. ``token`` empty: the site is set up here, on the hall's machine."""

    file: Path
    url: str
    mode: str = AS_IT_HAPPENED
    site: str = "replay"
    first_day: date | None = None
    days: int = 1
    first_hour: int = 0
    last_hour: int = 24
    speed: float = 0.0
    token: str = ""


@dataclass(slots=True)
class Report:
    """What came of it."""

    days: list[date]
    rows: list[comparison.Row] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    oddities: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    left_over: int = 0
    seconds: float = 0.0


def replay(plan: Plan, *, progress: Progress, say: Callable[[str], None]) -> Report:
    """Replay the plan's days; ``say`` is told, in a few words, what is being done.

    Raises:
        CannotReplay: the file cannot be read, the hall does not answer, or refuses a step.
    """
    try:
        return _replay(plan, progress, say)
    except call_log.UnreadableLog as problem:
        raise CannotReplay(str(problem)) from problem
    except HallUnreachable as problem:
        raise CannotReplay(
            f"{problem}. Start the hall with `servicehall run`, or give its address: --url"
        ) from problem
    except HallRefused as problem:
        raise CannotReplay(f"The hall refused a step. {problem}") from problem


def _replay(plan: Plan, progress: Progress, say: Callable[[str], None]) -> Report:
    say("Reading the log")
    calls = list(call_log.calls(plan.file))
    every = sorted({call.day for call in calls})
    days = [day for day in every if plan.first_day is None or day >= plan.first_day][: plan.days]
    if not days or (plan.first_day is not None and days[0] != plan.first_day):
        raise CannotReplay(
            f"The log has no such day; it has {every[0]} to {every[-1]}" if every else "The log is empty"
        )
    read = visits.read(calls, set(days), first_hour=plan.first_hour, last_hour=plan.last_hour)
    if not read.visits:
        raise CannotReplay("Nobody came in that time")
    served = presence.kinds_served(visits.read(calls).visits)
    say("Setting up the rehearsal")
    with_token = _Rehearsing(plan, read.visits, served)
    try:
        report = _run(plan, with_token, read, progress, say)
    finally:
        with_token.end()
    report.days = days
    return report


def _run(
    plan: Plan, rehearsing: _Rehearsing, read: visits.Reading, progress: Progress, say: Callable[[str], None]
) -> Report:
    client = HallClient(plan.url, rehearsing.token)
    try:
        counters = {
            one["names"]["en"]: one["id"] for one in client.read(f"/sites/{plan.site}/counters")["items"]
        }
        missing = sorted(rehearsing.places - counters.keys())
        if missing:
            raise CannotReplay(
                f"The hall at {plan.url} has no counters for {', '.join(missing[:5])} at the site {plan.site!r}."
                " Is it another data folder? Give --data"
            )
        stage = Stage(client, plan.site, counters, rehearsing.staff)
        say("Replaying")
        began = time.monotonic()
        play = as_it_happened.play if plan.mode == AS_IT_HAPPENED else ours.play
        play(stage, read.visits, Pace(plan.speed), progress)
        seconds = time.monotonic() - began
        say("Reading the hall's records")
        first, last = _span(read.visits)
        records = stage.records(first.isoformat(), last.isoformat())
    finally:
        client.close()
    return Report(
        [],
        comparison.rows(read.visits, records),
        read.left_out,
        read.oddities,
        comparison.differences(read.visits, records, counters) if plan.mode == AS_IT_HAPPENED else [],
        sum(ticket["state"] not in {"done", "cancelled"} for ticket in records.values()),
        seconds,
    )


def _span(found: list[Visit]) -> tuple[date, date]:
    return found[0].joined.date(), max(visit.joined for visit in found).date() + timedelta(days=1)


class _Rehearsing:
    """The site and token of a replay: set up here, or (with a token) already there."""

    def __init__(self, plan: Plan, found: list[Visit], served: dict[str, frozenset[str]]) -> None:
        self.places = self._places(plan.mode, found, served)
        self._made: Any = None
        self.token = plan.token
        if not plan.token:
            from . import rehearsal

            kinds = {visit.kind for visit in found} | {kind for kinds in served.values() for kind in kinds}
            try:
                self._made = rehearsal.prepare(
                    plan.site, {place: served[presence.server_of(place)] for place in self.places}, kinds
                )
            except rehearsal.NotARehearsal:
                raise CannotReplay(
                    f"The site {plan.site!r} is a real one; choose another short name: --site"
                ) from None
            self.token = self._made.token
        self.staff = {
            place: name for place in self.places if (name := presence.username_of(plan.site, place))
        }

    @staticmethod
    def _places(mode: str, found: list[Visit], served: dict[str, frozenset[str]]) -> set[str]:
        if mode == AS_IT_HAPPENED:
            return {visit.place for visit in found if visit.place}
        return {stretch.server for stretch in presence.stretches(found)} & served.keys()

    def end(self) -> None:
        if self._made is not None:
            from . import rehearsal

            rehearsal.finish(self._made)


def parse_day(text: str) -> date:
    """A day as the log writes it: YYMMDD.

    Raises:
        ValueError: it is none.
    """
    return datetime.strptime(text, "%y%m%d").date()  # noqa: DTZ007 - a date has no zone
