"""What can be booked and by what it is taken up: the overview, offers, resources, and how full the days are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from servicehall.channels.ops import asking
from servicehall.channels.ops.asking import Place
from servicehall.channels.ops.booking import merging
from servicehall.channels.ops.frame import frame
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import actions
from servicehall.rooms.booking import queries as booking

RULES = {
    "what": ("name_en", "name_zh", "hint_en", "hint_zh", "slug", "service", "need_0", "need_1", "need_2"),
    "time": ("minutes", "before", "after", "step", "lead", "horizon_days", "cutoff", "hold"),
    "who": ("group_most", "group_takes_places", "most_open", "needs_email", "is_public"),
    "come": ("early", "late", "lost", "merge", "merge_minutes", "priority"),
    "over": ("overbook_percent",),
    "list": ("position", "is_active"),
}
WEEK = 7


def asked(request: HttpRequest, slug: str, right: str = "") -> tuple[Actor, Place]:
    """Who looks at which site; whoever writes has to be allowed to change the setup.

    Raises:
        NotSignedIn, NotFound, NotAllowed: they may not.
    """
    right = right or ("setup.see" if request.method in {"GET", "HEAD"} else "setup.change")
    actor = asking.watcher(request, right)
    return actor, asking.place(slug, actor, right=right)


def shown(
    request: HttpRequest, name: str, actor: Actor, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page with times as the site has them."""
    may = {"may_change": actor.may("setup.change", place.id)}
    whole = {"place": place, "here": "booking", **may, **context, **frame(actor, site=place.id)}
    with timezone.override(place.timezone):
        response = render(request, f"ops/booking/{name}.html", whole, status=status)
    response["Cache-Control"] = "no-store"
    return response


def back(request: HttpRequest, slug: str, words: str) -> HttpResponse:
    """To the overview, which says what was done."""
    messages.success(request, words)
    response = HttpResponseRedirect(reverse("ops:booking", args=[slug]))
    response.status_code = 303
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Offers, resources, dates that are different; by POST resources are made of staff and counters."""
    actor, place = asked(request, slug)
    if request.method == "POST":
        try:
            staff = [UUID(one) for one in request.POST.getlist("staff")]
            counters = [UUID(one) for one in request.POST.getlist("counter")]
        except ValueError:
            raise BadInput(errors={"resource": "?"}) from None
        made = actions.add_resources_of(site_id=place.id, staff=staff, counters=counters, by=actor)
        return back(request, slug, _("Resources added: %(count)d.") % {"count": len(made)})
    unbooked, places = booking.without_resource(place.id)
    context = {
        "offers": booking.setup_offers(place.id, actor=actor),
        "resources": booking.setup_resources(place.id, actor=actor),
        "dates": booking.setup_dates(place.id, place.today, actor=actor),
        "staff": unbooked,
        "counters": places,
    }
    return shown(request, "overview", actor, place, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resource(request: HttpRequest, slug: str, resource_id: UUID | None = None) -> HttpResponse:
    """Add a resource, or change one."""
    actor, place = asked(request, slug)
    row = booking.setup_resource(place.id, resource_id, actor=actor) if resource_id else None
    form = actions.ResourceForm(_data(request), instance=row, site_id=place.id)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_resource(form, by=actor)
            return back(request, slug, _("%(name)s is saved.") % {"name": saved})
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
    context = {"form": form, "row": row}
    return shown(request, "resource", actor, place, context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, slug: str, offer_id: UUID | None = None) -> HttpResponse:
    """Add an offer, or change one."""
    actor, place = asked(request, slug)
    row = booking.setup_offer(place.id, offer_id, actor=actor) if offer_id else None
    form = actions.OfferForm(_data(request), instance=row, site_id=place.id)
    looked: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid() and _is_to_be_looked_at(request, form):
        looked = merging.look(place.id, row, form, actor=actor)
    elif request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_offer(form, by=actor)
            return back(request, slug, _("%(name)s is saved.") % {"name": saved})
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
    titles = _titles()
    parts = [(key, titles[key], [form[name] for name in names]) for key, names in RULES.items()]
    context = {
        "form": form,
        "row": row,
        "parts": parts,
        "risk": _risk(row) if row else None,
        "looked": looked,
        "resources": [one for one in booking.setup_resources(place.id, actor=actor) if one.is_active],
    }
    return shown(request, "offer", actor, place, context, status=422 if form.errors else 200)


def _is_to_be_looked_at(request: HttpRequest, form: actions.OfferForm) -> bool:
    """Whether booked customers would join the queue otherwise, and nobody has seen yet what that brings."""
    return form.changes_merging and request.POST.get("seen", "") != merging.seal(form)


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _titles() -> dict[str, str]:
    return {
        "what": _("What it is and what it takes"),
        "time": _("Times (minutes)"),
        "who": _("Who may book"),
        "come": _("Coming, and the queue"),
        "over": _("Overbooking"),
        "list": _("In lists"),
    }


def _risk(row: Any) -> dict[str, Any]:
    """What was measured, and for a day of 20 bookings with some percentages: how many more, and what is risked."""
    measured = booking.measured(row.pk)
    day = 20
    rows = []
    for percent in sorted({25, 50, 75, 100, row.overbook_percent} - {0}):
        more = booking.allowed(day, measured.rate, percent)
        risk = booking.risk(day, day + more, measured.rate) * 100
        rows.append({"percent": percent, "more": more, "risk": risk, "now": percent == row.overbook_percent})
    return {
        "measured": measured,
        "known": measured.rate > 0,
        "share": measured.rate * 100,
        "day": day,
        "rows": rows,
        "hour": booking.risk(1, 2, measured.rate) * 100,
    }


@never_cache
@require_GET
def capacity(request: HttpRequest, slug: str) -> HttpResponse:
    """How full each hour of a week is."""
    actor, place = asked(request, slug, "booking.see")
    day = asking.day_of(request.GET, "day", place.today) or place.today
    first = day - timedelta(days=day.weekday())
    days = [first + timedelta(days=n) for n in range(WEEK)]
    found = booking.fullness(place.id, first, days[-1], actor=actor)
    by_hour = {(one.hour, one.day): one for one in found}
    hours = sorted({one.hour for one in found})
    context = {
        "days": days,
        "day": day,
        "lines": [(hour, [_cell(by_hour.get((hour, one))) for one in days]) for hour in hours],
        "before": (first - timedelta(days=WEEK)).isoformat(),
        "after": (first + timedelta(days=WEEK)).isoformat(),
    }
    return shown(request, "capacity", actor, place, context)


def _cell(one: Any) -> dict[str, Any] | None:
    if one is None:
        return None
    open_to_booking = one.public + one.staff
    full = min(round((open_to_booking - one.free) / open_to_booking * 20) * 5, 100) if open_to_booking else 0
    return {"row": one, "open": open_to_booking, "full": full, "over": one.booked > open_to_booking > 0}
