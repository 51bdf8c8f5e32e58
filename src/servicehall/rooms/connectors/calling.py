"""A call from its first try to its last: retries, the time that it may take, the breaker, and what is kept of it.

Never inside a database transaction: the line of the site would wait for somebody else's system.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import DatabaseError

from servicehall.kernel import clock, transactions
from servicehall.kernel.transactions import INSTALLATION, transaction

from . import breaker, kinds, named_secrets
from .models import Call, Connector
from .operations import (
    JSON,
    Answer,
    Budget,
    ConnectorLied,
    ConnectorRefused,
    ConnectorUnavailable,
    Fault,
    NoSuchOperation,
    Operation,
    OutcomeUnknown,
    Try,
    UnfitInputs,
)
from .schemas import errors

log = logging.getLogger(__name__)
MORE_TRIES = 2
PAUSE = 0.2
"""Seconds before the second try; twice that before the third. Each between half of it and one and a half."""
LEAST = 0.05
"""Seconds below which a try is not worth beginning."""
LONGEST_KEY = 200


@dataclass
class _Going:
    """A call under way."""

    connector: Connector
    operation: Operation
    key: str | None
    site_id: UUID | None
    until: float
    begun: float = field(default_factory=time.monotonic)
    attempts: int = 0
    may_have_happened: bool = False
    last: Fault | None = None

    @property
    def took_ms(self) -> int:
        return round((time.monotonic() - self.begun) * 1000)

    @property
    def left(self) -> float:
        return self.until - time.monotonic()


def call(
    connector: Connector,
    operation: str,
    inputs: Mapping[str, JSON],
    *,
    key: str | None = None,
    deadline: float,
    site_id: UUID | None = None,
) -> Answer:
    """Have another system do something, and wait for what it says.

    A ``read`` is tried three times, ``keyed`` too with the same key, ``unkeyed`` once. ``site_id`` is kept with the
    record of the call.

    Args:
        key: the same for every repetition of the same wish, also days later; sent with keyed operations only.
        deadline: seconds that all of it may take, from now.

    Raises:
        UnfitInputs, NoSuchOperation: nothing was sent.
        ConnectorRefused: it said no.
        ConnectorUnavailable: it did not do it.
        ConnectorLied: the answer does not fit; with ``may_have_happened`` it may be done.
        OutcomeUnknown: it may be done or not.
        InsideTransaction: a transaction is open (a mistake of the caller's).
    """
    transactions.demand_none()
    if not connector.is_active:
        raise NoSuchOperation
    described = kinds.operation(connector, operation)
    _check_key(described, key)
    key = key if described.kind == "keyed" else None
    if wrong := errors(described.types.inputs, dict(inputs)):
        raise UnfitInputs(wrong)
    going = _Going(connector, described, key, site_id, time.monotonic() + deadline)
    try:
        secret = _secret(connector)
        value = _tried(going, inputs, secret)
    except Fault as fault:
        raise _ended(going, fault) from None
    _keep(going, Call.Outcome.DONE)
    return Answer(value, going.took_ms, going.attempts)


def _check_key(described: Operation, key: str | None) -> None:
    """A key of a length and of letters that any header takes; a mistake here is the program's, not a customer's.

    Raises:
        ValueError: a keyed operation has no key, or it is no key.
    """
    if key is None and described.kind == "keyed":
        raise ValueError(f"{described.name} is keyed: it is not called without a key")
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise ValueError("a key is 1 to 200 printable ASCII letters")


def _secret(connector: Connector) -> str:
    if connector.secret_use == Connector.SecretUse.NONE:
        return ""
    try:
        return named_secrets.secret(connector.organisation.slug, connector.secret_name)
    except named_secrets.NoSecret:
        raise Fault("no-secret", is_final=True) from None


def _tried(going: _Going, inputs: Mapping[str, JSON], secret: str) -> JSON:
    """What the first try that brings an answer brings; else the fault of the last."""
    tries = 1 if going.operation.kind == "unkeyed" else 1 + MORE_TRIES
    while True:
        try:
            return _once(going, inputs, secret)
        except Fault as fault:
            going.last = fault
            going.may_have_happened |= fault.may_have_happened
            pause = _pause(going.attempts, fault.retry_after)
            if fault.is_final or going.attempts >= tries or going.left < pause + LEAST:
                raise
            time.sleep(pause)


def _pause(attempts: int, wish: float) -> float:
    spread = 0.5 + secrets.randbelow(1000) / 1000
    return max(PAUSE * (1 if attempts < 2 else 2) * spread, wish)


def _once(going: _Going, inputs: Mapping[str, JSON], secret: str) -> JSON:
    row = going.connector
    one = breaker.of(row.pk)
    if wait := one.wait(time.monotonic(), rest=row.rest_seconds):
        raise Fault("left-alone", is_final=True, retry_after=wait)
    seconds = min(row.whole_seconds, going.left)
    if seconds < LEAST:
        one.said_nothing()
        raise Fault("timeout", is_final=True)
    going.attempts += 1
    budget = Budget(seconds, min(row.connect_seconds, seconds), row.row_limit)
    try:
        value = kinds.perform(row, Try(going.operation.name, inputs, secret, going.key, budget))
    except Fault as fault:
        _tell(one, fault, row)
        raise
    except BaseException:
        one.said_nothing()
        raise
    one.went_well()
    return value


def _tell(one: breaker.Breaker, fault: Fault, row: Connector) -> None:
    """A system that says no, or something odd, is there; one that may not be called says nothing about itself."""
    if fault.word in {"refused", "lied", "query"}:
        one.went_well()
    elif fault.word in {"forbidden", "no-secret"}:
        one.said_nothing()
    else:
        one.failed(time.monotonic(), limit=row.faults_to_open)


def _ended(going: _Going, fault: Fault) -> Exception:
    """The error that a call ends with, after it was kept."""
    # What an earlier try may have done is not undone by a later one that was never sent.
    lost = going.may_have_happened and fault.word not in {"refused", "lied"}
    if fault.word == "refused":
        _keep(going, Call.Outcome.REFUSED, fault)
        return ConnectorRefused(fault.code, fault.words, answered=fault.status)
    if fault.word == "lied":
        _keep(going, Call.Outcome.LIED, fault)
        return ConnectorLied(fault.words, may_have_happened=going.may_have_happened)
    if lost:
        _keep(going, Call.Outcome.UNKNOWN, fault)
        return OutcomeUnknown(fault.word)
    _keep(going, Call.Outcome.UNAVAILABLE, fault)
    wait = fault.retry_after or breaker.of(going.connector.pk).wait_left(
        time.monotonic(), rest=going.connector.rest_seconds
    )
    return ConnectorUnavailable(fault.word, wait)


def _keep(going: _Going, outcome: Call.Outcome, fault: Fault | None = None) -> None:
    """Keep that it was called. An answer is never lost because this could not be written."""
    word, status = (fault.word, fault.status) if fault is not None else ("", 0)
    if fault is not None:
        log.warning(
            "connector.call_failed connector=%s operation=%s outcome=%s fault=%s status=%s attempts=%s ms=%s",
            going.connector.pk, going.operation.name, outcome.value, word, status, going.attempts, going.took_ms,
        )  # fmt: skip
    try:
        with transaction(going.site_id or INSTALLATION):
            Call.objects.create(
                connector_id=going.connector.pk,
                operation=going.operation.name[:100],
                outcome=outcome,
                fault=word,
                status=status,
                milliseconds=min(going.took_ms, 2**31 - 1),
                attempts=going.attempts,
                site_id=going.site_id,
                at=clock.now(),
            )
    except DatabaseError:
        log.exception("connector.call_not_kept connector=%s", going.connector.pk)
