"""Tickets brought into each of their states, at the moment of the test's clock, by the hall's own acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.queueing import actions as queue
from tests.hall import CUSTOMER, Hall


def issue(hall: Hall, *, minutes_ago: float = 0, service: str = "consult") -> Any:
    return hall.issue(service, at=clock.now() - timedelta(minutes=minutes_ago))


def call(hall: Hall) -> Any:
    """The next customer, called to counter 1."""
    hall.open(at=clock.now())
    return hall.next(at=clock.now())


def waiting(hall: Hall) -> Any:
    for ago in (5, 4, 3):
        issue(hall, minutes_ago=ago)
    return issue(hall, minutes_ago=2)


def near(hall: Hall) -> Any:
    hall.open(at=clock.now())
    issue(hall, minutes_ago=3)
    return issue(hall, minutes_ago=2)


def called(hall: Hall) -> Any:
    ticket = issue(hall)
    call(hall)
    return ticket


def serving(hall: Hall) -> Any:
    ticket = called(hall)
    queue.start(ticket_id=ticket.pk, by=hall.actors["agent"])
    return ticket


def held(hall: Hall) -> Any:
    ticket = serving(hall)
    until = clock.now() + timedelta(minutes=20)
    queue.hold(ticket_id=ticket.pk, by=hall.actors["agent"], reason="SECRET-REASON", until=until)
    return ticket


def done(hall: Hall) -> Any:
    ticket = serving(hall)
    queue.finish(ticket_id=ticket.pk, by=hall.actors["agent"], note="SECRET-NOTE")
    return ticket


def no_show(hall: Hall) -> Any:
    ticket = called(hall)
    queue.no_show(ticket_id=ticket.pk, by=hall.actors["agent"])
    return ticket


def cancelled(hall: Hall) -> Any:
    ticket = issue(hall)
    queue.cancel(ticket_id=ticket.pk, by=CUSTOMER)
    return ticket


def merged(hall: Hall) -> Any:
    ticket, kept = issue(hall), issue(hall)
    queue.merge(ticket_id=ticket.pk, into=kept.pk, by=hall.actors["supervisor"])
    return ticket


def expired(hall: Hall) -> Any:
    ticket = issue(hall, minutes_ago=24 * 60)
    queue.expire_before(site_id=hall.id, day=clock.now().date(), by=SYSTEM)
    return ticket


STATES: dict[str, tuple[Callable[[Hall], Any], str, str]] = {
    "waiting": (waiting, "people ahead of you", "前面还有"),
    "near": (near, "It is almost your turn", "快轮到您了"),
    "called": (called, "It is your turn", "轮到您了"),
    "serving": (serving, "You are being served", "正在为您办理"),
    "held": (held, "Please be back by", "前返回"),
    "done": (done, "How was your visit?", "您对本次服务满意吗"),
    "no_show": (no_show, "I am here – rejoin the queue", "我已到场，重新排队"),
    "cancelled": (cancelled, "You have left the queue", "您已取消排队"),
    "merged": (merged, "This ticket was joined with another one", "该号码已与另一个号码合并"),
    "expired": (expired, "This ticket has expired", "号码已过期"),
}
"""How to get there, and what the customer reads in English and Chinese."""
