"""Rules and loads for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.diversion import actions
from servicehall.rooms.diversion.models import Episode, LoadRule
from servicehall.rooms.queueing import actions as queue
from tests.hall import Hall, minutes, text


def add_rule(hall: Hall, **changes: Any) -> LoadRule:
    """A rule on people waiting: fires at three after two minutes, over at one after two minutes."""
    fields: dict[str, Any] = {
        "names": text("Many wait", "等候人多"),
        "measure": "waiting",
        "threshold": 3,
        "over_at": 1,
        "hold_minutes": 2,
        "calm_minutes": 2,
        "action": "notice",
        "mode": "automatic",
        "notice": text("It takes longer today.", "今天等候时间较长。"),
    }
    if changes.get("action", "notice") != "notice":
        fields["notice"] = {}
    return actions.add_rule(
        site_id=hall.id, fields=actions.RuleFields(**{**fields, **changes}), by=hall.actors["manager"]
    )


def lends(hall: Hall, *, service: str = "loan", counter: str = "1", **changes: Any) -> LoadRule:
    """A rule that lets a counter serve a service that it does not serve."""
    stages = [one.pk for one in hall.services[service].stages.all()]
    queue.change_counter_stages(
        site_id=hall.id, counter_id=hall.counters[counter].pk, remove=stages, by=SYSTEM
    )
    return add_rule(
        hall, action="counter-services", counter=hall.counters[counter].pk, stages=stages, **changes
    )


def fill(hall: Hall, count: int = 3, service: str = "consult", *, at: datetime | None = None) -> list[Any]:
    """So many customers begin to wait."""
    return [hall.issue(service, at=at or minutes(0)) for _ in range(count)]


def leave(tickets: list[Any], *, at: datetime) -> None:
    """They give up."""
    for one in tickets:
        queue.cancel(ticket_id=one.pk, by=SYSTEM, at=at)


def look(hall: Hall, *at: float) -> list[int]:
    """The worker looks at these minutes; how many rules fired or ended each time."""
    return [actions.watch_site(hall.id, at=minutes(one)) for one in at]


def the(hall: Hall) -> Episode:
    """The only episode."""
    return Episode.objects.select_related("rule").get(site_id=hall.id)


def served_by(hall: Hall, counter: str = "1") -> set[str]:
    """Short names of what a counter serves."""
    return {stage.service.slug for stage in hall.counters[counter].stages.select_related("service")}


def load_now(hall: Hall, service: str = "consult", count: int = 3) -> None:
    """The rules of a hall whose clock stands at the morning have fired."""
    fill(hall, count, service, at=minutes(-3))
    look(hall, -3, -1)
