"""Who asks for which service, and the frame of the service's pages with its tabs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from servicehall.channels.ops import asking
from servicehall.channels.ops.asking import Place
from servicehall.channels.ops.frame import frame
from servicehall.kernel.errors import BadInput, NotAllowed
from servicehall.kernel.languages import say
from servicehall.kernel.rights import Actor
from servicehall.rooms.services import queries as services


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody at a site, and the organisation whose services they look at."""

    actor: Actor
    place: Place
    organisation: UUID

    @property
    def may_change(self) -> bool:
        """Whether they write and publish: services are the organisation's, so a role at one site is not enough."""
        return self.actor.may(services.CHANGE, self.organisation)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.place.timezone)

    def words(self, moment: datetime) -> str:
        """A moment as the site's clock shows it."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"


def asked(request: HttpRequest, slug: str, *, changes: bool = False) -> Asked:
    """Who asks, at which site; for pages that change something, they must be allowed to.

    Raises:
        NotSignedIn, NotFound, NotAllowed: see there.
    """
    actor = asking.watcher(request, services.SEE)
    place = asking.place(slug, actor, right=services.SEE)
    organisation = services.organisation_at(place.id, actor=actor)
    who = Asked(actor, place, organisation)
    if changes and not who.may_change:
        raise NotAllowed(right=services.CHANGE)
    return who


def flow_asked(request: HttpRequest, slug: str, flow_id: UUID, *, changes: bool = False) -> tuple[Asked, Any]:
    """The same, and the service.

    Raises:
        NotFound: the site's organisation has no such service.
    """
    who = asked(request, slug, changes=changes)
    return who, services.flow_at(flow_id, site_id=who.place.id, actor=who.actor)


def shown(
    request: HttpRequest, name: str, who: Asked, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page about services, its times in the hall's zone."""
    whole = {
        "place": who.place,
        "here": "services",
        "may_change": who.may_change,
        **context,
        **frame(who.actor, site=who.place.id),
    }
    with timezone.override(who.place.timezone):
        response = render(request, name, whole, status=status)
    response["Cache-Control"] = "no-store"
    return response


def of_flow(flow: Any, tab: str) -> dict[str, Any]:
    """What every page of one service shows: its name and the tabs, of which ``tab`` is the one that is open."""
    return {"flow": flow, "flow_name": say(flow.names) or flow.slug, "tab": tab}


def to(name: str, who: Asked, flow: Any) -> HttpResponse:
    """Go on to a page of the service, after something was done."""
    response = HttpResponseRedirect(reverse(f"ops:{name}", args=[who.place.slug, flow.pk]))
    response.status_code = 303
    return response


def faults_of(problem: BadInput) -> str:
    """What does not fit in what was sent, in words."""
    return " ".join(str(words) for words in problem.facts.get("errors", {}).values()) or problem.sentences
