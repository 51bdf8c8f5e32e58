"""What supervisors decide about a time of load: accept or dismiss what is proposed, undo what runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.diversion.events import LoadAccepted, LoadDismissed, LoadUndone
from servicehall.rooms.diversion.models import DISMISSED, PROPOSED, RUNNING, UNDONE, Episode

from .refusals import AlreadyDecided
from .watching import named, stop, take_effect

RIGHT = "queue.supervise"


def _decide(
    episode_id: UUID,
    site_id: UUID,
    by: Actor,
    at: datetime | None,
    *,
    state: str,
    act: Callable[[Episode, datetime], Any],
) -> Episode:
    """Do it with an episode of the site that is in that state.

    Raises:
        NotAllowed, NotFound: the actor does not supervise there; the site has no such episode.
        AlreadyDecided: it is in another state.
    """
    allow(by, RIGHT, site_id)
    moment = at or clock.now()
    with transaction(site_id):
        rows = Episode.objects.filter(pk=episode_id, site_id=site_id)
        episode = rows.select_related("rule").prefetch_related("rule__stages", "rule__services").first()
        if episode is None:
            raise NotFound
        if episode.state != state or episode.over_at is not None:
            raise AlreadyDecided(state=episode.state)
        episode.decided_by_id = by.id if by.kind == "staff" else None
        act(episode, moment)
        episode.save()
        return episode


def accept(episode_id: UUID, *, site_id: UUID, by: Actor, at: datetime | None = None) -> Episode:
    """Let what is proposed take effect.

    Raises:
        NotAllowed, NotFound, AlreadyDecided: see :func:`_decide`.
    """

    def act(episode: Episode, moment: datetime) -> None:
        record(LoadAccepted(**named(episode)), actor=by, at=moment, subject_id=episode.pk)
        take_effect(episode, moment)

    return _decide(episode_id, site_id, by, at, state=PROPOSED, act=act)


def dismiss(episode_id: UUID, *, site_id: UUID, by: Actor, at: datetime | None = None) -> Episode:
    """Let it be; the rule proposes nothing again until this load is over.

    Raises:
        NotAllowed, NotFound, AlreadyDecided: see :func:`_decide`.
    """

    def act(episode: Episode, moment: datetime) -> None:
        episode.state = DISMISSED
        record(LoadDismissed(**named(episode)), actor=by, at=moment, subject_id=episode.pk)

    return _decide(episode_id, site_id, by, at, state=PROPOSED, act=act)


def undo(episode_id: UUID, *, site_id: UUID, by: Actor, at: datetime | None = None) -> Episode:
    """Take back what runs; the rule does not come again until this load is over.

    Raises:
        NotAllowed, NotFound, AlreadyDecided: see :func:`_decide`.
    """

    def act(episode: Episode, moment: datetime) -> None:
        left = stop(episode, moment)
        episode.state = UNDONE
        record(LoadUndone(**named(episode), left=left), actor=by, at=moment, subject_id=episode.pk)

    return _decide(episode_id, site_id, by, at, state=RUNNING, act=act)
