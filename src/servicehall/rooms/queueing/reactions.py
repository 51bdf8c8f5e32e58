"""Followers of the queue's own log: hourly counts, and the notice that a turn is near."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from servicehall.kernel import clock, sql
from servicehall.kernel.events import StoredEvent, record
from servicehall.kernel.followers import follower
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import set_timer

from . import configuration, store
from .discipline import Candidate, ranked
from .events import TicketNear
from .keeping import EMPTY_NOTES
from .models import WAITING, Ticket

NOWHERE = UUID(int=0)
Cell = tuple[str, datetime, UUID, UUID]
_NUMBERS = [
    "issued",
    "called",
    "in_target",
    "waited",
    "served",
    "handled",
    "serving",
    "no_show",
    "abandoned",
    "expired",
]  # columns of Tally


def counted(kind: str, facts: dict[str, Any]) -> dict[str, float]:
    """What an event adds to the counts of its hour."""
    match kind:
        case "ticket.issued":
            return {"issued": 1}
        case "ticket.called" if facts["call"] == 1 or facts["waited"] > 0:
            return {
                "called": 1,
                "waited": facts["waited"],
                "in_target": int(facts["waited"] <= facts["target"]),
            }
        case "ticket.finished":
            return {"served": 1, "handled": 1, "serving": facts["served"]}
        case "ticket.advanced" | "ticket.held" | "ticket.transferred" if facts["served"] > 0:
            return {"handled": int(kind != "ticket.held"), "serving": facts["served"]}
        case "ticket.no-show":
            return {"no_show": 1}
        case "ticket.requeued" if facts["was"] == "no_show":
            return {"no_show": -1}
        case "ticket.cancelled":
            return {"abandoned": 1}
        case "ticket.expired":
            return {"expired": 1}
        case _:
            return {}


def cells(events: list[StoredEvent], setup: configuration.Configuration) -> dict[Cell, dict[str, float]]:
    """The changes of the counts by (day, hour, service, counter); an undone act takes its share back."""
    found: dict[Cell, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for event in events:
        kind, facts, moment, sign = event.kind, event.data, event.at, 1
        if kind == "ticket.undone":
            kind, facts, sign = facts["undone"], facts["facts"], -1
            moment = datetime.fromisoformat(event.data["undone_at"])
        service = UUID(facts.get("from_service") or facts["service"])
        counter = UUID(facts["counter"]) if facts.get("counter") else NOWHERE
        hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for name, value in counted(kind, facts).items():
            found[(setup.day(moment).isoformat(), hour, service, counter)][name] += sign * value
    return found


@follower("queueing.tally", kinds=("ticket.*",))
def keep_tally(events: list[StoredEvent]) -> None:
    """Add the events to the hourly counts."""
    site_id = events[0].site_id
    setup = configuration.of_site(site_id)
    updates = ", ".join(f"{n} = queueing_tally.{n} + excluded.{n}" for n in _NUMBERS)
    for (day, hour, service, counter), change in cells(events, setup).items():
        sql.run(
            f"INSERT INTO queueing_tally (site_id, day, hour, service_id, counter_id, {', '.join(_NUMBERS)})"
            f" VALUES ({sql.placeholders(5 + len(_NUMBERS))})"
            f" ON CONFLICT (site_id, day, hour, service_id, counter_id) DO UPDATE SET {updates}",
            *(site_id, day, hour, service, counter),
            *(change.get(name, 0) for name in _NUMBERS),
        )


@follower(
    "queueing.near",
    kinds=(
        "ticket.issued",
        "ticket.called",
        "ticket.cancelled",
        "ticket.transferred",
        "ticket.advanced",
        "ticket.requeued",
        "ticket.postponed",
        "ticket.merged",
        "ticket.reclassed",
        "counter.opened",
    ),
)
def notice_near(events: list[StoredEvent]) -> None:
    """Mark, once a stage, the tickets whose turn is near; messages go out on the fact.

    Nobody's turn is near while no counter is open for the stage; it is looked at again when one opens.
    """
    site_id = events[0].site_id
    setup = configuration.of_site(site_id)
    moment = clock.now()
    now = clock.micros(moment)
    touched = {UUID(e.data[key]) for e in events for key in ("stage", "from_stage") if e.data.get(key)}
    opened = {UUID(e.data["counter"]) for e in events if e.kind == "counter.opened"}
    touched |= {stage for counter in opened & set(setup.counters) for stage in setup.counters[counter].stages}
    for stage in touched & set(setup.stages):
        places = setup.rules.near_places
        rows = store.line([(stage, c) for c in setup.classes], places)
        by_key = {(sql.uuid(r[3]), r[4]): cast("UUID", sql.uuid(r[0])) for r in rows}
        heads = [Candidate(stage, group, key) for group, key in by_key if group is not None]
        first = ranked(setup.discipline, setup.orders, heads, now)[:places]
        ids = [by_key[(c.priority, c.order_key)] for _score, c in first]
        fresh = {t.pk: t for t in Ticket.objects.filter(pk__in=ids, near_at=None, state=WAITING)}
        if not fresh or not store.standing(stage, {})[1]:
            continue
        for ahead, ticket_id in enumerate(ids):
            if (ticket := fresh.get(ticket_id)) is None:
                continue
            Ticket.objects.filter(pk=ticket.pk).update(near_at=moment)
            record(
                TicketNear(
                    ticket.pk,
                    ticket.number,
                    ticket.service_id,
                    ticket.stage_id,
                    setup.classes[ticket.priority_id].key,
                    ahead,
                ),
                actor=SYSTEM,
                at=moment,
                subject_id=ticket.pk,
                visit_id=ticket.visit_id,
            )


@follower("queueing.erasure", kinds=("customer.erased",), erases=True)
def empty_notes_of_erased(batch: list[StoredEvent]) -> None:
    """What staff wrote about the visits of an erased customer goes in each site's own line (see timers.py)."""
    for event in batch:
        ids = [UUID(one) for one in event.data["customers"]]
        sites = Ticket.objects.filter(customer_id__in=ids).order_by().values_list("site_id", flat=True)
        for site in sites.distinct():
            key = f"{site.hex}{event.data['customer'].replace('-', '')}"
            set_timer(
                EMPTY_NOTES, key, clock.now(), site_id=site, data={"customers": event.data["customers"]}
            )
