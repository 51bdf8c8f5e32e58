"""The queue as it goes by: who waits, who is served, what happened lately. Times are seconds since the epoch.

It is told what happens, in order, and says what is known at a moment about somebody who waits. It never sees more.
"""

from __future__ import annotations

import bisect
import itertools
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import NamedTuple

FIRST_SERVICE = 300.0
"""Seconds that a service is taken to last until a few have been seen."""
FIRST_PATIENCE = 900.0
"""Seconds that customers are taken to wait before they give up, on the mean, until some have."""
_SEEN = 60
_WINDOWS = (60, 180, 600, 1800)
_PUT_IN_FRONT = 12 * 3600.0
_NOBODY = "\uffff"
"""Who is only thought of; the last of those who come in the same moment."""


class Waiting(NamedTuple):
    """Somebody in the queue. ``standing``: when they would have joined to stand where they do (priority is a head start)."""

    standing: float
    joined: float
    ref: str
    kind: str
    priority: int


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known about one who waits. Seconds where nothing else is said."""

    waited: float
    ahead: int
    """People who stand before them."""
    queue: int
    """All who wait, they themselves left out."""
    busy: int
    """Counters with a customer."""
    head_age: float
    """How long the one who waits longest has waited (HOL)."""
    last_wait: float
    """How long the last one called had waited (LES)."""
    service: float
    """The mean of the last services."""
    leaving: float
    """How many of those who wait give up in a second, each."""
    features: tuple[float, ...]
    """All of it for a model, in the order of NAMES."""


NAMES = (
    "waited", "ahead", "queue", "behind", "same-kind-ahead", "work-ahead", "head-age", "head-age-with-start", "mean-age",
    "busy", "seen-5-min", "seen-15-min", "elapsed-mean", "elapsed-longest", "elapsed-shortest", "fresh", "overdue",
    *(f"ended-{w}" for w in _WINDOWS), *(f"called-{w}" for w in _WINDOWS), *(f"joined-{w}" for w in _WINDOWS),
    "left-300", "last-wait", "mean-of-5", "mean-of-20", "same-priority", "since-call", "service", "service-of-15",
    "service-of-kind", "leaving", "formula-ahead", "formula-queue", "formula-by-staff", "hour", "weekday", "priority",
    "kind",
)  # fmt: skip


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


class Watch:
    """One queue. ``zone``: where its hours are."""

    def __init__(self, zone: tzinfo, *, kinds: Sequence[str] = ()) -> None:
        self._zone = zone
        self._kinds = {kind: n for n, kind in enumerate(kinds)}
        self._line: list[Waiting] = []
        self._by_ref: dict[str, Waiting] = {}
        self._busy: dict[str, tuple[float, str]] = {}
        self._seen: dict[str, float] = {}
        self._calls: deque[tuple[float, float, int]] = deque(maxlen=400)  # when, after how long, priority
        self._ends: deque[tuple[float, float]] = deque(maxlen=400)  # when, after how long
        self._joins: deque[tuple[float, float]] = deque(maxlen=800)
        self._leaves: deque[tuple[float, float]] = deque(maxlen=200)
        self._by_kind: dict[str, deque[float]] = {}
        self._waited_in_all = FIRST_PATIENCE
        self._left_in_all = 1.0

    def __len__(self) -> int:
        return len(self._line)

    # --- What happens ------------------------------------------------------------------------------

    def join(
        self, at: float, ref: str, *, kind: str = "", priority: int = 0, head_start: float = 0.0
    ) -> None:
        """Somebody takes a ticket; a head start in seconds lets them stand before who came a little earlier."""
        one = Waiting(at - head_start, at, ref, kind, priority)
        bisect.insort(self._line, one)
        self._by_ref[ref] = one
        self._joins.append((at, 0.0))

    def call(self, at: float, ref: str, counter: str) -> None:
        """Somebody who waits is called to a counter."""
        one = self._out(ref)
        if one is None:
            return
        self._calls.append((at, at - one.joined, one.priority))
        self._busy[counter] = (at, one.kind)
        self._seen[counter] = at
        self._waited_in_all += at - one.joined

    def leave(self, at: float, ref: str) -> None:
        """Somebody gives up."""
        one = self._out(ref)
        if one is None:
            return
        self._leaves.append((at, at - one.joined))
        self._waited_in_all += at - one.joined
        self._left_in_all += 1

    def end(self, at: float, counter: str) -> None:
        """A counter has finished with its customer."""
        begun = self._busy.pop(counter, None)
        if begun is None:
            return
        start, kind = begun
        self._ends.append((at, at - start))
        self._by_kind.setdefault(kind, deque(maxlen=_SEEN)).append(at - start)
        self._seen[counter] = at

    def gone(self, ref: str) -> Waiting | None:
        """Somebody leaves the line without giving up: was sent elsewhere, or their ticket was joined with another."""
        return self._out(ref)

    def back(self, one: Waiting) -> None:
        """Somebody stands in the line again, or elsewhere in it, and came no second time."""
        self._out(one.ref)
        bisect.insort(self._line, one)
        self._by_ref[one.ref] = one

    def behind(self, ref: str, places: int) -> None:
        """Somebody lets the next ones go first."""
        one = self._out(ref)
        if one is None:
            return
        at = bisect.bisect_left(self._line, one)
        last = self._line[at : at + places][-1:]
        self.back(one._replace(standing=max(one.standing, last[0].standing + 1e-3 if last else one.standing)))

    def busy(self, at: float, counter: str, kind: str = "") -> None:
        """A counter is at work on somebody who did not wait in this line just now."""
        self._busy[counter] = (at, kind)
        self._seen[counter] = at

    def free(self, counter: str) -> None:
        """A counter has nobody after all: the call was taken back."""
        self._busy.pop(counter, None)

    def standing(self, ref: str) -> Waiting | None:
        """Where somebody stands; None: they do not wait."""
        return self._by_ref.get(ref)

    def _out(self, ref: str) -> Waiting | None:
        one = self._by_ref.pop(ref, None)
        if one is not None:
            del self._line[bisect.bisect_left(self._line, one)]
        return one

    # --- What is known -----------------------------------------------------------------------------

    def sight(self, at: float, ref: str) -> Sight:
        """About one who waits.

        Raises:
            KeyError: nobody of that name waits.
        """
        return self.sights(at, (ref,))[0]

    def sights(self, at: float, refs: Iterable[str]) -> list[Sight]:
        """About several at one moment; what is the same for all is counted once.

        Raises:
            KeyError: somebody does not wait.
        """
        lately = self._lately(at)
        return [self._of(at, self._by_ref[ref], lately) for ref in refs]

    def of_newcomer(self, at: float, *, kind: str = "", priority: int = 0, head_start: float = 0.0) -> Sight:
        """About somebody who would join now; nothing is changed by asking."""
        oldest = self._joins[0] if len(self._joins) == self._joins.maxlen else None
        self.join(at, _NOBODY, kind=kind, priority=priority, head_start=head_start)
        try:
            return self.sight(at, _NOBODY)
        finally:
            self._out(_NOBODY)
            self._joins.pop()
            if oldest is not None:
                self._joins.appendleft(oldest)

    def _lately(self, at: float) -> _Lately:
        elapsed = sorted(at - start for start, _kind in self._busy.values())
        services = [seconds for _when, seconds in list(self._ends)[-_SEEN:]]
        service = _mean(services, FIRST_SERVICE) if len(services) > 5 else FIRST_SERVICE
        last = list(self._calls)
        waits = [wait for _when, wait, _priority in last]
        local = datetime.fromtimestamp(at, self._zone)
        heads = self._line[0] if self._line else None
        means = {kind: _mean(past, service) for kind, past in self._by_kind.items()}
        leaving = self._left_in_all / self._waited_in_all
        eldest = min((one.joined for one in self._line), default=at)
        return _Lately(
            elapsed=elapsed,
            service=service,
            leaving=leaving,
            means=means,
            work=[0.0, *itertools.accumulate(means.get(one.kind, service) for one in self._line)],
            formula=until_all_gone(len(self._line), max(1, len(elapsed)) / max(1.0, service), leaving),
            head_age=at - eldest,
            head_start_age=_age_with_start(heads, at) if heads else 0.0,
            last_wait=waits[-1] if waits else 0.0,
            calls=last[-_SEEN:],
            common=(
                _mean([at - one.joined for one in self._line], 0.0),
                float(len(elapsed)),
                float(sum(1 for c, seen in self._seen.items() if c in self._busy or at - seen <= 300)),
                float(sum(1 for c, seen in self._seen.items() if c in self._busy or at - seen <= 900)),
                _mean(elapsed, 0.0),
                elapsed[-1] if elapsed else 0.0,
                elapsed[0] if elapsed else 0.0,
                float(sum(1 for e in elapsed if e < service / 6)),
                float(sum(1 for e in elapsed if e > service)),
                *_counts(self._ends, at),
                *_counts(self._calls, at),
                *_counts(self._joins, at),
                float(sum(1 for when, *_ in self._leaves if at - when <= 300)),
                waits[-1] if waits else 0.0,
                _mean(waits[-5:], 0.0),
                _mean(waits[-20:], 0.0),
            ),
            since_call=at - last[-1][0] if last else 600.0,
            service_of_15=_mean(services[-15:], FIRST_SERVICE),
            hour=local.hour + local.minute / 60 + local.second / 3600,
            weekday=local.weekday(),
        )

    def _of(self, at: float, one: Waiting, lately: _Lately) -> Sight:
        place = bisect.bisect_left(self._line, one)
        queue = len(self._line) - 1
        busy = max(1, len(lately.elapsed))
        formula = lately.formula[place]
        staff = max(1.0, lately.common[3])
        same = [wait for _when, wait, priority in lately.calls if priority == one.priority][-3:]
        features = (
            at - one.joined,
            float(place),
            float(queue),
            float(queue - place),
            float(sum(1 for other in self._line[:place] if other.kind == one.kind)),
            lately.work[place] / busy,
            lately.head_age,
            lately.head_start_age,
            *lately.common,
            _mean(same, lately.last_wait),
            lately.since_call,
            lately.service,
            lately.service_of_15,
            lately.means.get(one.kind, lately.service),
            lately.leaving,
            formula,
            lately.formula[queue],
            formula * busy / staff,
            lately.hour,
            float(lately.weekday),
            float(one.priority),
            float(self._kinds.get(one.kind, -1)),
        )
        return Sight(
            at - one.joined,
            place,
            queue,
            len(lately.elapsed),
            lately.head_age,
            lately.last_wait,
            lately.service,
            lately.leaving,
            features,
        )


@dataclass(frozen=True, slots=True)
class _Lately:
    """What is the same for everybody who waits at one moment."""

    elapsed: list[float]
    service: float
    leaving: float
    means: dict[str, float]
    work: list[float]
    formula: list[float]
    head_age: float
    head_start_age: float
    last_wait: float
    calls: list[tuple[float, float, int]]
    common: tuple[float, ...]
    since_call: float
    service_of_15: float
    hour: float
    weekday: int


def _age_with_start(one: Waiting, at: float) -> float:
    """How long somebody has stood, the head start included; who was put to the very front stands a day before the others."""
    return at - (one.standing if one.joined - one.standing < _PUT_IN_FRONT else one.joined)


def _counts(past: Iterable[tuple[float, ...]], at: float) -> list[float]:
    """How many there were in each of the windows."""
    ages = [at - one[0] for one in past]
    return [float(sum(1 for age in ages if age <= window)) for window in _WINDOWS]


def until_all_gone(most: int, rate: float, leaving: float) -> list[float]:
    """For 0, 1, … people ahead: seconds until they and the one asked about are called; each may give up meanwhile.

    Whitt (1999), Predicting queueing delays, Management Science 45:870.
    """
    return list(itertools.accumulate(1 / (rate + place * leaving) for place in range(most + 1)))
