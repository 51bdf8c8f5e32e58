"""What the pages of plans of a day share: who asks for which site, how a page is shown, where an act leads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from servicehall.channels.ops import asking
from servicehall.channels.ops.asking import Place
from servicehall.channels.ops.frame import frame
from servicehall.kernel.rights import Actor
from servicehall.rooms.simulation import queries as simulation


def asked(request: HttpRequest, slug: str) -> tuple[Actor, Place]:
    """The reader and the site that they watch."""
    actor = asking.watcher(request)
    return actor, asking.place(slug, actor)


def shown(
    request: HttpRequest, name: str, actor: Actor, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page in the site's time."""
    may = {
        "may_plan": actor.may(simulation.CHANGE, place.id),
        "may_set_up": actor.may("setup.change", place.id),
    }
    whole = {"place": place, **may, **context, **frame(actor, site=place.id)}
    with timezone.override(place.timezone):
        return render(request, name, whole, status=status)


def to(name: str, *about: Any) -> HttpResponse:
    """To another page, after an act."""
    response = HttpResponseRedirect(reverse(name, args=about))
    response.status_code = 303
    return response
