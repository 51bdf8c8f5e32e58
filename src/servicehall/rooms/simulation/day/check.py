"""The simulated day against theory: halls simple enough for a formula, and whether it lies in their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .hall import simulate_day
from .outcome import ALL, of_day
from .plan import DAY, ClassPlan, CounterPlan, Plan, Rules, ServicePlan, Shift, StagePlan
from .ranges import Range, interval
from .spreads import Spread
from .theory import Expected, erlang_a, erlang_c

WARM_UP, COOL_DOWN = 180, 120
"""Minutes of the day that are left out: before, the hall is not yet full; after, not all waits are over."""


@dataclass(frozen=True, slots=True)
class Case:
    """A hall of one service. Rates are per hour; ``leaving`` 0: nobody leaves."""

    name: str
    arrivals: float
    service: float
    counters: int
    leaving: float = 0.0

    def expected(self) -> Expected:
        """What theory says."""
        if self.leaving:
            return erlang_a(self.arrivals, self.service, self.counters, self.leaving)
        return erlang_c(self.arrivals, self.service, self.counters)

    def plan(self) -> Plan:
        """The same hall as a plan."""
        patience = Spread("exponential", 60 / self.leaving) if self.leaving else None
        stage = StagePlan("", Spread("exponential", 60 / self.service))
        labels = [str(n + 1) for n in range(self.counters)]
        return Plan(
            self.name,
            ((0, DAY),),
            (ClassPlan("walk-in"),),
            (ServicePlan("one", (stage,), (self.arrivals,) * 24, {"walk-in": 1.0}, 2.0, patience),),
            tuple(CounterPlan(label, frozenset({("one", 0)})) for label in labels),
            tuple(Shift(label, 0, DAY) for label in labels),
            rules=Rules("fifo", come_minutes=0, missed_minutes=0, between_minutes=0),
        )


CASES = (
    Case("M/M/1", 36, 60, 1),
    Case("M/M/5", 90, 22, 5),
    Case("M/M/20", 220, 12, 20),
    Case("M/M/5+M", 130, 22, 5, 6),
    Case("M/M/20+M", 260, 12, 20, 3),
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A figure by theory and as simulated. Shares, and times in seconds."""

    case: str
    figure: str
    theory: float
    simulated: Range

    @property
    def agrees(self) -> bool:
        """Whether theory lies in the interval."""
        return self.simulated["low"] <= self.theory <= self.simulated["high"]


def against_theory(
    case: Case, *, days: int, seed: int, progress: Callable[[], object] = lambda: None
) -> Iterator[Agreement]:
    """Let the days pass, and compare."""
    plan, expected = case.plan(), case.expected()
    found = []
    for day in range(days):
        found.append(
            of_day(plan, simulate_day(plan, seed=seed, day=day), since=WARM_UP, until=DAY - COOL_DOWN)
        )
        progress()
    figures = {"time_in_queue": expected.time_in_queue * 3600}
    if case.leaving:
        figures["abandonment"] = expected.abandonment
    else:
        figures["had_to_wait"] = expected.waits
    for name, value in figures.items():
        simulated = interval([day.groups[ALL][name] for day in found])
        if simulated is not None:
            yield Agreement(case.name, name, value, simulated)
    hours = range(WARM_UP // 60, (DAY - COOL_DOWN) // 60)
    use = interval([sum(day.use[hour] or 0.0 for hour in hours) / len(hours) for day in found])
    if use is not None:
        yield Agreement(case.name, "staff_use", expected.use, use)
