"""The calendar's page: a day by resources, a week of all, a week of one resource; and its fresh part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from servicehall.channels.desk.access import Ground, for_staff, in_hall
from servicehall.channels.desk.frame import frame
from servicehall.kernel import clock, events
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.hall import queries as hall

from .drawing import sheet

RIGHT = "booking.see"
VIEWS = ("day", "week", "resource")
LIVE = (
    "appointment.booked,appointment.moved,appointment.late,appointment.cancelled,appointment.arrived,"
    "appointment.lost,appointment.returned,appointment.ended,appointment.confirmed,setup.changed"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be seen: which view, around which date, only which offer and resource."""

    view: str
    day: date
    offer: str = ""
    resource: str = ""
    all_states: bool = False

    @property
    def first(self) -> date:
        return self.day if self.view == "day" else self.day - timedelta(days=self.day.weekday())

    @property
    def last(self) -> date:
        return self.day if self.view == "day" else self.first + timedelta(days=6)

    def address(self, **other: Any) -> str:
        """The query of this view, with something different."""
        fields: dict[str, Any] = {"view": self.view, "day": self.day.isoformat(), "offer": self.offer}
        fields |= {"resource": self.resource, "all": "1" if self.all_states else ""}
        return urlencode({k: v for k, v in (fields | other).items() if v})

    @property
    def step(self) -> timedelta:
        return timedelta(days=1 if self.view == "day" else 7)


def wanted(query: QueryDict, today: date) -> Wanted:
    """What an address asks for.

    Raises:
        BadInput: its day is none.
    """
    view = query.get("view", "")
    try:
        day = date.fromisoformat(query.get("day", "")) if query.get("day") else today
    except ValueError:
        raise BadInput(errors={"day": "YYYY-MM-DD"}) from None
    if not date(2000, 1, 1) <= day <= date(2200, 1, 1):
        raise BadInput(errors={"day": "2000–2200"})
    resource = query.get("resource", "")[:40]
    return Wanted(
        view if view in VIEWS else "day", day, query.get("offer", "")[:40], resource, query.get("all") == "1"
    )


@require_safe
@for_staff
def page(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """The whole page."""
    ground = in_hall(actor, site, RIGHT)
    context = {**shown(request, ground, site), **frame(actor, ground=ground, here="calendar"), "wide": True}
    return rendered(request, "desk/calendar/page.html", context)


@require_safe
@for_staff
def part(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """The part that keeps itself fresh; nothing (204) while nothing happened in the hall."""
    ground = in_hall(actor, site, RIGHT)
    if request.GET.get("seen") == str(events.last_seq(ground.site_id)):
        return HttpResponse(status=204)
    return fresh(request, ground, site)


def fresh(request: HttpRequest, ground: Ground, site: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """The fresh part: the answer to an act."""
    context = {**shown(request, ground, site), **more}
    return rendered(request, "desk/calendar/part.html", context, status=status)


def rendered(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page with times as the hall has them."""
    with timezone.override(context["zone"]):
        return render(request, name, context, status=status)


def shown(request: HttpRequest, ground: Ground, slug: str) -> dict[str, Any]:
    """Everything that the part shows (a constant number of queries)."""
    zone, now = str(hall.site(ground.site_id).timezone), clock.now()
    today = clock.local(now, zone).date()
    view = wanted(request.GET, today)
    seq = events.last_seq(ground.site_id)
    resources = booking.resources(ground.site_id)
    offers = booking.offers(ground.site_id, public=False)
    columns = _columns(ground, view, resources, offers)
    rows, gone = appointments(ground, view, {one.resource.pk for one in columns})
    context: dict[str, Any] = {
        "slug": slug,
        "zone": zone,
        "view": view,
        "today": today,
        "seq": seq,
        "resources": resources,
        "offers": [one.row for one in offers],
        "count": len(rows) - gone,
        "gone": gone,
        "query": view.address(),
        "before": view.address(day=(view.day - view.step).isoformat()),
        "after": view.address(day=(view.day + view.step).isoformat()),
        "to_today": view.address(day=today.isoformat()),
        "views": [(name, view.address(view=name)) for name in VIEWS],
        "may_change": ground.may("booking.change"),
        "may_export": ground.may("ops.export"),
        "may_set_up": ground.may("setup.see"),
        "do": reverse("desk:calendar-act", args=[slug, "x"]).removesuffix("x"),
        "asks": reverse("desk:calendar-ask", args=[slug, "x"]).removesuffix("x"),
        # Agents may not read all of a site's events: their page asks again by itself.
        "live": f"/live/sites/{slug}" if ground.may("events.read") else "",
        "live_kinds": LIVE,
    }
    if view.view == "week":
        return {**context, "week": _week(columns, rows), "days": _days(view)}
    return {**context, "sheet": sheet(columns, rows, zone=zone, today=today, now=now)}


def appointments(ground: Ground, view: Wanted, shown: set[UUID]) -> tuple[list[Any], int]:
    """The appointments of the resources that are shown, and how many were cancelled (shown only on demand)."""
    rows = booking.of_day(ground.site_id, view.first, view.last, actor=ground.actor)
    rows = [row for row in rows if not view.offer or view.offer == row.offer.slug]
    if view.resource or view.view == "resource":
        rows = [row for row in rows if shown & {one.resource_id for one in row.assignments.all()}]
    gone = [row for row in rows if row.state == "cancelled"]
    if view.all_states:
        return rows, len(gone)
    return [row for row in rows if row.state != "cancelled"], 0


def _columns(ground: Ground, view: Wanted, resources: list[Any], offers: list[Any]) -> list[Any]:
    columns = booking.columns(ground.site_id, view.first, view.last, actor=ground.actor)
    offered: set[UUID] | None = None
    if view.offer:
        offered = {pk for one in offers if one.row.slug == view.offer for need in one.needs for pk in need}
    only = view.resource or (resources[0].slug if view.view == "resource" and resources else "")
    return [
        one
        for one in columns
        if (not only or one.resource.slug == only) and (offered is None or one.resource.pk in offered)
    ]


def _days(view: Wanted) -> list[date]:
    return [view.first + timedelta(days=n) for n in range(7)]


def _week(columns: list[Any], rows: list[Any]) -> list[dict[str, Any]]:
    """For each resource seven days: how many come, the first and the last of them, how full the hours are."""
    booked: dict[tuple[UUID, date], list[Any]] = {}
    for row in rows:
        if row.state != "cancelled":
            for pk in {one.resource_id for one in row.assignments.all()}:
                booked.setdefault((pk, row.day), []).append(row)
    lines: dict[UUID, dict[str, Any]] = {}
    for one in columns:
        line = lines.setdefault(one.resource.pk, {"resource": one.resource, "days": []})
        here = booked.get((one.resource.pk, one.day), [])
        hours = sum(s.ends - s.begins for s in one.spans if s.audience != "walk_in") * one.resource.places
        taken = sum(int((row.ends_at - row.starts_at).total_seconds() // 60) for row in here)
        line["days"].append(
            {
                "day": one.day,
                "count": len(here),
                "first": here[0].starts_at if here else None,
                "last": here[-1].ends_at if here else None,
                "open": bool(hours),
                "full": min(round(taken / hours * 20) * 5, 100) if hours else 0,
            }
        )
    return list(lines.values())
