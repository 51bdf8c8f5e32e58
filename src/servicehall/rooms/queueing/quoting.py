"""A follower of the queue's log: what customers are told of their wait, and what comes of it.

It writes down each wait as it begins, as the screens say it then, and how long it was when the call comes; with every
wait that ends, the calibration of the site's model moves, for all processes. A model whose ranges hold no longer is
taken out of use: the formula says what is said from then on, until a new lesson (actions/waits.py).
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import StoredEvent, record
from servicehall.kernel.followers import follower
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import at_start

from . import configuration, store, watching
from .configuration import Configuration
from .estimate import wait_range
from .events import WaitModelDrifted
from .history import WaitModel, WaitQuote
from .queries.waits import mean_minutes
from .watching import InUse, Lines

if TYPE_CHECKING:
    from .prediction.model import Model
    from .prediction.watch import Sight

log = logging.getLogger(__name__)
PAST = timedelta(days=1)
"""What was told so long ago is not made up afterwards."""
AS_TOLD = timedelta(minutes=1)
"""What the formula said depends on the counters at work then, which is known for so long."""
SEEN = 100
"""The share in range is of about so many waits, the last ones counting most."""
LEAST_ENDED = 50
"""Before so many waits have ended, nothing is said about a model's drift."""
HOLDS = (0.65, 0.95)
"""The share in range with which a model stays in use; it promises 0.8."""
_followed: OrderedDict[UUID, Lines] = OrderedDict()


def forget() -> None:
    """Drop what is kept, as a worker that has just begun."""
    _followed.clear()


@dataclass(frozen=True, slots=True, eq=False)
class _Began:
    """A wait that began, with what was known of it."""

    event: StoredEvent
    ref: str
    stage: UUID
    seen: Sight


@follower("queueing.quotes", kinds=("ticket.*",), pace=1.0)
def keep_quotes(events: list[StoredEvent]) -> None:
    """Write down the waits that began, and the outcome of those that ended."""
    fresh = [event for event in events if clock.now() - event.at < PAST]
    if not fresh:
        return
    site = fresh[0].site_id
    setup = configuration.of_site(site)
    used = watching.in_use(site)
    model = _model(used)
    lines = _lines(setup, list(model.kinds) if model else watching.kinds_of(setup), fresh[0].seq)
    began: list[_Began] = []
    ended: dict[str, float | None] = {}
    for event in fresh:
        for effect in lines.tell(event):
            if effect.what == "joined" and lines.pools.length(effect.stage) <= watching.LONG:
                seen = lines.pools.sight(lines.pools.latest, effect.ref)
                began.append(_Began(event, effect.ref, UUID(effect.stage), seen))
                ended.pop(effect.ref, None)
            elif effect.what in ("called", "back"):
                ended[effect.ref] = effect.waited if effect.what == "called" else None
    began = [one for one in began if one.stage in setup.stages]
    known = [one for one in began if model and model.knows(one.seen)]
    others = [one for one in began if one not in known]
    told = _learned(setup, known, model, used) if model and used and known else []
    WaitQuote.objects.bulk_create([*told, *_by_formula(setup, others)])
    _end(ended, used)


def _model(used: InUse | None) -> Model | None:
    try:
        return watching.model_of(used) if used else None
    except Exception:
        log.exception("waits.unreadable-model")
        return None


def _lines(setup: Configuration, kinds: list[str], seq: int) -> Lines:
    """The site's lines up to just before an event; begun anew when they are ahead of it: a batch was given back."""
    lines = _followed.pop(setup.site, None)
    if lines is None or lines.setup is not setup or lines.pools.kinds != kinds or lines.seq >= seq:
        lines = Lines.begun(setup, kinds=kinds, up_to=seq - 1)
    else:
        lines.read_on(seq - 1)
    _followed[setup.site] = lines
    if len(_followed) > watching.MOST_SITES:
        _followed.popitem(last=False)
    return lines


def _quote(
    setup: Configuration, one: _Began, *, expected: float, low: float, high: float, version: int | None = None
) -> WaitQuote:
    moment = one.event.at
    return WaitQuote(
        site_id=setup.site,
        ticket_id=UUID(one.ref),
        service_id=setup.stages[one.stage].service,
        stage_id=one.stage,
        day=setup.day(moment),
        hour=clock.local(moment, setup.timezone).hour,
        told_at=moment,
        version=version,
        expected=round(expected, 1),
        low=round(low, 1),
        high=round(high, 1),
    )


def _learned(setup: Configuration, began: Iterable[_Began], model: Model, used: InUse) -> list[WaitQuote]:
    quotes = []
    for one, wait in zip(began, model.waits([one.seen for one in began]), strict=True):
        low, high = used.range(wait)
        quotes.append(_quote(setup, one, expected=wait.expected, low=low, high=high, version=used.version))
    return quotes


def _by_formula(setup: Configuration, began: Iterable[_Began]) -> list[WaitQuote]:
    now, quotes = clock.now(), []
    for one in began:
        if abs(now - one.event.at) > AS_TOLD:
            continue
        _ahead, counters, idle = store.standing(one.stage, {})
        minutes = mean_minutes(setup, setup.day(now) - timedelta(days=7))[setup.stages[one.stage].service]
        span = wait_range(ahead=one.seen.ahead, counters=counters, mean_minutes=minutes, idle=idle)
        if span is None:
            continue
        expected = 30.0 if one.seen.ahead < idle else (one.seen.ahead - idle + 1) * minutes * 60 / counters
        quotes.append(_quote(setup, one, expected=expected, low=span.low * 60, high=span.high * 60))
    return quotes


def _end(ended: dict[str, float | None], used: InUse | None) -> None:
    """Write down how long waits were, and let the calibration learn from those that the model in use told."""
    rows: dict[UUID, WaitQuote] = {}
    for row in WaitQuote.objects.filter(ticket_id__in=[UUID(ref) for ref in ended]).order_by("pk"):
        rows[row.ticket_id] = row  # the last one: a ticket waits once a stage
    learned = []
    for ticket, row in rows.items():
        if row.wait is None and used and row.version == used.version and ended[str(ticket)] is not None:
            learned.append(row)
        row.wait = ended[str(ticket)]
    WaitQuote.objects.bulk_update(rows.values(), ["wait"], batch_size=200)
    if learned and used:
        _calibrate(WaitModel.objects.get(pk=used.id), used, learned)


def _calibrate(model: WaitModel, used: InUse, learned: Iterable[WaitQuote]) -> None:
    calibration = used.calibration
    for row in learned:
        outcome = row.wait or 0.0
        calibration.learn(low=row.low, high=row.high, outcome=outcome)
        model.ended += 1
        model.inside += ((row.low <= outcome <= row.high) - model.inside) / SEEN
    model.below, model.above = calibration.below, calibration.above
    if model.ended >= LEAST_ENDED and not HOLDS[0] <= model.inside <= HOLDS[1]:
        model.state = WaitModel.State.DRIFTED
        record(WaitModelDrifted(model.version, round(model.inside, 3)), actor=SYSTEM, at=clock.now())
    model.save(update_fields=["below", "above", "ended", "inside", "state"])


@at_start
def load_learning() -> None:
    """Where models are in use, the trees' library is loaded before writers stand behind the follower that needs it."""
    if WaitModel.objects.filter(state=WaitModel.State.IN_USE).exists():
        from .prediction import model  # noqa: F401
