"""Tables of the load watch: rules, what came of them, plans for days of their own."""

from .episodes import DISMISSED, OVER, PROPOSED, RUNNING, UNDONE, Episode
from .plans import Plan, PlanCounter, PlanPoint, PlanShift
from .rules import LoadRule, Watch

__all__ = [
    "DISMISSED",
    "OVER",
    "PROPOSED",
    "RUNNING",
    "UNDONE",
    "Episode",
    "LoadRule",
    "Plan",
    "PlanCounter",
    "PlanPoint",
    "PlanShift",
    "Watch",
]
