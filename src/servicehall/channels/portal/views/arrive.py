"""At the door with a phone: checking in for an appointment, by the code that only the door shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from servicehall.channels.flooding import count_guess, refuse_guessing
from servicehall.channels.portal import own_bookings
from servicehall.channels.portal.booking_forms import ArriveForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.channels.portal.views.book import frame
from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.ids import uuid7
from servicehall.rooms.booking import actions, queries
from servicehall.rooms.hall import queries as halls
from servicehall.rooms.queueing import queries as queueing

DOOR = "door"


@require_http_methods(["GET", "HEAD", "POST"])
@private
@phone_page
def arrive(request: HttpRequest, site: str) -> HttpResponse:
    """Say that one is here: bookings of this browser with one touch, others by number and digits."""
    place = halls.site(site, actor=ACTOR)
    if request.method != "POST":
        form = ArriveForm(initial={"door": request.GET.get(DOOR, "")[:12]})
        return _page(request, place, form)
    form = ArriveForm(request.POST)
    if not form.is_valid():
        return _page(request, place, form)
    given = form.cleaned_data
    try:
        refuse_guessing(request, place.pk)
        code = given["code"] or _found(request, place, given)
        row = queries.appointment(code)
        if row.site_id != place.pk:
            raise actions.NoSuchBooking
        row = actions.check_in_at_door(code=code, door=given["door"], by=ACTOR)
    except NotFound:
        return _page(request, place, form, problem=actions.NoSuchBooking())
    except actions.WrongDoorCode as problem:
        count_guess(request, place.pk)
        return _page(request, place, form, problem=problem)
    except Refused as problem:
        return _page(request, place, form, problem=problem)
    there = reverse("portal:booking", args=[row.code])
    if row.ticket_id is not None:
        there = reverse("portal:ticket", args=[queueing.code_of(row.ticket_id)])
    response = HttpResponseRedirect(there)
    response.status_code = 303
    own_bookings.remember(request, response, row.code)
    return response


def _found(request: HttpRequest, place: Any, given: dict[str, Any]) -> str:
    """The code of the booking with that number and those digits; a wrong guess counts."""
    try:
        row = queries.by_reference_and_phone(place.pk, given["reference"], given["digits"].strip())
    except NotFound:
        count_guess(request, place.pk)
        raise
    return row.code


def _page(
    request: HttpRequest, place: Any, form: ArriveForm, *, problem: Refused | None = None
) -> HttpResponse:
    mine = [one for one in queries.held_by(own_bookings.codes(request)) if one.site_id == place.pk]
    today = clock.local(clock.now(), place.timezone).date()
    context = {
        **frame(place),
        "form": form,
        "key": uuid7(),
        "own": [one for one in mine if one.state != "held" and one.day == today],
        "later": [one for one in mine if one.state == "booked" and one.day > today],
        "problem": problem.problem() if problem else None,
        "times": {name: problem.facts[name] for name in ("from", "starts_at") if name in problem.facts}
        if problem
        else {},
        "back_url": reverse("portal:site", args=[place.slug]),
    }
    status = problem.status if problem else 422 if form.errors else 200
    return render(request, "portal/book/arrive.html", context, status=status)
