"""Where somebody with an appointment stands among those who walked in. Pure: no clock, no database.

Everybody in the line has an arrival. Whoever is booked gets a virtual one, so the line stays one line and every
discipline goes on as it is: nobody is passed without end, because the number of the booked is limited by their times.

* ``booked``: as if they had come at the booked time. Coming early gains nothing.
* ``lead``: as if they had come so many minutes before it.
* ``front``: as long before it as the line is long now, but not longer than so many minutes: who comes on time is next
  at about the booked time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

BOOKED, LEAD, FRONT = "booked", "lead", "front"


def virtual_arrival(
    *, booked: datetime, rule: str, most: timedelta, wait: timedelta = timedelta()
) -> datetime:
    """When they count as having come, unless they are late: then they join as of now, which the caller decides.

    Args:
        most: of ``lead`` and ``front``, so long before the booked time at most.
        wait: how long the one who is next has waited (``front``).

    Raises:
        ValueError: there is no such rule.
    """
    if rule == BOOKED:
        return booked
    if rule == LEAD:
        return booked - most
    if rule == FRONT:
        return booked - min(wait, most)
    raise ValueError(rule)
