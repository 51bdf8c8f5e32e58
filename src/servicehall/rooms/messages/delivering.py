"""From meant to sent: one try at a time, outside of any transaction; what is unclear is asked about first.

A timer stands for every message that has not ended, so that one whose sender died in the middle is found. A
message is claimed (``sending``) before anything leaves the house: of two workers one sends it, and whoever
finds it claimed long ago asks the provider what became of it, instead of sending it a second time.
"""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import connection

from servicehall.kernel import clock, sql
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import cancel, set_timer
from servicehall.kernel.transactions import transaction

from . import pace
from .events import MessageEnded
from .models import Message
from .transports import Letter, NotSent, Transport, Unclear, way_for

log = logging.getLogger(__name__)
SEND = "message.send"
LEASE = timedelta(seconds=90)
"""After this time whoever claimed a message is taken for dead; longer than all time-outs of one try."""
MOST = 6
"""Tries of one message, questions about it included."""
PAUSES = (5.0, 15.0, 45.0, 120.0, 300.0)
"""Seconds after the first, second … try that failed."""
State = Message.State


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a try ended; ``wait`` seconds until the next one when it is not the end."""

    state: str
    detail: str = ""
    number: str = ""
    wait: float = 0.0


def soon(message_id: UUID) -> None:
    """Deliver it in a thread, so that a slow provider holds up nothing else of the worker."""
    if settings.MESSAGE_THREADS:
        _pool().submit(_in_thread, message_id)
    else:
        deliver(message_id)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=settings.MESSAGE_THREADS, thread_name_prefix="messages")


def _in_thread(message_id: UUID) -> None:
    try:
        deliver(message_id)
    except Exception:  # its timer rings again
        log.exception("message.delivery_failed id=%s", message_id)
    finally:
        connection.close()


def deliver(message_id: UUID, *, at: datetime | None = None) -> None:
    """Try once to hand a message over, or to find out what became of it; the next try gets its timer."""
    row = Message.objects.filter(pk=message_id).first()
    way = way_for(row.kind) if row else None
    if row is None or row.state not in {State.MEANT, State.SENDING, State.UNCLEAR}:
        return
    moment = at or clock.now()
    if way is None or way.name != row.transport:
        # The setting is another one since; nobody can say what the old one did.
        _end(row, _Outcome(State.FAILED, "no-such-way"), moment)
        return
    if wait := pace.wait_for(way.name, way.per_second):
        with transaction(row.organisation_id):
            set_timer(SEND, str(row.pk), moment + timedelta(seconds=wait), site_id=row.organisation_id)
        return
    before = _claim(row, moment)
    if before:
        try_once = _sent if before == State.MEANT else _asked
        _end(row, try_once(way, row, moment), at or clock.now())


def _claim(row: Message, moment: datetime) -> str:
    """Take it to oneself; returns the state that it was in (empty: somebody is at it, or it has ended)."""
    with transaction(row.organisation_id):
        rows = Message.objects.filter(pk=row.pk)
        now = (rows.select_for_update() if sql.is_postgresql() else rows).only("state", "tried_at").first()
        if now is None or now.state not in {State.MEANT, State.SENDING, State.UNCLEAR}:
            return ""
        if now.state == State.SENDING and now.tried_at and moment - now.tried_at < LEASE:
            return ""
        was = str(now.state)
        # A question keeps the moment of the try that it is about.
        tried = moment if was == State.MEANT else now.tried_at
        rows.update(state=State.SENDING, tries=row.tries + 1, tried_at=tried)
        row.tries, row.tried_at = row.tries + 1, tried
        set_timer(SEND, str(row.pk), moment + LEASE, site_id=row.organisation_id)
    return was


def _sent(way: Transport, row: Message, moment: datetime) -> _Outcome:
    if row.good_until and moment >= row.good_until:
        return _Outcome(State.FAILED, "too-late")
    try:
        return _Outcome(State.DONE, number=way.send(_letter(row)))
    except NotSent as problem:
        log.warning("message.not_sent id=%s transport=%s reason=%s", row.pk, way.name, problem.reason)
        if not problem.again or row.tries >= MOST:
            return _Outcome(State.FAILED, problem.reason)
        return _Outcome(State.MEANT, problem.reason, wait=max(problem.wait, _pause(row)))
    except Unclear as problem:
        log.warning("message.unclear id=%s transport=%s reason=%s", row.pk, way.name, problem.reason)
        return _Outcome(State.UNCLEAR, problem.reason, wait=_pause(row))


def _asked(way: Transport, row: Message, _moment: datetime) -> _Outcome:
    try:
        found = way.ask(_letter(row))
    except Unclear as problem:
        if row.tries >= MOST:
            return _Outcome(State.FAILED, problem.reason)
        return _Outcome(State.UNCLEAR, problem.reason, wait=_pause(row))
    if found is None:
        return _Outcome(State.MEANT, "not-there", wait=0.1)
    fate, number = found
    state = {"taken": State.DONE, "arrived": State.ARRIVED, "lost": State.FAILED}[fate]
    return _Outcome(state, "" if fate != "lost" else "lost", number)


def _letter(row: Message) -> Letter:
    return Letter(
        row.pk,
        row.address,
        row.title,
        row.body,
        row.secret,
        row.tried_at,
        row.template,
        json.loads(row.values) if row.values else {},
        row.calendar,
    )


def _pause(row: Message) -> float:
    return PAUSES[min(row.tries, len(PAUSES)) - 1]


def _end(row: Message, outcome: _Outcome, moment: datetime) -> None:
    goes_on = outcome.state in {State.MEANT, State.UNCLEAR}
    with transaction(row.organisation_id):
        # A receipt may have been faster than the answer: what it said stays.
        open_rows = Message.objects.filter(pk=row.pk, state__in=(State.MEANT, State.SENDING, State.UNCLEAR))
        changed = open_rows.update(
            state=outcome.state,
            detail=outcome.detail[:60],
            number=outcome.number or row.number,
            ended_at=None if goes_on else moment,
        )
        if changed and goes_on:
            due = moment + timedelta(seconds=outcome.wait)
            set_timer(SEND, str(row.pk), due, site_id=row.organisation_id)
        else:
            cancel(SEND, str(row.pk))
        if changed and not goes_on:
            record(MessageEnded(row.pk, outcome.state), actor=SYSTEM, at=moment, subject_id=row.pk)
