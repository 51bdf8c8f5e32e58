"""What a plan of a day says. Times of day are minutes since midnight; durations are minutes; shares lie in 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .spreads import Spread

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A step of a service: which skills it needs and how long it takes."""

    name: str
    minutes: Spread
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """Who comes for a service, and what they put up with.

    ``arrivals``: walk-ins expected in each hour of the day, 24 numbers. ``classes``: share of each class, adding up to 1.
    ``patience``: how long somebody waits, in all stages, before leaving; None: for ever. ``no_show``: the share of calls
    that are missed; ``returns``: the share of those who missed it that come back, after ``return_minutes`` in the mean.
    ``postpones``: the share that lets others go first once, after five minutes of waiting. ``names``: what it is called, by
    language.
    """

    slug: str
    stages: tuple[StagePlan, ...]
    arrivals: tuple[float, ...] = (0.0,) * 24
    classes: Mapping[str, float] = field(default_factory=dict)
    target_minutes: float = 15.0
    patience: Spread | None = None
    no_show: float = 0.0
    returns: float = 0.0
    return_minutes: float = 10.0
    postpones: float = 0.0
    max_waiting: int | None = None
    daily_limit: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """A priority class, as ``queueing.PriorityClass`` has it."""

    key: str
    rate: float = 1.0
    head_start: float = 0.0
    rank: int = 100


@dataclass(frozen=True, slots=True)
class CounterPlan:
    """A counter and the (service, number of stage from 0) that it serves."""

    label: str
    stages: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody at a counter for a time; ``skills`` None: the counter's list alone decides what they serve."""

    counter: str
    begins: int
    ends: int
    skills: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """Somebody who booked a service for a time and comes with probability ``shows``."""

    at: int
    service: str
    shows: float = 1.0


@dataclass(frozen=True, slots=True)
class Merging:
    """How booked customers join those who walked in (``queueing``'s rule ``booked_key``), and how they come.

    They check in ``early_minutes`` before their time in the mean, with a standard deviation of ``early_spread``.
    """

    priority: str = ""
    rule: str = "lead"
    lead_minutes: float = 5.0
    late_minutes: float = 10.0
    early_minutes: float = 8.0
    early_spread: float = 6.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The queue's rules, as ``queueing.QueueRules`` has them, and what happens at a counter.

    ``come_minutes``: from the call to the beginning; ``missed_minutes``: how long a counter waits for somebody who does
    not come; ``between_minutes``: from the end of a visit to the next call.
    """

    discipline: str = "accumulating"
    return_minutes: int = 30
    late_places: int = 3
    postpone_places: int = 3
    postpone_times: int = 3
    come_minutes: float = 0.5
    missed_minutes: float = 2.0
    between_minutes: float = 0.3


@dataclass(frozen=True, slots=True)
class Plan:
    """A day: when the doors are open, who comes, who serves, by which rules. ``demand`` multiplies all arrivals."""

    name: str
    opens: tuple[tuple[int, int], ...]
    classes: tuple[ClassPlan, ...]
    services: tuple[ServicePlan, ...]
    counters: tuple[CounterPlan, ...]
    shifts: tuple[Shift, ...]
    appointments: tuple[Appointment, ...] = ()
    rules: Rules = Rules()
    merging: Merging = Merging()
    demand: float = 1.0

    def is_open(self, minute: float) -> bool:
        """Whether the doors are open at that minute of the day."""
        return any(begins <= minute < ends for begins, ends in self.opens)
