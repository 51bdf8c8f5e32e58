"""A customer takes what is offered instead of a ticket here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.diversion.events import OfferTaken
from servicehall.rooms.diversion.models import RUNNING, Episode

from .refusals import NotOffered
from .watching import named


def take_offer(episode_id: UUID, *, site_id: UUID, by: Actor, at: datetime | None = None) -> Episode:
    """Count that a customer took the offer of a running episode.

    Raises:
        NotAllowed, NotFound: the actor may not take tickets there.
        NotOffered: the site has no such offer now.
    """
    allow(by, "ticket.issue", site_id)
    moment = at or clock.now()
    with transaction(site_id):
        rows = Episode.objects.filter(
            pk=episode_id, site_id=site_id, state=RUNNING, rule__action__startswith="offer-"
        )
        episode = rows.select_related("rule").first()
        if episode is None:
            raise NotOffered
        Episode.objects.filter(pk=episode.pk).update(taken=F("taken") + 1)
        record(OfferTaken(**named(episode)), actor=by, at=moment, subject_id=episode.pk)
        return episode
