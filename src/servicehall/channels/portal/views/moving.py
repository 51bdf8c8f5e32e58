"""A request comes to this phone from a kiosk (``/m/<code>``), or goes from it to one: ``/r/<code>/move`` and below."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels import playing
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.kernel import languages
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries


def _to(name: str, code: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse(name, args=[code]))
    response.status_code = 303
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
@private
def scanned(request: HttpRequest, move_code: str) -> HttpResponse:
    """What the kiosk's QR code leads to. Looking takes nothing; the page sends its form by itself where it is seen."""
    if request.method == "POST":
        held = request.POST.get("held", "")
        services.claim_move(code=move_code, held=held, by=ACTOR)
        return _to("portal:request", held)
    offer = queries.offer_of(move_code, language=languages.current())
    context = {"offer": offer, "held": services.new_code(), "here": request.path, "site_name": offer.name}
    return render(request, "portal/scanned.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
@private
def move(request: HttpRequest, request_code: str) -> HttpResponse:
    """What is under way: a number to be chosen, or a kiosk that is waited for. Sent, the number."""
    if request.method == "POST":
        services.choose_number(held=request_code, number=request.POST.get("number", "")[:4], by=ACTOR)
        return _to("portal:request", request_code)
    heard = queries.listened(request_code)
    moving = queries.moving_of(request_code, language=languages.current())
    if moving is None or moving.is_mirrored:
        return _to("portal:request", request_code)
    return _shown(request, request_code, moving, heard)


def _shown(
    request: HttpRequest, code: str, moving: queries.Moving, heard: queries.Listened, short: str = ""
) -> HttpResponse:
    context = {
        "moving": moving,
        "heard": heard,
        "code": code,
        "short": short,
        "site_name": moving.name,
        "now_url": f"{reverse('portal:request-move-now', args=[code])}?state={moving.state}",
        "back_url": reverse("portal:request", args=[code]) if moving.has_it else "",
    }
    return render(request, "portal/moving.html", context)


@require_safe
@phone_page
@private
def move_now(request: HttpRequest, request_code: str) -> HttpResponse:
    """Whether it stands otherwise than the page says: then it goes to where it stands."""
    moving = queries.moving_of(request_code)
    response = HttpResponse(status=204)
    if moving is None or moving.state != request.GET.get("state", ""):
        response["HX-Redirect"] = reverse("portal:request-move", args=[request_code])
    return response


@require_POST
@phone_page
@private
def pickup(request: HttpRequest, request_code: str) -> HttpResponse:
    """A short code to type at a kiosk. It is shown once: asked again, there is a new one."""
    found = queries.instance_by_code(request_code)
    heard = queries.listened(request_code)
    offered = services.offer_move(
        instance_id=found.pk, way="pickup", by=ACTOR, unsent=playing.unsent(found, request.POST)
    )
    moving = queries.moving_of(request_code, language=languages.current())
    if moving is None:
        return _to("portal:request", request_code)
    return _shown(request, request_code, moving, heard, offered.code)


@require_POST
@phone_page
@private
def stop(_request: HttpRequest, request_code: str) -> HttpResponse:
    """The customer takes it back: not their kiosk, not their phone, or no remote control any more."""
    services.stop_move(held=request_code, by=ACTOR)
    return _to("portal:request", request_code)
