"""What an upgrade of running requests would do, and which versions are still in use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q

from servicehall.kernel.errors import NotFound
from servicehall.rooms.services.going_over import older, taken_over, verdicts
from servicehall.rooms.services.models import Flow, Instance, Version

MOST_LOOKED_AT = 2_000
"""Requests that a dry run derives anew: about a second's work. More are told as not looked at."""


@dataclass(slots=True)
class Report:
    """How many of the requests could go, how many not and why (by the words' keys), and examples of the latter."""

    can: int = 0
    cannot: dict[str, int] = field(default_factory=dict)
    steps: dict[str, list[str]] = field(default_factory=dict)
    left_out: int = 0

    @property
    def whole(self) -> bool:
        """Whether all were looked at."""
        return not self.left_out


@dataclass(frozen=True, slots=True)
class InUse:
    """A version, and how many requests run by it, wait for a person, came over to it."""

    version: Version
    open: int
    waiting: int
    came_over: int


def upgrade_report(flow: Flow, number: int, *, back: bool = False) -> Report:
    """The dry run: which running requests of a flow that ``flow_at`` found would go over to a version, or back from it.

    Changes nothing.

    Raises:
        NotFound: there is no such version.
    """
    version = Version.objects.defer("text").select_related("flow").filter(flow=flow, number=number).first()
    if version is None:
        raise NotFound
    rows = taken_over(version) if back else older(version)
    found, counts = Report(), Counter[str]()
    steps: dict[str, list[str]] = {}
    for _instance, one in verdicts(rows, None if back else version.pk, MOST_LOOKED_AT):
        if one.can:
            found.can += 1
            continue
        counts[one.why] += 1
        known = steps.setdefault(one.why, [])
        if one.step and one.step not in known:
            known.append(one.step)
    found.cannot, found.steps = dict(counts), steps
    found.left_out = max(0, rows.count() - found.can - sum(counts.values()))
    return found


def versions_in_use(flow: Flow) -> list[InUse]:
    """The versions of a flow that ``flow_at`` found, newest first, with what runs by each (two queries)."""
    state = Instance.State
    rows = (
        Instance.objects.filter(version__flow=flow, state__in=[state.OPEN, state.WAITING])
        .order_by()
        .values("version")
        .annotate(
            open=Count("pk", filter=Q(state=state.OPEN)),
            waiting=Count("pk", filter=Q(state=state.WAITING)),
            came_over=Count("pk", filter=Q(came_from__isnull=False)),
        )
    )
    known = {row["version"]: row for row in rows}
    none = {"open": 0, "waiting": 0, "came_over": 0}
    return [
        InUse(one, *(known.get(one.pk, none)[name] for name in ("open", "waiting", "came_over")))
        for one in flow.versions.defer("text")
    ]
