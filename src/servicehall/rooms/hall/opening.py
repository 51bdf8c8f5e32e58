"""When a site is open: pure rules over its hours. No clock, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from servicehall.kernel import clock


@dataclass(frozen=True, slots=True)
class Span:
    """Open from ``opens`` to ``closes`` on the wall clock; ``closes <= opens`` ends on the next day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Schedule:
    """A site's hours: spans by weekday (0 is Monday), spans of special dates, days of a temporary point."""

    timezone: str
    weekdays: dict[int, tuple[Span, ...]]
    special: dict[date, tuple[Span, ...]]
    valid_from: date | None = None
    valid_to: date | None = None

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on ``day``."""
        if (self.valid_from and day < self.valid_from) or (self.valid_to and day > self.valid_to):
            return ()
        if day in self.special:
            return self.special[day]
        return self.weekdays.get(day.weekday(), ())

    def periods(self, day: date) -> list[tuple[datetime, datetime]]:
        """The opening periods that begin on ``day``, as UTC moments."""
        found = []
        for span in self.spans(day):
            ends = day + timedelta(days=1) if span.closes <= span.opens else day
            found.append(
                (
                    clock.moment_of(day, span.opens, self.timezone),
                    clock.moment_of(ends, span.closes, self.timezone),
                )
            )
        return sorted(found)

    def is_open(self, moment: datetime) -> bool:
        """Whether the doors are open at that moment."""
        return self.closes_at(moment) is not None

    def closes_at(self, moment: datetime) -> datetime | None:
        """When the period that ``moment`` is in ends; None when closed."""
        today = clock.local(moment, self.timezone).date()
        for day in (today - timedelta(days=1), today):
            for opens, closes in self.periods(day):
                if opens <= moment < closes:
                    return closes
        return None

    def opens_next(self, moment: datetime, *, within: int = 60) -> datetime | None:
        """When the doors open next after ``moment``; None when not within that many days."""
        today = clock.local(moment, self.timezone).date()
        for offset in range(-1, within + 1):
            for opens, _closes in self.periods(today + timedelta(days=offset)):
                if opens > moment:
                    return opens
        return None


def schedule(
    timezone: str,
    weekdays: Sequence[tuple[int, time, time]],
    special: Sequence[tuple[date, time | None, time | None]],
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Schedule:
    """A schedule from rows (weekday, opens, closes) and (date, opens or None, closes or None)."""
    by_weekday: dict[int, list[Span]] = {}
    for weekday, opens, closes in weekdays:
        by_weekday.setdefault(weekday, []).append(Span(opens, closes))
    by_date: dict[date, tuple[Span, ...]] = {
        day: (Span(opens, closes),) if opens is not None and closes is not None else ()
        for day, opens, closes in special
    }
    return Schedule(timezone, {k: tuple(v) for k, v in by_weekday.items()}, by_date, valid_from, valid_to)
