"""Temporary counters of plans: set up when the plan takes effect, out of use again when it has ended. In the site's line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from servicehall.kernel.languages import NAMES, Text
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing

from .models import Plan, PlanPoint


def names_of(label: str) -> Text:
    """What a temporary counter is called, in all languages."""
    found: Text = {}
    for language in NAMES:
        with translation.override(language.lower()):
            found[language] = _("Counter %(label)s") % {"label": label}
    return found


def made_by_plans(site_id: UUID) -> set[str]:
    """The ids of the counters that plans in effect have set up (one query)."""
    plans = Plan.objects.filter(site_id=site_id, state=Plan.State.APPLIED).values_list("did", flat=True)
    return {str(one["counter"]) for did in plans for one in did.get("points", []) if one["counter"]}


def labels_taken(site_id: UUID) -> set[str]:
    """The labels of the site's counters in use, without those that are there for a plan only."""
    temporary = made_by_plans(site_id)
    known = queueing.setup_choices(site_id)
    return {one.label for one in known.counters if str(one.id) not in temporary}


def set_up(site_id: UUID, points: Iterable[PlanPoint], at: datetime) -> list[dict[str, Any]]:
    """Let the plan's counters exist; each with its counter's id (None: its label was taken, and it was left out)."""
    found = []
    for point in points:
        counter = queue.open_temporary_counter(
            site_id=site_id,
            zone_id=point.zone_id,
            label=point.label,
            names=names_of(point.label),
            stages=[one.pk for one in point.stages.all()],
            by=SYSTEM,
            at=at,
        )
        found.append(
            {"point": str(point.pk), "label": point.label, "counter": str(counter) if counter else None}
        )
    return found


def take_down(site_id: UUID, did: Mapping[str, Any], at: datetime) -> None:
    """Take the counters that a plan set up out of use; they are kept, for the records and for the next time."""
    for one in did.get("points", []):
        if one["counter"]:
            queue.retire_counter(site_id=site_id, counter_id=UUID(one["counter"]), by=SYSTEM, at=at)
