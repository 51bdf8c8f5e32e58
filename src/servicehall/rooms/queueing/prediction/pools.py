"""The lines of a hall as its events tell them: one watch for each group of stages that share counters.

What is learned from and what is asked about goes by here, one event after another, so a model never sees in its
lessons what it would not have seen at the time. Pure: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, ClassVar, Literal, NamedTuple

from .watch import Sight, Waiting, Watch

Facts = Mapping[str, Any]
"""Of an event, as the log has them."""
_MOST_CALLED = 2000
"""Of so many who were called it is remembered where they stood; who missed the call may never come back."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a hall's setup says who stands in whose line. Ids are text, as events have them."""

    zone: tzinfo
    pools: Mapping[str, int]
    """By stage and by counter: which line."""
    head_starts: Mapping[str, float]
    """By priority class, in seconds: how much earlier than they came its customers stand, about."""
    ranks: Mapping[str, int]


def joined_up(counters: Iterable[tuple[str, Iterable[str]]], stages: Iterable[str]) -> dict[str, int]:
    """Which line each stage and counter belongs to: stages that a counter serves stand in one."""
    above: dict[str, str] = {stage: stage for stage in stages}

    def top(one: str) -> str:
        while above[one] != one:
            one = above[one]
        return one

    for counter, served in counters:
        above[counter] = counter
        for stage in served:
            if stage in above:
                above[top(stage)] = top(counter)
    numbers: dict[str, int] = {}
    return {one: numbers.setdefault(top(one), len(numbers)) for one in above}


class Effect(NamedTuple):
    """What an event did to somebody's wait. ``back``: the call that ended it was taken back."""

    what: Literal["joined", "called", "left", "back"]
    ref: str
    stage: str
    waited: float = 0.0


@dataclass(slots=True)
class _At:
    counter: str
    pool: int


@dataclass(slots=True)
class Pools:
    """The lines of one hall; ``kinds``: the stages that a model tells apart."""

    layout: Layout
    kinds: Sequence[str] = ()
    _watches: dict[int, Watch] = field(default_factory=dict)
    _in_line: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    """Who waits: line, stage, priority class."""
    _at: dict[str, _At] = field(default_factory=dict)
    _stood: dict[str, tuple[Waiting, int, str, str]] = field(default_factory=dict)
    """Who was called: where they stood, for who comes back."""
    latest: float = 0.0
    """When the last thing happened that was told."""

    def tell(self, kind: str, at: float, data: Facts, *, by_system: bool = False) -> list[Effect]:
        """An event of the hall; what is no part of a line changes nothing."""
        act = self._ACTS.get(kind)
        if act is None:
            return []
        self.latest = max(at, self.latest)
        if kind == "ticket.requeued" and by_system and data["was"] == "held":
            return []  # for the counter that held them
        return act(self, self.latest, data)

    # --- What is known -----------------------------------------------------------------------------

    def waits(self, ref: str) -> bool:
        """Whether somebody stands in a line, as far as was told."""
        return ref in self._in_line

    def sight(self, at: float, ref: str) -> Sight:
        """What is known of one who waits.

        Raises:
            KeyError: nobody of that name waits.
        """
        return self.sights(at, [ref])[0]

    def sights(self, at: float, refs: Sequence[str]) -> list[Sight]:
        """The same of several; what is the same for all of a line is counted once.

        Raises:
            KeyError: somebody does not wait.
        """
        lines: dict[int, list[str]] = {}
        for ref in refs:
            lines.setdefault(self._in_line[ref][0], []).append(ref)
        found: dict[str, Sight] = {}
        for pool, some in lines.items():
            found |= zip(some, self._watch(pool).sights(max(at, self.latest), some), strict=True)
        return [found[ref] for ref in refs]

    def of_newcomer(self, at: float, stage: str, priority: str) -> Sight:
        """What would be known of somebody who joined now.

        Raises:
            KeyError: the hall has no such stage.
        """
        return self._watch(self.layout.pools[stage]).of_newcomer(
            max(at, self.latest),
            kind=stage,
            priority=self.layout.ranks.get(priority, 0),
            head_start=self.layout.head_starts.get(priority, 0.0),
        )

    def length(self, stage: str) -> int:
        """How many wait in the line that a stage is part of."""
        return len(self._watch(self.layout.pools.get(stage, -1)))

    def _watch(self, pool: int) -> Watch:
        if pool not in self._watches:
            self._watches[pool] = Watch(self.layout.zone, kinds=self.kinds)
        return self._watches[pool]

    # --- What happens ------------------------------------------------------------------------------

    def _issued(self, at: float, data: Facts) -> list[Effect]:
        return [self._join(at, data)]

    def _started(self, at: float, data: Facts) -> list[Effect]:
        if data["ticket"] not in self._at:
            self._sit(at, data)
        return []

    def _left_counter(self, at: float, data: Facts) -> list[Effect]:
        self._end(at, data["ticket"])
        return []

    def _finished(self, at: float, data: Facts) -> list[Effect]:
        self._end(at, data["ticket"])
        self._stood.pop(data["ticket"], None)
        return []

    def _advanced(self, at: float, data: Facts) -> list[Effect]:
        self._end(at, data["ticket"])
        return [self._join(at, data)]

    def _transferred(self, at: float, data: Facts) -> list[Effect]:
        ref = data["ticket"]
        self._end(at, ref)
        stood = self._stood_of(ref)
        found = self._gone(ref)
        if not (data["for_counter"] or data["for_staff"]):
            found.append(self._join(at, data, as_if=self._place(data, stood)))
        return found

    def _requeued(self, at: float, data: Facts) -> list[Effect]:
        ref, was = data["ticket"], data["was"]
        here = self._in_line.get(ref)
        if was == "waiting" and here:
            one, place = self._watch(here[0]).standing(ref), self._place(data, None)
            if one and place is not None:
                self._watch(here[0]).back(one._replace(standing=place))
            return []
        if was == "waiting" and not data["counter"]:
            return []  # sent to a counter or person, and stays so
        self._end(at, ref)
        stood = None if was == "no_show" else self._stood_of(ref)
        return [self._join(at, data, as_if=self._place(data, stood))]

    def _place(self, data: Facts, otherwise: float | None) -> float | None:
        """The moment as whose newcomer somebody stands now; events of older programs do not tell."""
        if "arrival" not in data:
            return otherwise
        return float(data["arrival"]) / 1e6 - self.layout.head_starts.get(data["priority"], 0.0)

    def _cancelled(self, at: float, data: Facts) -> list[Effect]:
        if data["was"] == "waiting":
            return self._gone(data["ticket"], at)
        return self._over(at, data)

    def _over(self, at: float, data: Facts) -> list[Effect]:
        self._end(at, data["ticket"])
        self._stood.pop(data["ticket"], None)
        return self._gone(data["ticket"])

    def _postponed(self, _at: float, data: Facts) -> list[Effect]:
        if here := self._in_line.get(data["ticket"]):
            self._watch(here[0]).behind(data["ticket"], int(data["places"]))
        return []

    def _reclassed(self, _at: float, data: Facts) -> list[Effect]:
        ref, priority = data["ticket"], data["priority"]
        here = self._in_line.get(ref)
        one = self._watch(here[0]).standing(ref) if here else None
        if here and one:
            starts = self.layout.head_starts
            moved = one.standing + starts.get(here[2], 0.0) - starts.get(priority, 0.0)
            rank = self.layout.ranks.get(priority, 0)
            self._watch(here[0]).back(one._replace(standing=moved, priority=rank))
            self._in_line[ref] = (here[0], here[1], priority)
        return []

    def _join(self, at: float, data: Facts, *, as_if: float | None = None) -> Effect:
        ref, stage, priority = data["ticket"], data["stage"], data["priority"]
        self._gone(ref)
        pool = self.layout.pools.get(stage, -1)
        start = self.layout.head_starts.get(priority, 0.0) if as_if is None else max(0.0, at - as_if)
        rank = self.layout.ranks.get(priority, 0)
        self._watch(pool).join(at, ref, kind=stage, priority=rank, head_start=start)
        self._in_line[ref] = (pool, stage, priority)
        return Effect("joined", ref, stage)

    def _called(self, at: float, data: Facts) -> list[Effect]:
        ref, counter = data["ticket"], data["counter"]
        self._end(at, ref)
        here = self._in_line.pop(ref, None)
        stood = self._watch(here[0]).standing(ref) if here else None
        if here is None or stood is None:
            self._sit(at, data)
            return []
        self._watch(here[0]).call(at, ref, counter)
        self._at[ref] = _At(counter, here[0])
        self._stood[ref] = (stood, *here)
        if len(self._stood) > _MOST_CALLED:
            self._stood.pop(next(iter(self._stood)))
        return [Effect("called", ref, here[1], at - stood.joined)]

    def _sit(self, at: float, data: Facts) -> None:
        pool = self.layout.pools.get(data["counter"], -1)
        self._watch(pool).busy(at, data["counter"], data["stage"])
        self._at[data["ticket"]] = _At(data["counter"], pool)

    def _end(self, at: float, ref: str) -> None:
        if here := self._at.pop(ref, None):
            self._watch(here.pool).end(at, here.counter)

    def _gone(self, ref: str, gave_up_at: float | None = None) -> list[Effect]:
        here = self._in_line.pop(ref, None)
        if here is None:
            return []
        if gave_up_at is None:
            self._watch(here[0]).gone(ref)
        else:
            self._watch(here[0]).leave(gave_up_at, ref)
        return [Effect("left", ref, here[1])]

    def _stood_of(self, ref: str) -> float | None:
        """The moment as whose newcomer somebody stood, when they waited last."""
        if here := self._in_line.get(ref):
            one = self._watch(here[0]).standing(ref)
            return one.standing if one else None
        return self._stood[ref][0].standing if ref in self._stood else None

    def _undone(self, at: float, data: Facts) -> list[Effect]:
        ref, state = data["ticket"], data["state"]
        if here := self._at.pop(ref, None):
            self._watch(here.pool).free(here.counter)
        if state in ("called", "serving"):
            found = self._gone(ref)
            self._sit(at, data)
            return found
        if state == "waiting" and ref in self._stood and ref not in self._in_line:
            one, pool, stage, priority = self._stood[ref]
            self._watch(pool).back(one)
            self._in_line[ref] = (pool, stage, priority)
            return [Effect("back", ref, stage)]
        return []

    _ACTS: ClassVar[dict[str, Callable[[Any, float, Facts], list[Effect]]]] = {
        "ticket.issued": _issued,
        "ticket.called": _called,
        "ticket.started": _started,
        "ticket.resumed": _started,
        "ticket.finished": _finished,
        "ticket.no-show": _left_counter,
        "ticket.held": _left_counter,
        "ticket.advanced": _advanced,
        "ticket.transferred": _transferred,
        "ticket.requeued": _requeued,
        "ticket.cancelled": _cancelled,
        "ticket.expired": _over,
        "ticket.merged": _over,
        "ticket.postponed": _postponed,
        "ticket.reclassed": _reclassed,
        "ticket.undone": _undone,
    }
