"""Customers' records in operations: duplicates to join and to part again, requests to be erased."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers

from . import asking
from .asking import Place
from .frame import frame

ALIKE = {
    "id_number": _("same ID number"),
    "phone": _("same phone"),
    "email": _("same e-mail"),
    "name": _("same name, phone ends alike"),
}
FIELDS = {
    "name": _("Name"),
    "phone": _("Phone number"),
    "email": _("E-mail"),
    "address": _("Address"),
    "notes": _("Notes"),
    "id_number": _("ID number"),
}


def asked_about(request: HttpRequest, slug: str, right: str) -> tuple[Actor, Place, UUID]:
    """Who asks, about which site and whose customers.

    Raises:
        NotSignedIn, NotAllowed, NotFound: they may not.
    """
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    allow(actor, right, place.id)
    return actor, place, customers.organisation_of_site(place.id)


def posted(request: HttpRequest, name: str) -> UUID:
    """An id that was sent.

    Raises:
        BadInput: there is none.
    """
    found = asking.uuid_of(request.POST, name)
    if found is None:
        raise BadInput(errors={name: "UUID"})
    return found


def done(name: str, slug: str) -> HttpResponse:
    """To a page of the site, after an act."""
    response = HttpResponseRedirect(reverse(name, args=[slug]))
    response.status_code = 303
    return response


def shown(
    request: HttpRequest,
    name: str,
    actor: Actor,
    place: Place,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page in the site's time."""
    with timezone.override(place.timezone):
        whole = {"place": place, **context, **frame(actor, site=place.id)}
        return render(request, name, whole, status=status)


@never_cache
@require_GET
def choose_duplicates(request: HttpRequest) -> HttpResponse:
    """Duplicates of the first site where the reader may join records."""
    return asking.first_with(request, "customer.merge", "ops:duplicates")


@never_cache
@require_GET
def choose_erasures(request: HttpRequest) -> HttpResponse:
    """Requests of the first site where the reader decides on them."""
    return asking.first_with(request, "customer.erase", "ops:erasures")


@never_cache
@require_GET
def duplicates(request: HttpRequest, slug: str) -> HttpResponse:
    """Pairs that look like one person's, and what was joined lately."""
    actor, place, organisation = asked_about(request, slug, "customer.merge")
    found = customers.duplicates(organisation, actor=actor)
    context = {
        "pairs": [{"pair": one, "why": [ALIKE[name] for name in one.alike]} for one in found],
        "here": "duplicates",
        "joinings": customers.joinings(organisation, actor=actor),
    }
    return shown(request, "ops/duplicates.html", actor, place, context)


@never_cache
@require_GET
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Two records side by side, and what joining them gives."""
    actor, place, organisation = asked_about(request, slug, "customer.merge")
    one, other = asking.uuid_of(request.GET, "one"), asking.uuid_of(request.GET, "other")
    if one is None or other is None:
        raise BadInput(errors={"one": "UUID", "other": "UUID"})
    kept, gone, lines = customers.joining_preview(organisation, one, other, actor=actor)
    context = {
        "kept": kept,
        "gone": gone,
        "here": "duplicates",
        "lines": [(FIELDS[line.field], line) for line in lines],
        "proved_by_one": customers.proved_by_one(kept, gone),
    }
    return shown(request, "ops/joining.html", actor, place, context)


@require_POST
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Make one record of two, or note that they are two persons'."""
    actor, _place, _organisation = asked_about(request, slug, "customer.merge")
    kept, gone = posted(request, "kept"), posted(request, "gone")
    if "apart" in request.POST:
        actions.keep_apart(one_id=kept, other_id=gone, by=actor)
    else:
        actions.join_customers(kept_id=kept, gone_id=gone, by=actor)
    return done("ops:duplicates", slug)


@require_POST
def part(request: HttpRequest, slug: str) -> HttpResponse:
    """Undo a joining."""
    actor, _place, _organisation = asked_about(request, slug, "customer.merge")
    actions.part_customers(joining_id=posted(request, "joining"), by=actor)
    return done("ops:duplicates", slug)


@never_cache
@require_GET
def erasures(request: HttpRequest, slug: str) -> HttpResponse:
    """Who asked to be erased, the nearest deadline first."""
    actor, place, organisation = asked_about(request, slug, "customer.erase")
    now = clock.now()
    found = customers.erasure_queue(organisation, actor=actor)
    context = {
        "requests": [
            {"row": one, "days": math.ceil((one.due_at - now) / timedelta(days=1)), "late": one.due_at < now}
            for one in found
        ],
        "here": "erasures",
        "reasons": customers.refusal_reasons(),
    }
    return shown(request, "ops/erasures.html", actor, place, context)


@require_POST
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Erase who asked for it, after asking once more; or refuse with a reason."""
    actor, place, organisation = asked_about(request, slug, "customer.erase")
    asked = posted(request, "request")
    if request.POST.get("decision") == "erase":
        if "sure" not in request.POST:
            found = [one for one in customers.erasure_queue(organisation, actor=actor) if one.pk == asked]
            if not found:
                raise NotFound
            return shown(
                request, "ops/erasure_sure.html", actor, place, {"one": found[0], "here": "erasures"}
            )
        actions.grant_erasure(request_id=asked, by=actor)
    else:
        actions.refuse_erasure(request_id=asked, reason=request.POST.get("reason", ""), by=actor)
    return done("ops:erasures", slug)
