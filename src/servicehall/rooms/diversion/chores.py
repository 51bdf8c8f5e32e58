"""What this room does by the clock: look at the load of every hall that has rules."""

from __future__ import annotations

import logging

from servicehall.kernel.chores import chore
from servicehall.rooms.hall import queries as hall

from .actions import watch_site
from .queries.rules import watched_sites

EVERY = 5.0
log = logging.getLogger(__name__)


@chore("diversion.watch", every=EVERY, aside=True)
def watch() -> None:
    """Each site for itself: one that fails holds up no other. Rehearsals are driven by whoever rehearses."""
    wanted = watched_sites()
    if not wanted:
        return
    for site in hall.open_sites().filter(pk__in=wanted):
        try:
            watch_site(site.pk)
        except Exception:
            log.exception("load.watch-failed site=%s", site.pk)
