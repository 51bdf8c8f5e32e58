"""A service by phone: begun at a hall's door, gone through step by step, come back to by its address ``/r/<code>``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels import playing
from servicehall.channels.files import serve
from servicehall.channels.flooding import count_ticket
from servicehall.channels.portal import own_record
from servicehall.channels.portal.forms import FACES, KeyForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.channels.uploads import takes_files
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


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
@private
def step(request: HttpRequest, request_code: str) -> HttpResponse:
    """The step that waits, or with ``?at=`` one behind; sent, its answer."""
    found = queries.instance_by_code(request_code)
    if request.method != "POST":
        return _shown(
            request,
            request_code,
            queries.screen(found, at=request.GET.get("at", ""), language=languages.current()),
        )
    name, revision = request.POST.get("step", ""), request.POST.get("revision", "")
    shown = queries.screen(found, at=name, language=languages.current())
    if shown["step"] != name or not revision.isdigit():
        return _shown(request, request_code, shown, meanwhile=True)
    answer = playing.answer(shown, request.POST)
    wrong = playing.keep_files(request, shown, answer, _keeper(found.pk, name))
    if wrong:
        return _again(request, request_code, name, answer, wrong)
    try:
        if shown["kind"] == "print":
            services.note_printed(instance_id=found.pk, step=name, by=ACTOR)
        else:
            services.submit(instance_id=found.pk, step=name, revision=int(revision), answer=answer, by=ACTOR)
    except services.UnfitAnswers as problem:
        return _again(request, request_code, name, answer, problem.facts["errors"])
    except services.Stale:
        fresh = queries.screen(queries.instance_by_code(request_code), language=languages.current())
        return _shown(request, request_code, fresh, meanwhile=True)
    return _to(request_code)


def _again(request: HttpRequest, code: str, step: str, answer: Any, errors: dict[str, str]) -> HttpResponse:
    """The same screen with what was sent: which questions are asked depends on it, and its files are there already."""
    found = queries.instance_by_code(code)
    given = queries.with_files(found, step, answer)
    shown = queries.screen(found, at=step, language=languages.current(), given=given)
    return _shown(request, code, shown, errors=errors)


def _keeper(instance_id: UUID, step: str) -> Callable[[str, UploadedFile[Any]], Mapping[str, Any]]:
    """Keeps files for the questions of a step."""

    def keep(field: str, file: UploadedFile[Any]) -> Mapping[str, Any]:
        return services.add_file(instance_id=instance_id, step=step, field=field, file=file, by=ACTOR)

    return keep


def _shown(
    request: HttpRequest,
    code: str,
    shown: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    meanwhile: bool = False,
) -> HttpResponse:
    here = reverse("portal:request", args=[code])
    back = shown.get("back", "")
    context = {
        **playing.page(request, shown, errors=errors),
        "site_name": shown["name"],
        "here": here,
        "now_url": f"{reverse('portal:request-now', args=[code])}?after={shown['revision']}",
        "back_url": f"{here}?at={back}" if back and shown.get("step") != back and not errors else "",
        "meanwhile": meanwhile,
        "faces": FACES,
        "files_url": reverse("portal:request-file", args=[code, UUID(int=0)]).removesuffix(str(UUID(int=0))),
        "slip_url": reverse("portal:request-slip", args=[code, "0"]).removesuffix("0"),
        "code": code,
        "door": reverse("portal:site", args=[shown["site"]]),
    }
    status = 422 if errors else 409 if meanwhile else 200
    return playing.answered(render(request, "portal/request.html", context, status=status), shown)


@require_safe
@phone_page
@private
def file(request: HttpRequest, request_code: str, file_id: UUID) -> HttpResponse:
    """A file that was sent with an answer, for whoever holds the request."""
    media_type, content = queries.file_of(queries.instance_by_code(request_code), file_id)
    return cast("HttpResponse", serve(request, ContentFile(content), media_type))


@require_safe
@phone_page
@private
def slip(request: HttpRequest, request_code: str, step: str) -> HttpResponse:
    """The slip of a step as a page, to be printed or saved; after the first time a copy."""
    found = queries.instance_by_code(request_code)
    shown = queries.slip_of(found, step, language=languages.current())
    context = {
        "slip": shown,
        "site_name": shown.title,
        "back_url": reverse("portal:request", args=[request_code]),
    }
    return render(request, "portal/slip.html", context)


@require_safe
@phone_page
@private
def now(request: HttpRequest, request_code: str) -> HttpResponse:
    """Whether something happened since a revision: then the page loads itself anew."""
    found = queries.instance_by_code(request_code)
    response = HttpResponse(status=204)
    if str(found.revision) != request.GET.get("after", ""):
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
