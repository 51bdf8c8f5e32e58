"""The first page: which hall?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicehall.channels.portal import own_bookings, own_tickets
from servicehall.channels.portal.forms import SearchForm
from servicehall.channels.portal.pages import phone_page
from servicehall.kernel import clock
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site

A_PAGE = 20
FEW = 6
"""Up to so many halls nobody needs a search."""


@require_safe
@phone_page
def home(request: HttpRequest) -> HttpResponse:
    """The halls, a page at a time, with this browser's own tickets on top."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "after": ""}
    found = hall.find_sites(asked["q"], after=asked["after"], limit=A_PAGE + 1)
    sites, more = found[:A_PAGE], len(found) > A_PAGE
    context = {
        "sites": _doors(sites),
        "next_after": sites[-1].slug if more else "",
        "words": asked["q"],
        "searchable": bool(asked["q"] or asked["after"] or len(found) > FEW),
        "own": queueing.active_of(own_tickets.codes(request)),
        "own_bookings": booking.held_by(own_bookings.codes(request)),
        "can_book": booking.any_offer(),
    }
    return render(request, "portal/halls.html", context)


def _doors(sites: list[Site]) -> list[dict[str, Any]]:
    """Each hall with its door: open until when, or when it opens, and how many wait (three queries)."""
    now = clock.now()
    schedules = hall.schedules_of(sites)
    waiting = queueing.waiting_by_site([site.pk for site in sites])
    doors = []
    for site in sites:
        closes = schedules[site.pk].closes_at(now)
        doors.append(
            {
                "site": site,
                "closes_at": closes,
                "opens_at": None if closes else schedules[site.pk].opens_next(now),
                "waiting": waiting.get(site.pk, 0),
            }
        )
    return doors
