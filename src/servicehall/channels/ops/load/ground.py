"""What the pages of the load watch share: who asks for which site, how a page is shown, where an act leads back to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from servicehall.channels.ops import asking
from servicehall.channels.ops.asking import Place
from servicehall.channels.ops.frame import frame
from servicehall.kernel.rights import Actor, allow

CHANGE = "setup.change"
PLAN_TONES = {
    "draft": "neutral",
    "scheduled": "held",
    "applied": "info",
    "done": "good",
    "cancelled": "neutral",
}


def asked(request: HttpRequest, slug: str, right: str = asking.RIGHT) -> tuple[Actor, Place]:
    """The reader and the site, where they hold the right.

    Raises:
        NotSignedIn, NotAllowed, NotFound: they do not.
    """
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    allow(actor, right, place.id)
    return actor, place


def shown(
    request: HttpRequest, name: str, actor: Actor, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page in the site's time."""
    whole = {"place": place, **context, **frame(actor, site=place.id)}
    whole["may_change"] = actor.may(CHANGE, place.id)
    with timezone.override(place.timezone):
        return render(request, f"ops/load/{name}.html", whole, status=status)


def to(slug: str, plan_id: UUID, *, page: str = "ops:load-plan") -> HttpResponse:
    """To the page of a plan, after an act."""
    response = HttpResponseRedirect(reverse(page, args=[slug, plan_id]))
    response.status_code = 303
    return response


def back(slug: str) -> HttpResponse:
    """To the load watch, after an act."""
    response = HttpResponseRedirect(reverse("ops:load", args=[slug]))
    response.status_code = 303
    return response
