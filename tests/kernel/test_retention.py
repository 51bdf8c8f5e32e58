"""Retention: what is older than its days goes, once a day; a dry run only says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from servicehall.cli import main
from servicehall.kernel import clock, events, retention, timers
from servicehall.kernel.models import RetentionRule, Timer
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import ContactCode, Customer
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.feedback.models import Rating
from servicehall.rooms.messages.models import Message
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.queueing.models import Ticket
from tests.hall import CUSTOMER, MORNING, Hall, make_hall, minutes
from tests.rooms.customers.counter import signed_in

pytestmark = pytest.mark.django_db

KINDS = {"customers.codes", "customers.unseen", "feedback.comments", "messages", "queueing.notes"}
OF_NO_PERSON = {"alerts", "connectors.calls", "diversion.episodes", "services.moves", "webhooks.deliveries"}
"""Kinds that hold ids only; none is made here."""
OF_OWN_TESTS = {"services.answers"}
"""Kinds whose days are the flow's own: tests/rooms/services."""


@pytest.fixture
def hall() -> Hall:
    """A hall where each kind of data was made in the morning."""
    hall = make_hall()
    with clock.at(MORNING):
        wang = signed_in(hall)
        taken = hall.issue(customer_id=wang.pk, note="a note")
        hall.open()
        hall.next(at=minutes(1))
        queue.start(ticket_id=taken.pk, by=hall.actors["agent"], at=minutes(2))
        queue.finish(ticket_id=taken.pk, by=hall.actors["agent"], at=minutes(3))
        feedback.rate_visit(
            served=queueing.served_visit(taken.pk),
            score=5,
            reasons=[],
            comment="fine",
            by=CUSTOMER,
            at=minutes(4),
        )
    return hall


def counts(days: float) -> dict[str, int]:
    return {one.kind: one.count for one in retention.look(at=MORNING + timedelta(days=days))}


def left() -> tuple[int, int, str, str, str]:
    return (
        ContactCode.objects.count(),
        Message.objects.count(),
        Ticket.objects.get().note,
        Rating.objects.get().comment,
        Customer.objects.get().phone,
    )


def test_each_kind_goes_after_its_days_and_not_before(hall: Hall) -> None:
    assert set(retention.kinds()) == KINDS | OF_NO_PERSON | OF_OWN_TESTS
    assert set(counts(0.5).values()) == {0}
    for days, gone in ((2, 1), (8, 2), (91, 3), (366, 4), (731, 5)):
        assert sum(counts(days).values()) == gone


def test_applying_removes_exactly_what_looking_said(hall: Hall) -> None:
    at = MORNING + timedelta(days=100)
    said = {one.kind: one.count for one in retention.look(at=at)}
    assert left() == (1, 1, "a note", "fine", "138 1234 5678"), "looking touches nothing"
    assert {one.kind: one.count for one in retention.apply(at=at)} == said
    assert left() == (0, 0, "", "fine", "138 1234 5678")
    assert set(counts(100).values()) == {0}
    log = [e.data for e in events.after(INSTALLATION, 0) if e.kind == "retention.applied"]
    assert {one["data"]: one["count"] for one in log} == {
        "customers.codes": 1, "messages": 1, "queueing.notes": 1,
    }  # fmt: skip


def test_customers_who_never_came_back_are_erased(hall: Hall) -> None:
    retention.apply(at=MORNING + timedelta(days=731))
    row = Customer.objects.get()
    assert row.phone == ""
    assert row.erased_at is not None
    assert set(counts(731).values()) == {0}


def test_the_days_can_be_changed_by_a_rule(hall: Hall) -> None:
    RetentionRule.objects.create(kind="queueing.notes", days=10)
    RetentionRule.objects.create(kind="of a room that is no longer there", days=1)
    assert counts(11)["queueing.notes"] == 1
    assert counts(9)["queueing.notes"] == 0


def test_the_worker_applies_it_daily(hall: Hall) -> None:
    with clock.at(MORNING + timedelta(days=2)):
        timers.run_due()  # the worker's first round sets what must always be there
        timers.set_timer("kernel.retention", "all", clock.now())
        timers.run_due()
    assert ContactCode.objects.count() == 0
    [row] = Timer.objects.filter(kind="kernel.retention")
    assert row.due_at > MORNING


def test_the_command_says_and_does(hall: Hall, capsys: pytest.CaptureFixture[str]) -> None:
    with clock.at(MORNING + timedelta(days=2)):
        assert main(["retention", "--dry-run"]) == 0
        said = capsys.readouterr().out
        assert "customers.codes: kept 1 days, 1 would go (older than 2026-03-04 02:00 UTC)" in said
        assert ContactCode.objects.count() == 1
        assert main(["retention"]) == 0
        assert "customers.codes: kept 1 days, 1 went" in capsys.readouterr().out
    assert ContactCode.objects.count() == 0
    assert actions.kind_of("138 1234 5678") == "phone"
