"""Plans of a site, the next ones first."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.diversion.models import Plan


def plans_of(site_id: UUID, *, actor: Actor, limit: int = 50) -> list[Plan]:
    """The plans of a site, the latest first, with what they change (five queries).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, "ops.see", site_id)
    rows = Plan.objects.filter(site_id=site_id).prefetch_related(
        "counters__counter", "counters__stages__service", "rules_on", "rules_off"
    )
    return list(rows.order_by("-first", "-pk")[:limit])
