"""One's own appointments in one's own calendar: the secret address of the resource that one is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from servicehall.channels.desk.access import Ground, for_staff, in_hall
from servicehall.channels.desk.fields import id_in
from servicehall.channels.desk.frame import frame
from servicehall.channels.desk.saying import Said, later
from servicehall.channels.page_context import public_url
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import actions, queries
from servicehall.rooms.hall import queries as hall

from .showing import RIGHT


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def feed(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """Make, renew or withdraw the address; a new one is shown this once."""
    ground = in_hall(actor, site, RIGHT)
    if request.method != "POST":
        return _page(request, ground, site)
    own = id_in(request.POST, "resource")
    if own not in {one.row.pk for one in queries.own_feeds(ground.site_id, actor=actor)}:
        raise NotFound
    act = request.POST.get("act", "")
    if act == "revoke":
        actions.revoke_feed(resource_id=own, by=actor)
        later(request, Said(_("Nobody reads this address any more."), "info"))
        response = HttpResponseRedirect(reverse("desk:calendar-feed", args=[site]))
        response.status_code = 303
        return response
    if act != "make":
        raise BadInput(_("Choose what to do."))
    secret = actions.make_feed(resource_id=own, by=actor)
    address = public_url(request, reverse("portal:calendar-feed", args=[secret]))
    return _page(request, ground, site, made={"resource": own, "address": address})


def _page(
    request: HttpRequest, ground: Ground, slug: str, *, made: dict[str, Any] | None = None
) -> HttpResponse:
    place = hall.site(ground.site_id)
    context = {
        "slug": slug,
        "own": queries.own_feeds(ground.site_id, actor=ground.actor),
        "made": made,
        "names_in_feeds": queries.rules_of(ground.site_id).names_in_feeds,
        **frame(ground.actor, ground=ground, here="calendar"),
    }
    with timezone.override(place.timezone):
        return render(request, "desk/calendar/feed.html", context)
