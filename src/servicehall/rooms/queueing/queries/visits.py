"""A customer's visits over all channels and sites."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicehall.kernel.languages import Text
from servicehall.rooms.queueing.models import Ticket


@dataclass(frozen=True, slots=True)
class Visit:
    """One ticket of a customer."""

    ticket_id: UUID
    code: str
    number: str
    site: Text
    site_slug: str
    timezone: str
    service: Text
    state: str
    channel: str
    joined_at: datetime
    ended_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.state in Ticket.ACTIVE


def customer_of_visit(visit_id: UUID) -> UUID | None:
    """Whose visit it is, when that is known (one query)."""
    rows = Ticket.objects.filter(visit_id=visit_id, customer_id__isnull=False)
    return rows.values_list("customer_id", flat=True).first()


def visits_of(
    customers: Collection[UUID], *, sites: Collection[UUID] | None = None, limit: int = 50
) -> list[Visit]:
    """The newest visits of somebody (all ids under which they came), at these sites only when given (one query)."""
    rows = Ticket.objects.filter(customer_id__in=customers).select_related("site", "service")
    if sites is not None:
        rows = rows.filter(site_id__in=sites)
    return [
        Visit(
            one.pk,
            one.code,
            one.number,
            one.site.names,
            one.site.slug,
            one.site.timezone,
            one.service.names,
            one.state,
            one.channel,
            one.joined_at,
            one.ended_at,
        )
        for one in rows.order_by("-joined_at")[:limit]
    ]
