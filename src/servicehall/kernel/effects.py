"""The ledger of what is done outside of this database: paid, printed, opened. Once means once there too.

An effect is meant in the caller's transaction (:func:`intend`), called outside of any (:func:`carry_out`), and
settled in a transaction of its own (:func:`settle`), in which its room draws the consequences. So a process that
dies leaves, at every point, either nothing or a row that says what may have happened. ``unknown`` is no failure
and no reason to try again: the worker asks the other side what became of it, and where nobody can be asked,
a person is called (``effect.needs-person``).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from . import clock, sql, transactions
from .chores import chore
from .errors import Refused
from .events import fact, record
from .idempotency import fingerprint
from .ids import uuid7
from .models import Effect
from .rights import SYSTEM, Actor
from .transactions import transaction

log = logging.getLogger(__name__)

Class = Literal["read", "keyed", "unkeyed"]
"""``read`` changes nothing outside; ``keyed``: the other side knows our key and does it once; else ``unkeyed``."""
State = Effect.State
OPEN = (State.INTENDED, State.UNKNOWN)
PAUSES = (5, 15, 60, 300, 900)
"""Seconds until the first, second … question."""
LATER = timedelta(hours=1)
"""Once a person was called, the other side is still asked, this often: it may know meanwhile."""
AT_ONCE = 50


@fact("effect.settled")
@dataclass(frozen=True, slots=True)
class EffectSettled:
    """How something outside ended: ``done``, ``failed``, or ``unknown`` for now."""

    effect: UUID
    what: str
    state: str


@fact("effect.needs-person")
@dataclass(frozen=True, slots=True)
class EffectNeedsPerson:
    """The program cannot find out what became of an effect: ``no-question``, ``no-answer`` or ``contradiction``."""

    effect: UUID
    what: str
    reason: str


class OtherRequest(Refused):
    """The key belongs to another request: the same act must not be done with other contents."""

    kind = "effect-other-request"
    title = _("This was begun with other contents")
    advice = _("Nothing was done again. Look at what was begun, and begin anew when it has ended.")


class InsideTransaction(RuntimeError):
    """Somebody called out of a transaction: what is undone here would stay done there."""


class NotDone(Exception):
    """The other side says, or it is certain, that nothing was done; ``result`` says why."""

    def __init__(self, **result: Any) -> None:
        super().__init__(str(result.get("reason", "")))
        self.result = result


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an effect. ``result`` stands in the ledger; ``found``, which may be about somebody, is only handed
    to the room, which keeps it sealed."""

    state: Literal["done", "failed", "unknown"]
    result: Mapping[str, Any] = field(default_factory=dict)
    found: Any = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger as it stood when it was read; ``is_new``: the reader wrote it."""

    id: UUID
    kind: str
    key: str
    site_id: UUID
    subject_id: UUID | None
    request: dict[str, Any]
    state: str
    result: dict[str, Any]
    intended_at: datetime
    is_new: bool = False
    found: Any = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def may_be_called(self) -> bool:
        """Whether calling now cannot do it twice: nobody called yet, or the other side knows the key."""
        return self.is_new or (self.is_open and _kinds[self.kind].is_repeatable)


Ask = Callable[[Entry], Outcome]
Settled = Callable[[Entry], None]


@dataclass(frozen=True, slots=True)
class EffectKind:
    """A kind of effect; see :func:`effect`."""

    name: str
    of: Class
    holds: frozenset[str]
    patience: timedelta
    ask: Ask | None
    settled: Settled | None

    @property
    def is_repeatable(self) -> bool:
        return self.of != "unkeyed"


_kinds: dict[str, EffectKind] = {}


def effect(
    name: str,
    of: Class,
    *,
    holds: Collection[str],
    patience: timedelta = timedelta(seconds=60),
    ask: Ask | None = None,
    settled: Settled | None = None,
) -> None:
    """Register a kind of effect.

    Args:
        holds: the fields that requests and results may have; so nobody's name gets in by the way.
        patience: after this time whoever meant it is taken for dead; longer than all time-outs of the call.
        ask: finds out at the other side what became of it; outside of any transaction; may raise.
        settled: draws the consequences, in the transaction in which the effect is settled.
    """
    _kinds[name] = EffectKind(name, of, frozenset(holds), patience, ask, settled)


def kinds() -> dict[str, EffectKind]:
    """Every registered kind."""
    return dict(_kinds)


def _checked(kind: EffectKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError: a field that the kind does not hold, or a value that is no number, word or id."""
    if unknown := set(values) - kind.holds:
        raise ValueError(f"{kind.name} does not hold {', '.join(sorted(unknown))}")
    if wrong := [n for n, v in values.items() if not isinstance(v, str | int | bool | None)]:
        raise ValueError(f"{kind.name} holds plain values only: {', '.join(sorted(wrong))}")
    return dict(values)


def _digest(site_id: UUID, subject_id: UUID | None, request: Mapping[str, Any]) -> str:
    text = json.dumps(request, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return fingerprint(str(site_id), str(subject_id or ""), text)


def _entry(row: Effect, *, is_new: bool = False, found: Any = None) -> Entry:
    return Entry(
        row.pk, row.kind, row.key, row.site_id, row.subject_id, dict(row.request), row.state, dict(row.result),
        row.intended_at, is_new, found,
    )  # fmt: skip


def intend(
    kind: str,
    key: str,
    *,
    site_id: UUID,
    subject_id: UUID | None = None,
    request: Mapping[str, Any],
    at: datetime | None = None,
) -> Entry:
    """Mean to do something outside, in the open transaction; the same key again gives the same entry.

    Raises:
        OutsideTransaction: none is open: what is meant must stand or fall with the fact that it follows from.
        OtherRequest: the key was used for something else.
    """
    transactions.pending()
    of, moment = _kinds[kind], at or clock.now()
    if not 1 <= len(key) <= 120:
        raise ValueError("a key has 1 to 120 characters")
    values = _checked(of, request)
    digest = _digest(site_id, subject_id, values)
    made = Effect(
        id=uuid7(), kind=kind, key=key, site_id=site_id, subject_id=subject_id, digest=digest, request=values,
        intended_at=moment, ask_at=moment + of.patience,
    )  # fmt: skip
    # The unique key decides, also between two sites' lines, and without breaking the caller's transaction.
    Effect.objects.bulk_create([made], ignore_conflicts=True)
    found = Effect.objects.get(kind=kind, key=key)
    if found.digest != digest:
        raise OtherRequest
    return _entry(found, is_new=found.pk == made.pk)


def carry_out(entry: Entry, call: Callable[[], Mapping[str, Any] | Outcome]) -> Entry:
    """Call, and settle what came of it. An entry that must not be called (again) is returned as it stands.

    ``call`` returns the result or the whole outcome, raises NotDone when certainly nothing was done, and whatever else it raises
    leaves the outcome unknown.

    Raises:
        InsideTransaction: a transaction is open.
    """
    if transactions.is_open():
        raise InsideTransaction
    if not entry.may_be_called:
        return find(entry.id)
    try:
        said = call()
        outcome = said if isinstance(said, Outcome) else Outcome("done", said)
    except NotDone as no:
        outcome = Outcome("failed", no.result)
    except Exception as problem:  # noqa: BLE001 - whatever it was, the other side may have done it
        log.warning("effect.unclear kind=%s id=%s reason=%s", entry.kind, entry.id, type(problem).__name__)
        outcome = Outcome("unknown")
    return settle(entry, outcome)


def settle(entry: Entry, outcome: Outcome, *, by: Actor = SYSTEM, at: datetime | None = None) -> Entry:
    """Write down what became of it; its room draws the consequences in the same transaction.

    What has ended stays as it ended. When somebody says the opposite afterwards, a person is called.
    """
    of, moment = _kinds[entry.kind], at or clock.now()
    with transaction(entry.site_id):
        row = _locked(entry.id)
        if row.state not in OPEN:
            if outcome.state not in {"unknown", row.state}:
                _call_person(row, "contradiction", moment)
            return _entry(row)
        if outcome.state == "unknown":
            if row.state == State.UNKNOWN:
                return _entry(row)
            row.state, row.ask_at = State.UNKNOWN, moment + timedelta(seconds=PAUSES[0])
        else:
            row.state, row.settled_at, row.ask_at = State(outcome.state), moment, None
        row.result = _checked(of, outcome.result)
        row.save(update_fields=["state", "settled_at", "ask_at", "result"])
        record(EffectSettled(row.pk, row.kind, row.state), actor=by, at=moment, subject_id=row.pk)
        done = _entry(row, found=outcome.found)
        if of.settled:
            of.settled(done)
    return done


def find(effect_id: UUID) -> Entry:
    """An entry as it stands now."""
    return _entry(Effect.objects.get(pk=effect_id))


def of_subject(subject_id: UUID) -> list[Entry]:
    """What was done outside about something, oldest first (one query)."""
    return [_entry(row) for row in Effect.objects.filter(subject_id=subject_id).order_by("intended_at", "pk")]


def _locked(effect_id: UUID) -> Effect:
    rows = Effect.objects.filter(pk=effect_id)
    return (rows.select_for_update() if sql.is_postgresql() else rows).get()


def _call_person(row: Effect, reason: str, moment: datetime) -> None:
    record(EffectNeedsPerson(row.pk, row.kind, reason), actor=SYSTEM, at=moment, subject_id=row.pk)
    Effect.objects.filter(pk=row.pk).update(person_at=moment)


def ask_about_open(*, at: datetime | None = None) -> int:
    """Find out what became of effects that nobody settled in time; returns how many were looked at."""
    moment = at or clock.now()
    due = Effect.objects.filter(ask_at__lte=moment, kind__in=list(_kinds)).order_by("ask_at")[:AT_ONCE]
    return sum(_look_after(row.pk, row.site_id, moment) for row in list(due))


def _look_after(effect_id: UUID, site_id: UUID, moment: datetime) -> bool:
    entry = _claim(effect_id, site_id, moment)
    if entry is None:
        return False
    of = _kinds[entry.kind]
    if of.of == "read":
        settle(entry, Outcome("failed", {}), at=moment)  # nothing was changed outside, whatever came of it
        return True
    if of.ask is None:
        _stay_open(entry, moment)
        return True
    try:
        outcome = of.ask(entry)
    except NotDone as no:
        outcome = Outcome("failed", no.result)
    except Exception as problem:  # noqa: BLE001 - no answer of whatever kind leaves it unknown
        log.warning("effect.no_answer kind=%s id=%s reason=%s", entry.kind, entry.id, type(problem).__name__)
        outcome = Outcome("unknown")
    if outcome.state == "unknown":
        _stay_open(entry, moment)
    else:
        settle(entry, outcome, at=moment)
    return True


def _claim(effect_id: UUID, site_id: UUID, moment: datetime) -> Entry | None:
    """Take the next question to oneself; of two workers one asks. Says so when only a person can find out."""
    with transaction(site_id):
        row = _locked(effect_id)
        if row.state not in OPEN or row.ask_at is None or row.ask_at > moment:
            return None
        of = _kinds[row.kind]
        row.asked += 1
        can_ask = of.ask is not None or of.of == "read"
        if row.asked <= len(PAUSES):
            row.ask_at = moment + timedelta(seconds=PAUSES[row.asked - 1])
        else:
            row.ask_at = moment + LATER
        if not can_ask:
            row.ask_at = None
        row.save(update_fields=["asked", "ask_at"])
        if row.person_at is None and (not can_ask or row.asked > len(PAUSES)):
            _call_person(row, "no-answer" if can_ask else "no-question", moment)
        return _entry(row)


def _stay_open(entry: Entry, moment: datetime) -> None:
    """Nobody knows yet; the next question has its moment already, set when this one was claimed."""
    if entry.state == State.UNKNOWN:
        return
    with transaction(entry.site_id):
        row = _locked(entry.id)
        if row.state == State.INTENDED:
            Effect.objects.filter(pk=row.pk).update(state=State.UNKNOWN)
            record(EffectSettled(row.pk, row.kind, State.UNKNOWN), actor=SYSTEM, at=moment, subject_id=row.pk)
            if settled := _kinds[entry.kind].settled:
                row.state = State.UNKNOWN
                settled(_entry(row))


@chore("kernel.effects", every=2.0, aside=True)
def _ask_now() -> None:
    ask_about_open()
