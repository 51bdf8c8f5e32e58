"""What this process knows of the lines of its sites, read from the log as it grows, and what the site's model makes of it.

Nothing here writes. A site without a model in use costs one small statement every half minute; one with a model,
two every second. Whatever goes wrong, nothing is said, and the formula stands in (queries/waits.py).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from servicehall.kernel import clock, events, sql
from servicehall.kernel.events import StoredEvent

from .configuration import Configuration
from .estimate import WaitRange, of_seconds
from .prediction.calibration import Calibration
from .prediction.pools import Effect, Layout, Pools, joined_up

if TYPE_CHECKING:
    from .prediction.model import Model, Wait

log = logging.getLogger(__name__)
T = TypeVar("T")
NO_MODEL_KEPT = 30.0
"""Seconds for which it is good that a site has no model in use."""
KEPT = 1.0
"""Seconds for which what is known of a site's lines is good."""
WARM = 6000
"""Events that a process which begins to watch a site reads at most: a busy day."""
LONG = 1500
"""Of a line longer than this nothing is predicted: to look at everybody in it takes longer than an answer may."""
MOST_SITES = 100
SAME_TIME = 60.0
"""Seconds by which a moment that is asked about may lie before what is known already: other processes, other clocks."""
SHARE = 0.8
"""Of the waits, so many fall into the range that a model says."""
_TYPICAL_WAIT = 10.0
_MOST_KINDS = 12


def layout_of(setup: Configuration) -> Layout:
    """Who stands in whose line, as the site is set up."""
    counters = [(str(c.id), map(str, c.stages)) for c in setup.counters.values() if c.is_active]
    return Layout(
        clock.zone(setup.timezone),
        joined_up(counters, map(str, setup.stages)),
        {one.key: _head_start(setup, one.id) for one in setup.classes.values()},
        {one.key: one.order.rank for one in setup.classes.values()},
    )


def _head_start(setup: Configuration, group: UUID) -> float:
    """Seconds by which the class stands before the ordinary one, about: exactly, it depends on the wait."""
    rule, ordinary = setup.orders[group], setup.default_class
    if ordinary is None or ordinary.id == group or setup.discipline.name == "fifo":
        return 0.0
    plain = ordinary.order
    if setup.discipline.name == "strict":
        return (plain.rank - rule.rank) * 3600.0
    if plain.rate <= 0:
        return (rule.head_start - plain.head_start) * 60
    claim = (rule.rate - plain.rate) * _TYPICAL_WAIT + rule.head_start - plain.head_start
    return max(-7200.0, min(7200.0, claim / plain.rate * 60))


def kinds_of(setup: Configuration) -> list[str]:
    """The stages that a model of the site tells apart."""
    return [str(stage) for stage in setup.stages][:_MOST_KINDS]


def told_of(event: StoredEvent) -> tuple[str, float, dict[str, object], bool]:
    """An event as lines are told it."""
    return event.kind, event.at.timestamp(), event.data, event.actor_kind == "system"


@dataclass(slots=True)
class Lines:
    """The lines of a site up to an event of its log."""

    setup: Configuration
    pools: Pools
    seq: int

    @classmethod
    def begun(cls, setup: Configuration, *, kinds: list[str], up_to: int) -> Lines:
        """Warm: with what happened in the last days, up to an event."""
        lines = cls(setup, Pools(layout_of(setup), kinds), max(0, up_to - WARM))
        newest = events.after(setup.site, up_to - 1, 1)
        if newest:
            lines.seq = max(lines.seq, events.last_before(setup.site, newest[0].at - timedelta(days=3)))
        lines.read_on(up_to)
        return lines

    def read_on(self, up_to: int | None = None) -> None:
        """What happened since, up to an event."""
        while up_to is None or self.seq < up_to:
            limit = 500 if up_to is None else min(500, up_to - self.seq)
            found = events.after(self.setup.site, self.seq, limit)
            for event in found:
                self.tell(event)
            if len(found) < limit:
                break

    def tell(self, event: StoredEvent) -> list[Effect]:
        """One event; those before it were told."""
        self.seq = event.seq
        kind, at, data, by_system = told_of(event)
        return self.pools.tell(kind, at, data, by_system=by_system)


@dataclass(frozen=True, slots=True)
class InUse:
    """The model that a site uses, with its calibration of now."""

    id: UUID
    version: int
    calibration: Calibration

    def range(self, wait: Wait) -> tuple[float, float]:
        """What to tell, seconds."""
        return self.calibration.widened(wait.low, wait.high)


def in_use(site: UUID) -> InUse | None:
    """The site's model in use (one query, without its text)."""
    found = sql.row(
        "SELECT id, version, below, above FROM queueing_waitmodel WHERE site_id = %s AND state = 'in_use'",
        site,
    )
    if found is None:
        return None
    model = sql.uuid(found[0])
    assert model is not None  # noqa: S101 - a key
    return InUse(model, int(found[1]), Calibration(SHARE, float(found[2]), float(found[3])))


_models: OrderedDict[UUID, Model] = OrderedDict()


def model_of(one: InUse) -> Model:
    """The trees themselves: read once a process.

    Raises:
        Unreadable: another version of the program made them.
    """
    from .prediction.model import Model

    model = _models.get(one.id)
    if model is None:
        found = sql.row("SELECT text FROM queueing_waitmodel WHERE id = %s", one.id)
        model = _models[one.id] = Model.from_text(found[0] if found else "")
        if len(_models) > MOST_SITES:
            _models.popitem(last=False)
    return model


@dataclass(slots=True)
class _Kept:
    """What a process keeps of a site."""

    setup: Configuration
    lock: threading.Lock = field(default_factory=threading.Lock)
    good_until: float = 0.0
    used: InUse | None = None
    lines: Lines | None = None
    newcomers: tuple[object, dict[UUID, WaitRange]] = (None, {})
    silent_until: float = 0.0


_sites: OrderedDict[UUID, _Kept] = OrderedDict()
_sites_lock = threading.Lock()


def forget() -> None:
    """Drop what is kept, as a process that has just begun."""
    _sites.clear()
    _models.clear()


def _kept(setup: Configuration) -> _Kept:
    with _sites_lock:
        kept = _sites.get(setup.site)
        if kept is None or kept.setup is not setup:
            kept = _sites[setup.site] = _Kept(setup)
            if len(_sites) > MOST_SITES:
                _sites.popitem(last=False)
        return kept


def _refresh(kept: _Kept, *, at_once: bool = False) -> None:
    now = time.monotonic()
    if now < kept.good_until and not (at_once and kept.used):
        return
    kept.used = in_use(kept.setup.site)
    if kept.used is None:
        kept.lines, kept.good_until = None, now + NO_MODEL_KEPT
        return
    kinds = list(model_of(kept.used).kinds)
    if kept.lines is None or kept.lines.pools.kinds != kinds:
        up_to = events.last_seq(kept.setup.site)
        kept.lines = Lines.begun(kept.setup, kinds=kinds, up_to=up_to)
    else:
        kept.lines.read_on()
    kept.good_until = now + KEPT


def _asked(setup: Configuration, question: Callable[[_Kept, Lines, InUse], T | None]) -> T | None:
    """The answer to a question about the lines; None without a model, or when anything fails or takes long."""
    kept = _kept(setup)
    if time.monotonic() < kept.silent_until or not kept.lock.acquire(timeout=0.25):
        return None
    try:
        _refresh(kept)
        if kept.used is None or kept.lines is None:
            return None
        return question(kept, kept.lines, kept.used)
    except Exception:
        # The formula is there; who waits is not kept from their ticket by what was to make its time better.
        log.exception("waits.not-predicted site=%s", setup.site)
        kept.lines, kept.good_until, kept.silent_until = None, 0.0, time.monotonic() + NO_MODEL_KEPT
        return None
    finally:
        kept.lock.release()


def of_ticket(
    setup: Configuration, ticket: UUID, stage: UUID, at: datetime, *, fresh: bool
) -> WaitRange | None:
    """The range of one who waits; None: the formula is to say. ``fresh``: they joined a moment ago."""
    ref, moment = str(ticket), at.timestamp()

    def question(kept: _Kept, lines: Lines, used: InUse) -> WaitRange | None:
        if fresh and not lines.pools.waits(ref):
            _refresh(kept, at_once=True)
        if not lines.pools.waits(ref) or _is_past(lines, moment) or lines.pools.length(str(stage)) > LONG:
            return None
        model, seen = model_of(used), lines.pools.sight(moment, ref)
        return of_seconds(*used.range(model.waits([seen])[0])) if model.knows(seen) else None

    return _asked(setup, question)


def of_newcomers(setup: Configuration, at: datetime) -> dict[UUID, WaitRange]:
    """The range of somebody of the ordinary class who would join now, by first stages; what is left out: the formula."""
    group, moment = setup.default_class, at.timestamp()

    def question(kept: _Kept, lines: Lines, used: InUse) -> dict[UUID, WaitRange] | None:
        if group is None or _is_past(lines, moment):
            return None
        key = (lines.seq, used, int(moment) // 2)
        if kept.newcomers[0] != key:
            first = [s.stages[0].id for s in setup.services.values() if s.is_active and s.stages]
            stages = [stage for stage in first if lines.pools.length(str(stage)) <= LONG]
            model = model_of(used)
            seen = [(stage, lines.pools.of_newcomer(moment, str(stage), group.key)) for stage in stages]
            known = [(stage, one) for stage, one in seen if model.knows(one)]
            waits = model.waits([one for _stage, one in known])
            told = zip(known, waits, strict=True)
            kept.newcomers = (key, {stage: of_seconds(*used.range(wait)) for (stage, _one), wait in told})
        return kept.newcomers[1]

    return _asked(setup, question) or {}


def _is_past(lines: Lines, moment: float) -> bool:
    return moment < lines.pools.latest - SAME_TIME
