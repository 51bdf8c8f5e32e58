"""What other rooms' events mean for ratings: a comment goes when its customer was erased, or by age."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower
from servicehall.kernel.retention import keep
from servicehall.kernel.transactions import transaction

from .models import Rating


@follower("feedback.erasure", kinds=("ticket.notes-emptied",), erases=True)
def empty_comments_of_erased(batch: list[StoredEvent]) -> None:
    """The customer of these tickets was erased."""
    ids = [UUID(one) for event in batch for one in event.data["tickets"]]
    Rating.objects.filter(ticket_id__in=ids).update(comment="")


def _empty_old(before: datetime, limit: int) -> int:
    found = list(
        Rating.objects.filter(rated_at__lt=before).exclude(comment="").values_list("site_id", "pk")[:limit]
    )
    for site in {site for site, _pk in found}:
        with transaction(site):
            Rating.objects.filter(pk__in=[pk for at, pk in found if at == site]).update(comment="")
    return len(found)


keep(
    "feedback.comments",
    days=365,
    count=lambda before: Rating.objects.filter(rated_at__lt=before).exclude(comment="").count(),
    remove=_empty_old,
)
