"""Accounts that are locked after failed sign-ins, and unlocking them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicehall.channels.look import times
from servicehall.kernel import clock
from servicehall.kernel.rights import allow
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries

from . import asking
from .frame import frame

RIGHT = "staff.unlock"


@never_cache
@require_GET
def locked(request: HttpRequest, slug: str) -> HttpResponse:
    """Who of a site's staff is locked out now, and until when."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    allow(actor, RIGHT, place.id)
    now = clock.now()
    found = [
        {
            "id": one.staff_id,
            "names": one.names,
            "username": one.username,
            "at": one.at,
            "left": times.duration((one.until - now).total_seconds()),
        }
        for one in people_queries.locked_at(place.id, at=now)
    ]
    with timezone.override(place.timezone):
        return render(
            request, "ops/locked.html", {"place": place, "locked": found, **frame(actor, site=place.id)}
        )


@require_POST
def unlock(request: HttpRequest, slug: str, staff_id: UUID) -> HttpResponse:
    """End the lock of a person's account; whoever does it confirms it."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    people.unlock_staff(staff_id, site_id=place.id, by=actor)
    messages.success(request, _("The account is unlocked."))
    return HttpResponseRedirect(reverse("ops:locked", args=[place.slug]))
