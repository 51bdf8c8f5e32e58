"""The acts of the load watch: the only writers of its tables."""

from .deciding import accept, dismiss, undo
from .offering import take_offer
from .planning import CounterServes, add_plan, apply_plan, cancel_plan, schedule_plan, take_back_plan
from .refusals import AlreadyDecided, DaysTaken, NotOffered, PlanGone
from .ruling import RuleFields, add_rule, change_rule, switch_rule
from .watching import watch_site

__all__ = [
    "AlreadyDecided",
    "CounterServes",
    "DaysTaken",
    "NotOffered",
    "PlanGone",
    "RuleFields",
    "accept",
    "add_plan",
    "add_rule",
    "apply_plan",
    "cancel_plan",
    "change_rule",
    "dismiss",
    "schedule_plan",
    "switch_rule",
    "take_back_plan",
    "take_offer",
    "undo",
    "watch_site",
]
