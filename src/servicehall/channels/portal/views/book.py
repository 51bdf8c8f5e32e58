"""Booking a time: at which hall, what, when, and who comes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from servicehall.channels.flooding import count_ticket
from servicehall.channels.portal import calendar, own_bookings, own_record
from servicehall.channels.portal.booking_forms import HoldForm, TimesForm
from servicehall.channels.portal.pages import ACTOR, phone_page
from servicehall.kernel import clock, idempotency, languages
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.ids import uuid7
from servicehall.rooms.booking import actions, queries
from servicehall.rooms.hall import queries as halls

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site

MOST_LISTED = 20


def frame(place: Site) -> dict[str, Any]:
    """What the frame of a hall's pages needs."""
    return {"site": place, "site_name": languages.say(place.names), "timezone": place.timezone}


@require_safe
@phone_page
def sites(request: HttpRequest) -> HttpResponse:
    """At which hall? Where there is only one, its offers."""
    found = queries.sites_with_offers()
    if len(found) == 1:
        return HttpResponseRedirect(reverse("portal:book", args=[found[0].slug]))
    context = {
        "sites": found,
        "own": queries.held_by(own_bookings.codes(request)),
        "back_url": reverse("portal:home"),
    }
    return render(request, "portal/book/sites.html", context)


@require_safe
@phone_page
def offers(request: HttpRequest, site: str) -> HttpResponse:
    """What can be booked at a hall."""
    place = halls.site(site, actor=ACTOR)
    context = {
        "offers": queries.offers(place.pk),
        "own": [one for one in queries.held_by(own_bookings.codes(request)) if one.site_id == place.pk],
        "visit": TimesForm(request.GET).kept("visit") or "",
        "back_url": reverse("portal:site", args=[place.slug]),
    }
    return render(request, "portal/book/offers.html", {**frame(place), **context})


@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
def times(request: HttpRequest, site: str, offer: str) -> HttpResponse:
    """The days and times of an offer; a touch on a time holds it."""
    place = halls.site(site, actor=ACTOR)
    chosen = queries.offer(place.pk, offer)
    if not chosen.row.is_public:
        raise NotFound
    if request.method != "POST":
        return _times(request, place, offer)
    try:
        code = _held(request, place, offer)
    except Refused as problem:
        return _times(request, place, offer, problem=problem)
    response = HttpResponseRedirect(reverse("portal:booking-details", args=[code]))
    response.status_code = 303
    own_bookings.remember(request, response, code)
    return response


def _held(request: HttpRequest, place: Site, offer: str) -> str:
    """Hold the time; returns the code. The same touch twice is one."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        raise BadInput(errors={name: str(errors[0]) for name, errors in form.errors.items()})
    given = form.cleaned_data
    starts_at = actions.moment_said(given["at"], place.timezone)
    people = given["people"] or 1

    def act() -> idempotency.Answer:
        count_ticket(request, place.pk)
        row = actions.hold_time(
            site_id=place.pk,
            offer=offer,
            starts_at=starts_at,
            people=people,
            held=own_bookings.codes(request),
            customer_id=own_record.customer_at(request, place.region.organisation_id),
            language=languages.current(),
            party=_party(request, place, given["visit"]),
            by=ACTOR,
        )
        return idempotency.Answer(303, row.code)

    answer = idempotency.once(
        site_id=place.pk,
        scope=f"phone:hold:{starts_at.isoformat()}:{people}",
        key=given["idempotency_key"] or None,
        fingerprint=idempotency.fingerprint(request.path),
        act=act,
    )
    return answer.body


def _party(request: HttpRequest, place: Site, code: str) -> Any:
    """The visit that this belongs to: that of a booking which this browser holds."""
    if not code or code not in own_bookings.codes(request):
        return None
    first = queries.appointment(code)
    return (first.party or first.pk) if first.site_id == place.pk else None


def _times(request: HttpRequest, place: Site, offer: str, *, problem: Refused | None = None) -> HttpResponse:
    chosen = queries.offer(place.pk, offer)
    form = TimesForm({**request.GET.dict(), **request.POST.dict()})
    asked = form.kept("people") or 1
    most = chosen.row.group_most
    visit = form.kept("visit") or ""
    context = {
        **frame(place),
        "offer": chosen.row,
        "length": chosen.length,
        "people": min(asked, most),
        "too_many": asked > most,
        "visit": visit,
        "action": reverse("portal:book-times", args=[place.slug, chosen.row.slug]),
        "back_url": reverse("portal:book", args=[place.slug]) + (f"?visit={visit}" if visit else ""),
        **choice_of_times(place, chosen.row.slug, min(asked, most), form, problem=problem),
    }
    return render(request, "portal/book/times.html", context, status=problem.status if problem else 200)


def choice_of_times(
    place: Site, offer: str, people: int, form: TimesForm, *, problem: Refused | None = None
) -> dict[str, Any]:
    """The month, the chosen day's times, and what to do when there are none."""
    now = clock.now()
    today = clock.local(now, place.timezone).date()
    last = queries.last_day(place.pk, offer, at=now)
    day = form.kept("day")
    over = day is not None and not today <= day <= last
    soonest = queries.next_times(place.pk, offer, people=people, at=now)
    if day is None or over:
        day = clock.local(soonest[0], place.timezone).date() if soonest else None
        asked_month = form.kept("month")
        if asked_month is not None and (day is None or asked_month != day.replace(day=1)):
            day = None
    first = form.kept("month") or (day or today).replace(day=1)
    first = min(max(first, today.replace(day=1)), last.replace(day=1))
    end = calendar.next_month(first)
    found = {
        one.day: one.starts
        for one in queries.free_times(
            site_id=place.pk, offer=offer, first=max(first, today), last=min(end, last), people=people
        )
    }
    is_shown = day is not None and first <= day < end and day == form.kept("day")
    full = day if day is not None and is_shown and not found.get(day) else None
    if day is not None and day not in found:
        day = None
    starts = found.get(day, ()) if day else ()
    return {
        "key": uuid7(),
        "month": calendar.month_of(
            first, {one: len(s) for one, s in found.items()}, day or full, today, last
        ),
        "weekdays": calendar.weekdays(),
        "day": day,
        "day_words": calendar.long_day(day) if day else "",
        "groups": calendar.groups(starts, place.timezone),
        "over": over,
        "full": full,
        "full_words": calendar.long_day(full) if full else "",
        "problem": problem.problem() if problem else None,
        "nearest": _listed(problem.facts.get("nearest", ()) if problem else (), place),
        "could_be": _listed(problem.facts.get("could_be", ()) if problem else (), place),
        "soonest": [] if starts else _listed([one.isoformat() for one in soonest], place),
        "elsewhere": [] if soonest else queries.elsewhere(place.pk, offer, people=people),
        "offset_minutes": _offset(now, place),
    }


def _listed(moments: Any, place: Site) -> list[dict[str, Any]]:
    """Single times with their day, as they are offered instead of another."""
    found = []
    for text in calendar.said_times(moments)[:MOST_LISTED]:
        moment = datetime.fromisoformat(text)
        there = clock.local(moment, place.timezone)
        found.append({"at": text, "day": calendar.long_day(there.date()), "words": f"{there:%H:%M}"})
    return found


def _offset(now: datetime, place: Site) -> int:
    """Minutes that the site's clock is ahead of UTC, for phones that are in another zone."""
    there = clock.local(now, place.timezone).utcoffset()
    return int(there.total_seconds() // 60) if there else 0
