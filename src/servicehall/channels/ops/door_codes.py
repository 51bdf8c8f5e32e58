"""The code of the day for the door: a sheet to print or to show, and those of the days to come."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.channels.page_context import public_url
from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.hall import queries as hall

from . import asking

RIGHT = "booking.see"
AHEAD = 7
"""Days for which sheets can be printed beforehand."""


@never_cache
@require_GET
def door_code(request: HttpRequest, slug: str) -> HttpResponse:
    """An A4 sheet with the code and a QR code that types it; another day by ``?day=``."""
    actor = asking.watcher(request, RIGHT)
    place = asking.place(slug, actor, right=RIGHT)
    today = clock.business_day(clock.now(), place.timezone, place.day_ends)
    days = [today + timedelta(days=n) for n in range(AHEAD)]
    day = asking.day_of(request.GET, default=today)
    if day not in days:
        raise BadInput(errors={"day": f"{days[0]} … {days[-1]}"})
    code = booking.code_at_door(place.id, day, actor=actor)
    arrive = public_url(request, reverse("portal:arrive", args=[place.slug]))
    context = {
        "site": hall.site(place.id),
        "place": place,
        "day": day,
        "days": days,
        "code": code,
        "address": arrive,
        "door": f"{arrive}?door={code}",
    }
    return render(request, "ops/door_code.html", context)
