"""Facts that this room publishes: ids only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@dataclass(frozen=True, slots=True)
class _OfPlan:
    plan: UUID


@fact("day-plan.added")
@dataclass(frozen=True, slots=True)
class PlanAdded(_OfPlan):
    """Somebody made a plan of a day; ``copied`` from another one, when it was."""

    copied: UUID | None


@fact("day-plan.used")
@dataclass(frozen=True, slots=True)
class PlanUsed(_OfPlan):
    """It became a plan for special days, ``holiday``, which is not scheduled yet."""

    holiday: UUID


@fact("day-plan.changed")
@dataclass(frozen=True, slots=True)
class PlanChanged(_OfPlan):
    """It says something else now; what came of trying it out is gone."""


@fact("day-plan.removed")
@dataclass(frozen=True, slots=True)
class PlanRemoved(_OfPlan):
    """It is gone, with what came of it."""


@fact("day-plan.asked")
@dataclass(frozen=True, slots=True)
class PlanAsked(_OfPlan):
    """It is to be tried out on so many days."""

    days: int
    seed: int


@fact("day-plan.stopped")
@dataclass(frozen=True, slots=True)
class PlanStopped(_OfPlan):
    """Somebody wants its figures no more."""


@fact("day-plan.tried")
@dataclass(frozen=True, slots=True)
class PlanTried(_OfPlan):
    """Its figures are there (or it could not be tried out)."""

    days: int
    failed: bool
