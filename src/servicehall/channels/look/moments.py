"""Moments and waits in words, as customers read them. Not here: plain lengths of time (times.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils import dates, formats
from django.utils.translation import gettext as _

from servicehall.channels.look import times
from servicehall.kernel import clock

if TYPE_CHECKING:
    from servicehall.rooms.services.queries import Opening


def day_and_time(moment: datetime, timezone: str, now: datetime | None = None) -> str:
    """ "today at 13:30", "tomorrow at 09:00", "Monday at 09:00", "December 3 at 09:00": in the place's time zone."""
    there, here = clock.local(moment, timezone), clock.local(now or clock.now(), timezone)
    words = {"time": there.strftime("%H:%M")}
    ahead = (there.date() - here.date()).days
    if ahead == 0:
        return _("today at %(time)s") % words
    if ahead == 1:
        return _("tomorrow at %(time)s") % words
    if 1 < ahead < 7:
        return _("%(day)s at %(time)s") % {**words, "day": dates.WEEKDAYS[there.weekday()]}
    day = formats.date_format(there.date(), "MONTH_DAY_FORMAT")
    return _("%(day)s at %(time)s") % {**words, "day": day}


def closing_time(moment: datetime, timezone: str, now: datetime | None = None) -> str:
    """The same for the end of opening hours: midnight is 24:00 of the day that ends."""
    there = clock.local(moment, timezone)
    if there.hour or there.minute:
        return day_and_time(moment, timezone, now)
    return day_and_time(moment - timedelta(minutes=1), timezone, now).replace("23:59", "24:00")


def opening_times(opening: Sequence[Opening]) -> str:
    """When a service can be begun: "Mon–Fri 09:00–17:00, Sat 09:00–12:00"."""
    return _(", ").join(
        _("%(days)s %(start)s–%(end)s") % {"days": _days(one.days), "start": one.start, "end": one.end}
        for one in opening
    )


def _days(days: Sequence[int]) -> str:
    """Weekdays in words; three and more in a row as from the first to the last."""
    listed = sorted(set(days))
    if len(listed) == len(dates.WEEKDAYS_ABBR):
        return _("every day")
    in_a_row = all(after - before == 1 for before, after in pairwise(listed))
    names = [str(dates.WEEKDAYS_ABBR[day]) for day in listed]
    if in_a_row and len(names) > 2:
        return _("%(first)s–%(last)s") % {"first": names[0], "last": names[-1]}
    return _(", ").join(names)


def expected_wait(minutes: Sequence[int] | None) -> str:
    """A wait of (least, most) whole minutes in words; empty when nothing is known."""
    if not minutes:
        return ""
    low, high = minutes
    if high <= 1:
        return _("hardly any wait")
    return times.wait_range(timedelta(minutes=low), timedelta(minutes=high))
