"""The acts of the load watch: the only writers of its tables."""

from .deciding import accept, dismiss, undo
from .offering import take_offer
from .plan_contents import CounterServes, PlanFields, PointWanted, ShiftWanted
from .planning import add_plan, apply_plan, cancel_plan, change_plan, schedule_plan, take_back_plan
from .refusals import AlreadyDecided, BookingsOutside, DaysTaken, NotOffered, PlanGone, PointsTaken
from .ruling import RuleFields, add_rule, change_rule, switch_rule
from .watching import watch_site

__all__ = [
    "AlreadyDecided",
    "BookingsOutside",
    "CounterServes",
    "DaysTaken",
    "NotOffered",
    "PlanFields",
    "PlanGone",
    "PointWanted",
    "PointsTaken",
    "RuleFields",
    "ShiftWanted",
    "accept",
    "add_plan",
    "add_rule",
    "apply_plan",
    "cancel_plan",
    "change_plan",
    "change_rule",
    "dismiss",
    "schedule_plan",
    "switch_rule",
    "take_back_plan",
    "take_offer",
    "undo",
    "watch_site",
]
