"""Asking the provider how an order stands; the worker does so by the clock until it has ended."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.effects import NotDone
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.payments import store
from servicehall.rooms.payments.accounts import NotSetUp, way_of
from servicehall.rooms.payments.models import Intent, Provider
from servicehall.rooms.payments.providers.interface import Unclear
from servicehall.rooms.payments.queries import intent_of
from servicehall.rooms.payments.receiving import take_status
from servicehall.rooms.payments.refusals import Unreachable
from servicehall.rooms.payments.standing import OPEN

log = logging.getLogger(__name__)
AT_ONCE = 50


def ask(*, intent_id: UUID, by: Actor, at: datetime | None = None) -> Intent:
    """Ask the provider how it stands, and let it stand so here. A closed one is asked about too: it may be paid.

    Raises:
        NotFound, NotAllowed: the actor may not have it paid.
        NotSetUp, Unreachable: nobody can be asked.
    """
    found = intent_of(intent_id)
    allow(by, "payment.open", found.site_id)
    if found.provider == Provider.CASH:
        return found
    try:
        status = way_of(found.account).query(found.number)
    except (Unclear, NotDone):
        raise Unreachable from None
    moment = at or clock.now()
    with transaction(found.site_id):
        intent = store.lock_intent(intent_id)
        take_status(intent, status, source="query", at=moment)
    return intent


def ask_due(*, at: datetime | None = None) -> int:
    """Ask about every order whose next question is due, and close those whose time is over; returns how many."""
    moment = at or clock.now()
    due = Intent.objects.filter(ask_at__lte=moment).order_by("ask_at")[:AT_ONCE]
    return sum(_ask_one(one, moment) for one in list(due))


def _ask_one(found: Intent, moment: datetime) -> bool:
    from .closing import close  # it asks, too

    with transaction(found.site_id):
        # Of two workers one asks.
        intent = store.lock_intent(found.pk)
        if intent.state not in OPEN or intent.ask_at is None or intent.ask_at > moment:
            return False
        store.ask_later(intent, moment)
    try:
        intent = ask(intent_id=found.pk, by=SYSTEM, at=moment)
        if intent.state in OPEN and intent.expires_at <= moment:
            close(intent_id=found.pk, by=SYSTEM, reason="expired", at=moment)
    except (NotSetUp, Unreachable) as problem:
        log.warning("payment.not_asked id=%s reason=%s", found.pk, problem.kind)
    return True
