"""A long line is counted once an event, and never wrongly."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicehall.rooms.queueing import actions, configuration, queries
from servicehall.rooms.queueing.models import Ticket
from servicehall.rooms.queueing.queries import waiting
from tests.hall import CUSTOMER, Hall, make_hall, minutes


@pytest.fixture
def crowd(transactional_db: None) -> Hall:
    """More people than are counted anew for every reader."""
    hall = make_hall()
    first = hall.issue()
    facts = {f.attname: getattr(first, f.attname) for f in Ticket._meta.concrete_fields if f.attname != "id"}
    Ticket.objects.bulk_create(
        Ticket(
            **facts
            | {
                "code": f"c{n}",
                "sequence": 5000 + n,
                "number": f"A{5000 + n}",
                "order_key": first.order_key + n,
            }
        )
        for n in range(2, waiting.LONG + 1)
    )
    return hall


def counted(hall: Hall) -> tuple[int, list[str]]:
    """How many wait as the services page says, and the statements that went over the whole line."""
    with CaptureQueriesContext(connection) as seen:
        found: dict[str, Any] = queries.hall(hall.id, at=minutes(1))
    total = sum(one["waiting"] for one in found["services"])
    return total, [one["sql"] for one in seen.captured_queries if "GROUP BY t.stage_id" in one["sql"]]


def test_a_long_line_is_counted_once_an_event(crowd: Hall) -> None:
    counted(crowd)  # it turns out to be long
    assert counted(crowd)[0] == waiting.LONG
    assert counted(crowd) == (waiting.LONG, [])
    mine = crowd.issue()
    total, statements = counted(crowd)
    assert (total, len(statements)) == (waiting.LONG + 1, 1)
    assert counted(crowd) == (waiting.LONG + 1, [])
    actions.cancel(ticket_id=mine.pk, by=CUSTOMER, at=minutes(1))
    assert counted(crowd)[0] == waiting.LONG
    configuration.forget()
    assert counted(crowd) == (waiting.LONG, [])


def test_a_line_that_became_short_is_counted_for_every_reader(crowd: Hall) -> None:
    for _ in range(3):
        counted(crowd)
    crowd.open()
    crowd.next()
    assert counted(crowd)[0] == waiting.LONG - 1
    total, statements = counted(crowd)
    assert (total, len(statements)) == (waiting.LONG - 1, 1)
