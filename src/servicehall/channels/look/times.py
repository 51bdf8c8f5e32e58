"""Lengths of time in words. Not here: moments (Django's ``date`` filter) and live counters (time.js)."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

Length = timedelta | float | None


def _seconds(value: Length) -> float | None:
    if value is None or value == "":
        return None
    return max(0.0, value.total_seconds() if isinstance(value, timedelta) else float(value))


def minutes(value: Length) -> str:
    """Whole minutes, rounded up: a promise of waiting is never too short."""
    seconds = _seconds(value)
    return "" if seconds is None else _("%(count)d min") % {"count": math.ceil(seconds / 60)}


def duration(value: Length) -> str:
    """Seconds under a minute, minutes under an hour, else hours and minutes."""
    seconds = _seconds(value)
    if seconds is None:
        return ""
    if seconds < 60:
        return _("%(count)d s") % {"count": int(seconds)}
    whole = round(seconds / 60)
    if whole < 60:
        return _("%(count)d min") % {"count": whole}
    hours, rest = divmod(whole, 60)
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def wait_range(low: Length, high: Length = None) -> str:
    """The time that is still to wait; one figure when both ends round to the same minute."""
    shortest, longest = _seconds(low), _seconds(high)
    if shortest is None and longest is None:
        return ""
    first = max(1, math.floor((shortest if shortest is not None else longest or 0) / 60))
    last = max(1, math.ceil((longest if longest is not None else shortest or 0) / 60))
    if first >= last:
        return _("about %(count)d min") % {"count": last}
    return _("about %(low)d–%(high)d min") % {"low": first, "high": last}


def stopwatch(value: Length) -> str:
    """``4:05``, from an hour on ``1:04:05``."""
    seconds = _seconds(value)
    if seconds is None:
        return ""
    whole, rest = divmod(int(seconds), 60)
    hours, mins = divmod(whole, 60)
    return f"{hours}:{mins:02}:{rest:02}" if hours else f"{mins}:{rest:02}"


def iso(moment: datetime | None) -> str:
    """A moment for a browser module, in UTC with ``Z``."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
