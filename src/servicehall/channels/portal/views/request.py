"""A service by phone: begun at a hall's door, gone through step by step, come back to by its address ``/r/<code>``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels import playing
from servicehall.channels.flooding import count_ticket
from servicehall.channels.portal import own_record
from servicehall.channels.portal.forms import KeyForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.kernel import idempotency, languages
from servicehall.rooms.hall import queries as halls
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries


@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
def begin(request: HttpRequest, site: str, flow: str) -> HttpResponse:
    """What the service is, and its first step. The same key twice is one request."""
    place = halls.site(site, actor=ACTOR)
    organisation_id = place.region.organisation_id
    found = next((one for one in queries.offered(organisation_id, channel="phone") if one.slug == flow), None)
    if found is None:
        raise services.FlowNotOffered
    if request.method != "POST":
        context = {"flow": found, "site": place, "site_name": languages.say(place.names)}
        return render(
            request, "portal/begin.html", {**context, "back_url": reverse("portal:site", args=[site])}
        )
    form = KeyForm(request.POST)
    form.is_valid()

    def act() -> idempotency.Answer:
        count_ticket(request, place.pk)
        customer_id = own_record.customer_at(request, organisation_id)
        begun = services.begin(
            site_id=place.pk,
            flow=flow,
            channel="phone",
            by=ACTOR,
            customer_id=customer_id,
        )
        return idempotency.Answer(303, begun.code)

    answer = idempotency.once(
        site_id=place.pk,
        scope="phone:begin",
        key=form.cleaned_data.get("idempotency_key") or None,
        fingerprint=idempotency.fingerprint(request.path),
        act=act,
    )
    return _to(answer.body)


def _to(code: str, at: str = "") -> HttpResponse:
    response = HttpResponseRedirect(reverse("portal:request", args=[code]) + (f"?at={at}" if at else ""))
    response.status_code = 303
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
@private
def step(request: HttpRequest, request_code: str) -> HttpResponse:
    """The step that waits, or with ``?at=`` one behind; sent, its answer."""
    heard = queries.listened(request_code)
    try:
        found = queries.instance_by_code(request_code)
    except services.NotYetMoved:
        return HttpResponseRedirect(reverse("portal:request-move", args=[request_code]))
    end = _End(request_code, heard, queries.is_mirror(found, request_code))
    if request.method != "POST":
        shown = queries.screen(found, at=request.GET.get("at", ""), language=languages.current())
        return _shown(request, end, shown)
    name, revision = request.POST.get("step", ""), request.POST.get("revision", "")
    shown = queries.screen(found, at=name, language=languages.current())
    if shown["step"] != name or not revision.isdigit():
        return _shown(request, end, shown, meanwhile=True)
    answer = playing.answer(shown, request.POST)
    try:
        if shown["kind"] == "print":
            services.note_printed(instance_id=found.pk, step=name, by=ACTOR)
        else:
            services.submit(instance_id=found.pk, step=name, revision=int(revision), answer=answer, by=ACTOR)
    except services.UnfitAnswers as problem:
        # Which questions are asked depends on what was sent.
        shown = queries.screen(found, at=name, language=languages.current(), given=answer)
        return _shown(request, end, shown, errors=problem.facts["errors"])
    except services.Stale:
        fresh = queries.screen(queries.instance_by_code(request_code), language=languages.current())
        return _shown(request, end, fresh, meanwhile=True)
    return _to(request_code)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a request: the code it has, what it listens to, and whether it is the kiosk's remote control."""

    code: str
    heard: queries.Listened
    is_mirror: bool


def _shown(
    request: HttpRequest,
    end: _End,
    shown: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    meanwhile: bool = False,
) -> HttpResponse:
    code = end.code
    here = reverse("portal:request", args=[code])
    back = shown.get("back", "")
    context = {
        **playing.page(request, shown, errors=errors),
        "site_name": shown["name"],
        "here": here,
        "now_url": f"{reverse('portal:request-now', args=[code])}?after={_mark(shown)}",
        "back_url": f"{here}?at={back}" if back and shown.get("step") != back and not errors else "",
        "meanwhile": meanwhile,
        "code": code,
        "end": end,
        "door": reverse("portal:site", args=[shown["site"]]),
    }
    status = 422 if errors else 409 if meanwhile else 200
    return render(request, "portal/request.html", context, status=status)


def _mark(shown: Mapping[str, Any]) -> str:
    """What tells two states of a request apart: its revision, and whether something is being paid."""
    return f"{shown['revision']}{'p' if shown.get('payment') else ''}"


@require_safe
@phone_page
@private
def now(request: HttpRequest, request_code: str) -> HttpResponse:
    """Whether something happened since a revision: then the page loads itself anew."""
    response = HttpResponse(status=204)
    try:
        found = queries.instance_by_code(request_code)
        same = _mark({"revision": found.revision, "payment": found.intent_id}) == request.GET.get("after", "")
    except (services.GoneOn, services.MirrorOver, services.MoveOver):
        same = False  # the page itself says so
    if not same:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@phone_page
@private
def pay(request: HttpRequest, request_code: str) -> HttpResponse:
    """A way to pay was chosen: its QR code is shown next."""
    found = queries.instance_by_code(request_code)
    services.pay(instance_id=found.pk, provider=request.POST.get("provider", "")[:10], by=ACTOR)
    return _to(request_code)


@require_POST
@phone_page
@private
def unpay(_request: HttpRequest, request_code: str) -> HttpResponse:
    """The payment under way is stopped, to pay otherwise or to change something."""
    found = queries.instance_by_code(request_code)
    services.stop_paying(instance_id=found.pk, by=ACTOR)
    return _to(request_code)


@require_POST
@phone_page
@private
def leave(_request: HttpRequest, request_code: str) -> HttpResponse:
    """The customer ends it."""
    found = queries.instance_by_code(request_code)
    services.leave(instance_id=found.pk, by=ACTOR)
    return _to(request_code)
