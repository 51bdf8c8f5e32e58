"""Facts that this room publishes. Ids and numbers; the names of rules, so that screens need no look-up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact
from servicehall.kernel.languages import Text


@dataclass(frozen=True, slots=True)
class _OfEpisode:
    episode: UUID
    rule: UUID
    rule_names: Text
    action: str


@fact("load.proposed")
@dataclass(frozen=True, slots=True)
class LoadProposed(_OfEpisode):
    """A rule fired; a supervisor is asked. ``value`` of ``measure`` (minutes, per cent, people)."""

    measure: str
    value: float


@fact("load.begun")
@dataclass(frozen=True, slots=True)
class LoadBegun(_OfEpisode):
    """The rule's action took effect; ``did``: what it changed."""

    measure: str
    value: float
    did: dict[str, object]


@fact("load.accepted")
@dataclass(frozen=True, slots=True)
class LoadAccepted(_OfEpisode):
    """A supervisor accepted what was proposed."""


@fact("load.dismissed")
@dataclass(frozen=True, slots=True)
class LoadDismissed(_OfEpisode):
    """A supervisor dismissed what was proposed."""


@fact("load.undone")
@dataclass(frozen=True, slots=True)
class LoadUndone(_OfEpisode):
    """The action was taken back by hand; ``left``: it was left as a person had changed it meanwhile."""

    left: bool


@fact("load.over")
@dataclass(frozen=True, slots=True)
class LoadOver(_OfEpisode):
    """The load is over; what ran was taken back. ``was``: the state before."""

    was: str
    left: bool


@fact("load.offer-taken")
@dataclass(frozen=True, slots=True)
class OfferTaken(_OfEpisode):
    """A customer took what was offered instead of a ticket here."""


@fact("load.rule-changed")
@dataclass(frozen=True, slots=True)
class RuleChanged:
    """A rule was ``added``, ``changed``, ``switched-on`` or ``switched-off``.

    From then on it holds on these ``weekdays`` (bits, the lowest is Monday), and on special days or not.
    """

    rule: UUID
    rule_names: Text
    act: str
    weekdays: int
    on_holidays: bool


@dataclass(frozen=True, slots=True)
class _OfPlan:
    plan: UUID
    plan_names: Text


@fact("plan.saved")
@dataclass(frozen=True, slots=True)
class PlanSaved(_OfPlan):
    """A plan was ``added`` or ``changed``; nothing happens until it is scheduled."""

    act: str


@fact("plan.scheduled")
@dataclass(frozen=True, slots=True)
class PlanScheduled(_OfPlan):
    """A plan was scheduled; the special days ``days`` are announced from now on."""

    first: str
    last: str
    days: list[str]


@fact("plan.applied")
@dataclass(frozen=True, slots=True)
class PlanApplied(_OfPlan):
    """A plan took effect; ``did``: what it changed."""

    did: dict[str, object]


@fact("plan.taken-back")
@dataclass(frozen=True, slots=True)
class PlanTakenBack(_OfPlan):
    """What a plan had changed was taken back, except what a person changed meanwhile."""


@fact("plan.cancelled")
@dataclass(frozen=True, slots=True)
class PlanCancelled(_OfPlan):
    """A scheduled plan was given up."""
