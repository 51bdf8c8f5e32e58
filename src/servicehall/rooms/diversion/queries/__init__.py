"""Reads of the load watch. Never write."""

from servicehall.rooms.diversion.history import MEASURES as MEASURES_OF_HISTORY
from servicehall.rooms.diversion.history import Fired
from servicehall.rooms.diversion.hysteresis import ALL_WEEK
from servicehall.rooms.diversion.outside import (
    can_book,
    knows_kiosks,
    register_booking,
    register_closed_kiosks,
)
from servicehall.rooms.diversion.phrases import amount, condition, days, end, of_what, what
from servicehall.rooms.diversion.points import made_by_plans

from .customers import Offer, hidden_at_kiosks, notices, offers
from .episodes import EpisodeView, asked, history, open_episodes
from .plans import DRAFT, HolidayPlan, PlannedShift, described, extra_staff, plan_of, plans_of
from .rules import RuleNow, Tried, choices, flow_names, load_now, rule_of, rules_of, try_rule, watched_sites

__all__ = [
    "ALL_WEEK",
    "DRAFT",
    "MEASURES_OF_HISTORY",
    "EpisodeView",
    "Fired",
    "HolidayPlan",
    "Offer",
    "PlannedShift",
    "RuleNow",
    "Tried",
    "amount",
    "asked",
    "can_book",
    "choices",
    "condition",
    "days",
    "described",
    "end",
    "extra_staff",
    "flow_names",
    "hidden_at_kiosks",
    "history",
    "knows_kiosks",
    "load_now",
    "made_by_plans",
    "notices",
    "of_what",
    "offers",
    "open_episodes",
    "plan_of",
    "plans_of",
    "register_booking",
    "register_closed_kiosks",
    "rule_of",
    "rules_of",
    "try_rule",
    "watched_sites",
    "what",
]
