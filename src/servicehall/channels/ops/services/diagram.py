"""The ways through a draft as a picture, and as a list for those who do not see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.kernel.languages import say
from servicehall.rooms.services import queries as services

from .asked import flow_asked, of_flow, shown
from .drawing import draw
from .kinds import CHANNELS, KINDS


@never_cache
@require_GET
def diagram(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """All steps with the ways between them; what cannot be reached or does not end is marked."""
    who, flow = flow_asked(request, slug, flow_id)
    context: dict[str, Any] = of_flow(flow, "diagram")
    try:
        found = services.stations(flow.draft)
    except services.Unreadable:
        context["findings"] = [
            one.told() for one in services.checked(who.organisation, flow.draft, flow.slug)
        ]
        return shown(request, "ops/services/diagram.html", who, context)
    context |= {
        "drawing": draw(found, {**KINDS, **CHANNELS}, _words()),
        "steps": [_listed(one) for one in found],
        "unreached": sum(not one.is_reached for one in found),
        "endless": sum(
            one.is_reached and (one.runs_off or any(way.how in {"back", "nowhere"} for way in one.ways))
            for one in found
        ),
    }
    return shown(request, "ops/services/diagram.html", who, context)


def _words() -> dict[str, str]:
    return {
        "if": pgettext("condition of a way", "if"),
        "refused": _("the other system says no"),
        "nowhere": _("there is no step"),
        "back": _("back, in circles, to"),
        "off": _("it goes nowhere from here"),
    }


def _listed(one: services.Station) -> dict[str, Any]:
    return {
        "station": one,
        "kind": KINDS.get(one.kind, one.kind),
        "title": say(one.title),
        "channels": ", ".join(str(CHANNELS.get(channel, channel)) for channel in one.channels),
        "ways": [{"way": way, "words": _told(way)} for way in one.ways],
    }


def _told(way: services.Way) -> str:
    """A way in a sentence."""
    facts = {"name": way.name, "when": way.when}
    if way.how == "nowhere":
        return _("to “%(name)s”, which is not there") % facts
    if way.how == "back":
        return _("back to “%(name)s”: a path that goes in circles never ends") % facts
    if way.how == "refused":
        return _("to “%(name)s” when the other system says no") % facts
    if way.how == "passed":
        return _("to “%(name)s” when it is passed over") % facts
    if way.when:
        return _("to “%(name)s” if %(when)s") % facts
    return _("to “%(name)s”") % facts
