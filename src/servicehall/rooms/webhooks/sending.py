"""Sends what is due, address by address, and keeps what came of it. Outside of any transaction while it waits.

At least once: a message is claimed for a while, handed over, and marked when the answer is there; whoever dies in
between leaves it to the next. Messages to one address go one after the other, oldest first, but are no queue: one
that failed is tried later, and others overtake it. One address that is slow holds up no other.
"""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from uuid import UUID

from django.db import connection
from django.db.models import Q

from servicehall.kernel import clock, signed_messages
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction

from . import posting, schedule
from .events import WebhookDisabled
from .models import Delivery, Endpoint
from .posting import GONE, Answer
from .queries import body_of, event_of

log = logging.getLogger(__name__)
AT_ONCE = 8
"""Addresses that are spoken with at the same moment."""
A_BATCH = 20
A_TURN = 30.0
"""Seconds after which an address lets others have their turn."""
LEASE = timedelta(minutes=2)
"""How long a claimed message is another's; longer than a turn with its last try."""


@dataclass(slots=True)
class _Tried:
    delivery: Delivery
    answer: Answer
    at: datetime


_busy: dict[UUID, Thread] = {}
_line = Lock()


def start_due(now: datetime | None = None) -> list[Thread]:
    """Begin with the addresses that something is due for and that nobody here speaks with; does not wait."""
    moment = now or clock.now()
    due = Delivery.objects.filter(
        Q(endpoint__rests_until=None) | Q(endpoint__rests_until__lte=moment),
        state=Delivery.State.WAITING,
        due_at__lte=moment,
        endpoint__is_active=True,
    )
    wanted = list(due.order_by().values_list("endpoint_id", flat=True).distinct()[: 4 * AT_ONCE])
    with _line:
        for one in [one for one, thread in _busy.items() if not thread.is_alive()]:
            del _busy[one]
        free = AT_ONCE - len(_busy)
        for endpoint_id in [one for one in wanted if one not in _busy][:free]:
            # A daemon: whatever it is doing when the program ends is done again by the next.
            _busy[endpoint_id] = Thread(target=_in_thread, args=(endpoint_id,), daemon=True, name="webhooks")
            _busy[endpoint_id].start()
        return list(_busy.values())


def _in_thread(endpoint_id: UUID) -> None:
    try:
        deliver_now(endpoint_id)
    except Exception:
        log.exception("webhook.failed endpoint=%s", endpoint_id)
    finally:
        connection.close()


def deliver_now(endpoint_id: UUID) -> int:
    """Send what is due for an address until something fails or the turn is over; returns how many were tried."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id, is_active=True).first()
    now = clock.now()
    if endpoint is None or (endpoint.rests_until is not None and endpoint.rests_until > now):
        return 0
    claimed = _claim(endpoint, now)
    tried: list[_Tried] = []
    # What a fault of ours leaves behind stays claimed: it is tried again in two minutes, not at once.
    untouched: list[UUID] = []
    end = time.monotonic() + A_TURN
    try:
        for delivery in claimed:
            tried.append(_Tried(delivery, _send(endpoint, delivery), clock.now()))
            if tried[-1].answer.problem or time.monotonic() > end:
                break
        untouched = [one.pk for one in claimed[len(tried) :]]
    finally:
        _settle(endpoint, tried, untouched)
    return len(tried)


def _claim(endpoint: Endpoint, now: datetime) -> list[Delivery]:
    with transaction(endpoint.place):
        rows = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING, due_at__lte=now)
        found = list(rows.order_by("due_at", "pk")[:A_BATCH])
        Delivery.objects.filter(pk__in=[one.pk for one in found]).update(due_at=now + LEASE)
    return found


def _send(endpoint: Endpoint, delivery: Delivery) -> Answer:
    body, now = body_of(event_of(delivery)), clock.now()
    signing = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        signing.append(endpoint.old_secret)
    return posting.post(endpoint.url, body, signed_messages.headers(signing, delivery.message_id, now, body))


def _settle(endpoint: Endpoint, tried: list[_Tried], untouched: list[UUID]) -> None:
    """Keep what came of the tries, and how the address does now."""
    now = clock.now()
    with transaction(endpoint.place):
        Delivery.objects.filter(pk__in=untouched).update(due_at=now)
        for one in tried:
            _keep(one)
        if not tried:
            return
        if not tried[-1].answer.problem:
            Endpoint.objects.filter(pk=endpoint.pk).exclude(failures=0).update(
                failures=0, failing_since=None, rests_until=None
            )
            return
        _note_failure(endpoint.pk, has_success=len(tried) > 1, status=tried[-1].answer.status, now=now)


def _keep(one: _Tried) -> None:
    row, answer = one.delivery, one.answer
    attempts = row.attempts + 1
    state, due, ended = Delivery.State.DONE, one.at, one.at
    if answer.problem:
        pause = schedule.next_pause(attempts, chance=secrets.randbelow(1000) / 1000, wish=answer.wish)
        state = Delivery.State.WAITING if pause is not None else Delivery.State.FAILED
        due = one.at + (pause or timedelta())
    # Somebody may have removed the address meanwhile: then there is nothing to keep.
    Delivery.objects.filter(pk=row.pk).update(
        state=state,
        attempts=attempts,
        due_at=due,
        tried_at=one.at,
        ended_at=None if state == Delivery.State.WAITING else ended,
        status=answer.status,
        problem=answer.problem,
        milliseconds=answer.milliseconds,
    )
    if answer.problem:
        log.warning(
            "webhook.not_taken delivery=%s status=%s problem=%s", row.pk, answer.status, answer.problem
        )


def _note_failure(endpoint_id: UUID, *, has_success: bool, status: int, now: datetime) -> None:
    held = Endpoint.objects.filter(pk=endpoint_id).first()
    if held is None:
        return
    held.failures = 1 if has_success else held.failures + 1
    held.failing_since = now if has_success else held.failing_since or now
    held.rests_until = now + schedule.rest(held.failures)
    fields = ["failures", "failing_since", "rests_until"]
    why = ""
    if status == GONE:
        why = Endpoint.Why.GONE.value
    elif schedule.is_given_up(held.failing_since, now):
        why = Endpoint.Why.FAILING.value
    if why and held.is_active:
        held.is_active, held.disabled_at, held.disabled_reason = False, now, why
        fields += ["is_active", "disabled_at", "disabled_reason"]
        record(WebhookDisabled(endpoint_id, why), actor=SYSTEM, at=now, subject_id=endpoint_id)
    held.save(update_fields=fields)
