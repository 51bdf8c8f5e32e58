"""Tickets brought into each of their states by the hall's own acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from servicehall.rooms.queueing import actions as queue
from tests.hall import CUSTOMER, MORNING, Hall, minutes


def waiting(hall: Hall) -> Any:
    for ahead in (4, 3, 2):
        hall.issue(at=minutes(-ahead))
    return hall.issue(at=minutes(-1))


def near(hall: Hall) -> Any:
    hall.issue(at=minutes(-2))
    return hall.issue(at=minutes(-1))


def called(hall: Hall) -> Any:
    ticket = hall.issue()
    hall.open()
    hall.next()
    return ticket


def serving(hall: Hall) -> Any:
    ticket = called(hall)
    queue.start(ticket_id=ticket.pk, by=hall.actors["agent"], at=MORNING)
    return ticket


def held(hall: Hall) -> Any:
    ticket = serving(hall)
    until = MORNING + timedelta(minutes=20)
    queue.hold(ticket_id=ticket.pk, by=hall.actors["agent"], reason="SECRET-REASON", until=until, at=MORNING)
    return ticket


def done(hall: Hall) -> Any:
    ticket = serving(hall)
    queue.finish(ticket_id=ticket.pk, by=hall.actors["agent"], note="SECRET-NOTE", at=MORNING)
    return ticket


def no_show(hall: Hall) -> Any:
    ticket = called(hall)
    queue.no_show(ticket_id=ticket.pk, by=hall.actors["agent"], at=MORNING)
    return ticket


def cancelled(hall: Hall) -> Any:
    ticket = hall.issue()
    queue.cancel(ticket_id=ticket.pk, by=CUSTOMER, at=MORNING)
    return ticket


def merged(hall: Hall) -> Any:
    ticket, kept = hall.issue(), hall.issue()
    queue.merge(ticket_id=ticket.pk, into=kept.pk, by=hall.actors["supervisor"], at=MORNING)
    return ticket


def expired(hall: Hall) -> Any:
    from servicehall.kernel.rights import SYSTEM

    ticket = hall.issue(at=MORNING - timedelta(days=1))
    queue.expire_before(site_id=hall.id, day=MORNING.date(), by=SYSTEM, at=MORNING)
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
