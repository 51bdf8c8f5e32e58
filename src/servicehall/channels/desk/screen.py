"""The working screen of a counter, and its two parts that keep themselves fresh."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from servicehall.channels.look import states
from servicehall.kernel import events
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import current, say
from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries
from servicehall.rooms.services import queries as services

from .access import Ground, at_counter, for_staff
from .frame import frame
from .glance import TABS, glance
from .saying import Said, aloud

TAB_COOKIE = "servicehall_desk_tab"


def _view_of_lists(request: HttpRequest) -> dict[str, str]:
    kept = request.COOKIES.get(TAB_COOKIE, "").partition(".")
    tab = request.GET.get("tab") or request.POST.get("tab") or kept[0]
    whose = request.GET.get("whose") or request.POST.get("whose") or kept[2]
    return {"tab": tab if tab in TABS else "next", "whose": "all" if whose == "all" else "mine"}


def _shown(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    shown = glance(ground, **_view_of_lists(request))
    return {
        "g": shown,
        "requests": _requests_of(shown["ticket"], ground),
        "site_slug": hall.site(ground.site_id).slug,
        "counter_id": ground.counter_id,
        "do": reverse("desk:act", args=[ground.counter_id, "x"]).removesuffix("x"),
        "asks": reverse("desk:ask", args=[ground.counter_id, "x"]).removesuffix("x"),
        "live": f"/live/counters/{ground.counter_id}",
        "supervises": ground.supervises,
    }


def _requests_of(ticket: dict[str, Any] | None, ground: Ground) -> list[dict[str, Any]]:
    """What the customer at the counter entered before they came: the requests of their visit."""
    if ticket is None or not ground.may("flow.help"):
        return []
    found = services.instances_of_visit(UUID(ticket["visit"]), ground.site_id, actor=ground.actor)
    return [services.facts_of(one, current()) for one in found]


@require_safe
@for_staff
def screen(request: HttpRequest, actor: Actor, counter_id: UUID) -> HttpResponse:
    """The whole page."""
    ground = at_counter(actor, counter_id)
    context = {**_shown(request, ground), **frame(actor, ground=ground, here="desk")}
    answer = render(request, "desk/screen.html", context)
    _remember_lists(request, answer)
    return answer


def parts(request: HttpRequest, ground: Ground, *, status: int = 200) -> HttpResponse:
    """Both parts of the screen, fresh: the answer to an act."""
    return render(request, "desk/parts/both.html", _shown(request, ground), status=status)


@require_safe
@for_staff
def now(request: HttpRequest, actor: Actor, counter_id: UUID) -> HttpResponse:
    """Who is at the counter; nothing (204) while that is what the page shows already."""
    context = _shown(request, at_counter(actor, counter_id))
    shown = context["g"]
    if request.GET.get("seen") == shown["stamp"]:
        return HttpResponse(status=204)
    answer = render(request, "desk/parts/now.html", context)
    words = _what_became_of(request.GET.get("ticket", ""), shown, actor)
    return aloud(answer, Said(words, "bad"))


@require_safe
@for_staff
def queue(request: HttpRequest, actor: Actor, counter_id: UUID) -> HttpResponse:
    """The lists; nothing (204) while nothing happened in the hall since the page got them."""
    ground = at_counter(actor, counter_id)
    if request.GET.get("seen") == str(events.last_seq(ground.site_id)):
        return HttpResponse(status=204)
    answer = render(request, "desk/parts/queue.html", {**_shown(request, ground), "next_too": True})
    _remember_lists(request, answer)
    return answer


def _remember_lists(request: HttpRequest, answer: HttpResponse) -> None:
    kept = _view_of_lists(request)
    answer.set_cookie(TAB_COOKIE, f"{kept['tab']}.{kept['whose']}", samesite="Lax", httponly=True)


def _what_became_of(ticket: str, shown: dict[str, Any], actor: Actor) -> str:
    """What to say when the page's customer is no longer at the counter through somebody else's act."""
    if not ticket or (shown["ticket"] and shown["ticket"]["id"] == ticket):
        return ""
    try:
        found = queries.ticket(UUID(ticket), actor=actor)
    except (ValueError, NotFound):
        return ""
    happened = events.of_visit(UUID(found["visit"]))
    last = happened[-1] if happened else None
    if last is None or last.actor_id == actor.id:
        return ""
    names = people.names_of([last.actor_id]) if last.actor_id and last.actor_kind == "staff" else {}
    facts = {
        "number": found["number"],
        "state": str(states.shown("ticket", found["state"]).label),
        "who": say(names.get(last.actor_id)) if last.actor_id else "",
    }
    if facts["who"]:
        return _("%(who)s changed %(number)s. It is now: %(state)s.") % facts
    return _("%(number)s was changed elsewhere. It is now: %(state)s.") % facts
