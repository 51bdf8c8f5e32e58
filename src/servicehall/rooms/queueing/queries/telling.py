"""Events with names for what they point at, so that a screen can tell them in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.languages import Text
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.models import Ticket

_MOST_VISITS = 500


def told(happened: Sequence[StoredEvent]) -> list[dict[str, Any]]:
    """Each event's facts with ``…_names`` for what they point at, as far as the setup still has it.

    ``who`` is the name of a member of staff, None for anybody else; a fact about a ticket has its number. Whose
    eyes these events may meet is for the caller to know. Three queries and one a site, however many events.
    """
    mentioned = {UUID(e.data[key]) for e in happened for key in ("staff", "for_staff") if e.data.get(key)}
    acting = {e.actor_id for e in happened if e.actor_kind == "staff" and e.actor_id}
    staff = people.names_of(mentioned | acting)
    setups = {site: _setup(site) for site in {e.site_id for e in happened if "service" in e.data}}
    numberless = {UUID(e.data["ticket"]) for e in happened if "ticket" in e.data and "number" not in e.data}
    numbers = dict(Ticket.objects.filter(pk__in=numberless).values_list("pk", "number")) if numberless else {}
    return [
        {
            "seq": event.seq,
            "kind": event.kind,
            "at": event.at,
            "actor_kind": event.actor_kind,
            "who": staff.get(event.actor_id) if event.actor_kind == "staff" and event.actor_id else None,
            "channel": event.channel,
            "facts": {
                **({"number": numbers.get(UUID(event.data["ticket"]), "")} if "ticket" in event.data else {}),
                **event.data,
                **_named(event.data, setups.get(event.site_id), staff),
            },
        }
        for event in happened
    ]


def _setup(site_id: UUID) -> Configuration | None:
    try:
        return configuration.of_site(site_id)
    except NotFound:
        return None


def _named(
    facts: dict[str, Any], setup: Configuration | None, staff: dict[UUID, Text]
) -> dict[str, Text | None]:
    named: dict[str, Text | None] = {
        f"{key}_names": staff.get(UUID(facts[key])) if facts.get(key) else None
        for key in ("staff", "for_staff")
    }
    if setup is None:
        return named | {f"{key}_names": None for key in ("service", "stage", "counter")}
    for kind, known in (("service", setup.services), ("stage", setup.stages), ("counter", setup.counters)):
        for key in (kind, f"{'for' if kind == 'counter' else 'from'}_{kind}"):
            one = known.get(UUID(facts[key])) if facts.get(key) else None
            named[f"{key}_names"] = one.names if one else None
    by_key = {group.key: group.names for group in setup.classes.values()}
    for key in ("priority", "from_priority"):
        named[f"{key}_names"] = by_key.get(facts.get(key, ""))
    return named


def visits_of_number(sites: Collection[UUID], number: str, first: date, last: date) -> frozenset[UUID]:
    """The visits of the tickets with that number on these business days, the newest 500 at most. One query."""
    found = Ticket.objects.filter(
        site_id__in=sites, day__gte=first, day__lte=last, number=number.strip().upper()[:12]
    )
    return frozenset(found.order_by("-day").values_list("visit_id", flat=True)[:_MOST_VISITS])
