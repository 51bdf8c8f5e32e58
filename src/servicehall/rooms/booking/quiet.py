"""When a message may go out: reminders before the time, and none in the quiet hours. Pure rules: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from servicehall.kernel import clock

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours on the wall clock in which nobody is disturbed, perhaps over midnight; the same hour twice: none."""

    begins: time
    ends: time
    zone: str

    def span(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """The quiet hours that the moment lies in, from when to when; None: it is not quiet."""
        wall = clock.local(moment, self.zone)
        if self.begins == self.ends:
            return None
        for day in (wall.date() - timedelta(days=1), wall.date()):
            last = day + timedelta(days=1) if self.ends <= self.begins else day
            first = clock.moment_of(day, self.begins, self.zone)
            end = clock.moment_of(last, self.ends, self.zone)
            if first <= moment < end:
                return first, end
        return None


def when_to_send(planned: datetime, before: datetime, quiet: Quiet) -> datetime:
    """When a message goes out: as planned, when the quiet hours end, or before they begin when the end is too late.

    Args:
        before: of no use any more from then on: the appointment begins.
    """
    found = quiet.span(planned)
    if found is None:
        return planned
    begins, ends = found
    return ends if ends < before else begins - _MINUTE


def reminders(
    starts_at: datetime, minutes: Iterable[int], quiet: Quiet, at: datetime
) -> list[tuple[int, datetime]]:
    """(minutes before, when it is sent) of the reminders of an appointment that was booked or moved at a moment.

    Those that would have gone out by then are left out, and of two that quiet hours bring together the earlier one.
    """
    found: dict[datetime, int] = {}
    for one in sorted(minutes, reverse=True):
        due = when_to_send(starts_at - timedelta(minutes=one), starts_at, quiet)
        if at < due < starts_at:
            found[due] = one
    return [(one, due) for due, one in found.items()]
