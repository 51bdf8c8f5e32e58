"""A time as somebody wrote it: a moment, or what a clock on the site's wall shows."""

from __future__ import annotations

from datetime import UTC, datetime

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput

from .refusals import Unclear

EXAMPLE = "2026-03-04T09:30+08:00"


def moment_said(text: str, zone: str) -> datetime:
    """The moment (UTC) of ``2026-03-04T09:30+08:00``, or without an offset of that time at the site.

    Raises:
        BadInput: it is no time.
        Unclear: without an offset, on a day on which the clock is changed: that hour is not there, or twice.
    """
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(errors={"at": EXAMPLE}) from None
    if said.year not in clock.YEARS:
        raise BadInput(errors={"at": EXAMPLE})
    if said.tzinfo is not None:
        return said.astimezone(UTC)
    there = said.replace(tzinfo=clock.zone(zone))
    first, second = (there.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:  # apart both in a gap and in an hour that comes twice (PEP 495)
        raise Unclear(could_be=sorted([first.isoformat(), second.isoformat()]))
    return first
