"""What the worker does about waits by the clock: once a day, when a hall has closed, it learns from what it has seen."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Sum

from servicehall.kernel import clock
from servicehall.kernel.chores import chore
from servicehall.kernel.errors import NotFound
from servicehall.rooms.hall import queries as hall

from . import actions, configuration
from .configuration import Configuration
from .history import Tally, WaitModel
from .prediction.happened import TooLittle

log = logging.getLogger(__name__)
EVERY = 600.0
LEAST = 400
"""Calls that a hall must have had before it begins to learn."""
LEAST_NEW = 200
"""Calls since the last lesson that make another one worth its time."""
ONCE = timedelta(hours=12)
"""Between two lessons of a hall, so that one that closes over noon has one a day."""
_tried: dict[UUID, date] = {}
"""When this process last tried in vain: what was too little is not more before another day is over."""


@chore("queueing.learn-waits", every=EVERY, aside=True)
def learn() -> None:
    """A lesson for every hall for which it is time."""
    for site in hall.open_sites():
        moment = clock.now()
        try:
            setup = configuration.of_site(site.pk)
        except NotFound:
            continue
        if is_due(setup, moment) and _tried.get(site.pk) != setup.day(moment):
            try:
                actions.learn_waits(site_id=site.pk, at=moment)
            except (TooLittle, actions.ModelGone):
                _tried[site.pk] = setup.day(moment)
            except Exception:
                log.exception("waits.not-learned site=%s", site.pk)
                _tried[site.pk] = setup.day(moment)


def is_due(setup: Configuration, at: datetime) -> bool:
    """Whether the hall has closed, has not learned since it was open, and has seen enough to learn from."""
    if setup.is_rehearsal:
        return False
    closes = setup.schedule.closes_at(at)
    if closes and not setup.schedule.is_open(closes):  # one that never closes learns while it is open
        return False
    last = WaitModel.objects.filter(site_id=setup.site).order_by("-version").first()
    if last and at - last.trained_at < ONCE:
        return False
    since = setup.day(last.trained_at) if last else setup.day(at) - actions.PAST_WAITS
    found = Tally.objects.filter(site_id=setup.site, day__gte=since).aggregate(calls=Sum("called"))
    return int(found["calls"] or 0) >= (LEAST_NEW if last else LEAST)
