"""What happens in the load watch at a moment: plans come and go, waits after a load are measured."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.timers import Due, timer

from .actions.planning import TURN, turn
from .actions.watching import AFTERWARDS, HALF_HOUR, stretch
from .models import Episode


@timer(TURN)
def turn_plan(due: Due) -> None:
    """The first day of a plan has begun, or its last one has ended; nothing where its site is out of use."""
    try:
        turn(UUID(due.key), due.site_id, clock.now())
    except NotFound:
        return


@timer(AFTERWARDS)
def measure_afterwards(due: Due) -> None:
    """Half an hour after an action ended: the waits since then."""
    rows = Episode.objects.filter(pk=UUID(due.key), site_id=due.site_id).select_related("rule")
    episode = rows.prefetch_related("rule__services").first()
    if episode is None or episode.stopped_at is None:
        return
    episode.afterwards = stretch(episode.rule, episode.stopped_at, episode.stopped_at + HALF_HOUR)
    episode.save(update_fields=["afterwards"])
