"""Days and times as the phone shows them: the month as weeks, the times of a day in groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import dates, formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicehall.kernel import clock

NOON, EVENING = 12, 18


@dataclass(frozen=True, slots=True)
class Square:
    """A day of the month; ``free``: how many times can be booked on it; ``is_ahead``: it is one that is booked now."""

    day: date
    free: int
    is_chosen: bool
    is_ahead: bool

    @property
    def words(self) -> str:
        """The day in full, for who does not see the square."""
        return long_day(self.day)


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday on; None where a day belongs to another month."""

    first: date
    weeks: list[list[Square | None]]
    before: date | None
    after: date | None

    @property
    def title(self) -> str:
        """The month and its year."""
        return formats.date_format(self.first, "YEAR_MONTH_FORMAT")


def month_of(first: date, free: dict[date, int], chosen: date | None, today: date, last: date) -> Month:
    """The month that begins with ``first``; others can be looked at from today's to the last that can be booked."""
    end = next_month(first)
    squares: list[Square | None] = [None] * first.weekday()
    day = first
    while day < end:
        squares.append(Square(day, free.get(day, 0), day == chosen, today <= day <= last))
        day += timedelta(days=1)
    squares += [None] * (-len(squares) % 7)
    return Month(
        first,
        [squares[n : n + 7] for n in range(0, len(squares), 7)],
        before=(first - timedelta(days=1)).replace(day=1) if first > today else None,
        after=end if end <= last else None,
    )


def next_month(first: date) -> date:
    """The first of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def weekdays() -> list[tuple[str, str]]:
    """(short, long) names, Monday first."""
    short = (
        pgettext("above a month", "Mon"),
        pgettext("above a month", "Tue"),
        pgettext("above a month", "Wed"),
        pgettext("above a month", "Thu"),
        pgettext("above a month", "Fri"),
        pgettext("above a month", "Sat"),
        pgettext("above a month", "Sun"),
    )
    return [(short[n], str(dates.WEEKDAYS[n])) for n in range(7)]


def long_day(day: date) -> str:
    """ "Wednesday, March 4"."""
    words = {"weekday": dates.WEEKDAYS[day.weekday()], "day": formats.date_format(day, "MONTH_DAY_FORMAT")}
    return _("%(weekday)s, %(day)s") % words


def clock_times(starts: Iterable[datetime], zone: str) -> list[tuple[datetime, str]]:
    """Moments of one day with what the wall shows then; an hour that comes twice says which one it is."""
    found = [(start, clock.local(start, zone)) for start in starts]
    twice = Counter(f"{there:%H:%M}" for _start, there in found)
    return [
        (start, f"{there:%H:%M}" if twice[f"{there:%H:%M}"] == 1 else f"{there:%H:%M} ({_offset(there)})")
        for start, there in found
    ]


def _offset(there: datetime) -> str:
    return f"UTC{there:%z}"[:-2].replace("UTC+0", "UTC+").replace("UTC-0", "UTC-")


def groups(starts: Sequence[datetime], zone: str) -> list[dict[str, Any]]:
    """The times of a day as morning, afternoon and evening, those that have any."""
    found: dict[str, list[Any]] = {"morning": [], "afternoon": [], "evening": []}
    for start, words in clock_times(starts, zone):
        hour = clock.local(start, zone).hour
        part = "morning" if hour < NOON else "afternoon" if hour < EVENING else "evening"
        found[part].append({"at": start.isoformat(), "words": words})
    names = {
        "morning": pgettext("of a day", "Morning"),
        "afternoon": pgettext("of a day", "Afternoon"),
        "evening": pgettext("of a day", "Evening"),
    }
    return [{"name": names[part], "times": times} for part, times in found.items() if times]


def said_times(moments: Collection[str]) -> list[str]:
    """Moments of a refusal, each once, in their order in time."""
    return sorted(dict.fromkeys(moments))


def moment_day(moment: str, zone: str) -> str:
    """The day of a moment (ISO 8601) at the site: "Wednesday, March 4"."""
    return long_day(clock.local(datetime.fromisoformat(moment), zone).date())


def moment_words(moment: str, zone: str) -> str:
    """A moment (ISO 8601) at the site: "Wednesday, March 4, 09:30"."""
    there = clock.local(datetime.fromisoformat(moment), zone)
    return _("%(day)s, %(time)s") % {"day": long_day(there.date()), "time": f"{there:%H:%M}"}
