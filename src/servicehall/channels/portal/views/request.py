"""A service by phone: begun at a hall's door, gone through step by step, come back to by its address ``/r/<code>``.

Who has signed in comes back to their own requests by ``/me/requests/<id>`` as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
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
from servicehall.channels.portal.forms import KeyForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.channels.uploads import takes_files
from servicehall.kernel import idempotency, languages
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.hall import queries as halls
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries


@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
def begin(request: HttpRequest, site: str, flow: str) -> HttpResponse:
    """What the service is, and its first step. The same key twice is one request."""
    place = halls.site(site, actor=ACTOR)
    organisation_id = place.region.organisation_id
    offered = queries.offered(organisation_id, channel="phone", timezone=place.timezone)
    found = next((one for one in offered if one.slug == flow), None)
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
    return _see(reverse("portal:request", args=[answer.body]))


def _see(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


@dataclass(frozen=True, slots=True)
class Way:
    """A request, and the address by which its customer came to it: the secret code, or their own page.

    ``heard``: what holders of the code listen to. ``is_mirror``: this phone is the kiosk's remote control.
    """

    row: queries.Instance
    by: Actor
    name: str
    key: str
    heard: queries.Listened | None = None
    is_mirror: bool = False

    def address(self, part: str = "", *more: object) -> str:
        return reverse(f"portal:{self.name}{part}", args=[self.key, *more])


def _way(request: HttpRequest, request_code: str = "", own_id: UUID | None = None) -> Way:
    """
    Raises:
        NotFound: nobody's code is that, or it is not their request.
        GoneOn, MirrorOver, MoveOver, NotYetMoved: the code leads to another device, or not yet here.
        NotSignedInHere: nobody is signed in.
    """
    if own_id is None:
        heard = queries.listened(request_code)
        found = queries.instance_by_code(request_code)
        is_mirror = queries.is_mirror(found, request_code)
        return Way(found, ACTOR, "request", request_code, heard, is_mirror)
    record, actor = own_record.needed(request)
    row = queries.own_instance(own_id, customers=customers.same_person(record.pk))
    return Way(row, actor, "me-request", str(own_id))


def request_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of one request, for who holds its code or has signed in as its customer."""

    @private
    @phone_page
    @wraps(view)
    def answer(
        request: HttpRequest, request_code: str = "", own_id: UUID | None = None, **kwargs: Any
    ) -> HttpResponse:
        try:
            way = _way(request, request_code, own_id)
        except own_record.NotSignedInHere:
            return _see(reverse("portal:me"))
        except services.NotYetMoved:
            return HttpResponseRedirect(reverse("portal:request-move", args=[request_code]))
        return view(request, way, **kwargs)

    return answer


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@request_page
def step(request: HttpRequest, way: Way) -> HttpResponse:
    """The step that waits, or with ``?at=`` one behind; sent, its answer."""
    found, language = way.row, languages.current()
    if request.method != "POST":
        return _shown(request, way, queries.screen(found, at=request.GET.get("at", ""), language=language))
    name, revision = request.POST.get("step", ""), request.POST.get("revision", "")
    shown = queries.screen(found, at=name, language=language)
    if shown["step"] != name or not revision.isdigit():
        return _shown(request, way, shown, meanwhile=True)
    answer = playing.answer(shown, request.POST)
    wrong = playing.keep_files(request, shown, answer, _keeper(way, name))
    if wrong:
        return _again(request, way, name, answer, wrong)
    try:
        if shown["kind"] == "print":
            services.note_printed(instance_id=found.pk, step=name, by=way.by)
        else:
            services.submit(instance_id=found.pk, step=name, revision=int(revision), answer=answer, by=way.by)
    except services.UnfitAnswers as problem:
        return _again(request, way, name, answer, problem.facts["errors"])
    except (services.Stale, services.WithStaff):
        found.refresh_from_db()
        return _shown(request, way, queries.screen(found, language=language), meanwhile=True)
    return _see(way.address())


def _again(request: HttpRequest, way: Way, step: str, answer: Any, errors: dict[str, str]) -> HttpResponse:
    """The same screen with what was sent: which questions are asked depends on it, and its files are there already."""
    way.row.refresh_from_db()
    given = queries.with_files(way.row, step, answer)
    shown = queries.screen(way.row, at=step, language=languages.current(), given=given)
    return _shown(request, way, shown, errors=errors)


def _keeper(way: Way, step: str) -> Callable[[str, UploadedFile[Any]], Mapping[str, Any]]:
    """Keeps files for the questions of a step."""

    def keep(field: str, file: UploadedFile[Any]) -> Mapping[str, Any]:
        return services.add_file(instance_id=way.row.pk, step=step, field=field, file=file, by=way.by)

    return keep


def _shown(
    request: HttpRequest,
    way: Way,
    shown: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    meanwhile: bool = False,
) -> HttpResponse:
    here = way.address()
    back = shown.get("back", "")
    to_list = reverse("portal:me") if way.name == "me-request" else ""
    is_over = shown["kind"] in {"end", "closed", "left"}
    context = {
        **playing.page(request, shown, errors=errors),
        "site_name": shown["name"],
        "here": here,
        "now_url": f"{way.address('-now')}?after={_mark(shown)}",
        "pay_url": way.address("-pay"),
        "unpay_url": way.address("-unpay"),
        "leave_url": way.address("-leave"),
        "back_url": f"{here}?at={back}" if back and shown.get("step") != back and not errors else to_list,
        "meanwhile": meanwhile,
        "number": queries.number_of(way.row),
        "is_over": is_over,
        "review": queries.review(way.row, languages.current(), masked=False) if is_over else None,
        "way": way,
        "files_url": way.address("-file", UUID(int=0)).removesuffix(str(UUID(int=0))),
        "slip_url": way.address("-slip", "0").removesuffix("0"),
        "door": reverse("portal:site", args=[shown["site"]]),
    }
    status = 422 if errors else 409 if meanwhile else 200
    return playing.answered(render(request, "portal/request.html", context, status=status), shown)


def _mark(shown: Mapping[str, Any]) -> str:
    """What tells two states of a request apart: its revision, and whether something is being paid."""
    return f"{shown['revision']}{'p' if shown.get('payment') else ''}"


@require_safe
@request_page
def file(request: HttpRequest, way: Way, file_id: UUID) -> HttpResponse:
    """A file that was sent with an answer, for whoever holds the request."""
    media_type, content = queries.file_of(way.row, file_id)
    return cast("HttpResponse", serve(request, ContentFile(content), media_type))


@require_safe
@request_page
def slip(request: HttpRequest, way: Way, step: str) -> HttpResponse:
    """The slip of a step as a page, to be printed or saved; after the first time a copy."""
    shown = queries.slip_of(way.row, step, language=languages.current())
    context = {"slip": shown, "site_name": shown.title, "back_url": way.address()}
    return render(request, "portal/slip.html", context)


@require_safe
@private
@phone_page
def now(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Whether something happened since a revision: then the page goes to where it is.

    With ``?typing`` only when somebody of staff goes on: what is being typed is not thrown away for less.
    """
    response = HttpResponse(status=204)
    try:
        row = _way(request, **kwargs).row
        mark = _mark({"revision": row.revision, "payment": row.intent_id})
        is_news = mark != request.GET.get("after", "")
        is_news &= "typing" not in request.GET or row.held_by is not None or row.state != "open"
    except (services.GoneOn, services.MirrorOver, services.MoveOver, own_record.NotSignedInHere):
        is_news = True  # the page itself says so
    if is_news:
        # Not loaded again: a page that said what was wrong would send its form once more.
        response["HX-Redirect"] = request.path.removesuffix("/now")
    return response


@require_POST
@request_page
def pay(request: HttpRequest, way: Way) -> HttpResponse:
    """A way to pay was chosen: its QR code is shown next."""
    services.pay(instance_id=way.row.pk, provider=request.POST.get("provider", "")[:10], by=way.by)
    return _see(way.address())


@require_POST
@request_page
def unpay(_request: HttpRequest, way: Way) -> HttpResponse:
    """The payment under way is stopped, to pay otherwise or to change something."""
    services.stop_paying(instance_id=way.row.pk, by=way.by)
    return _see(way.address())


@require_POST
@request_page
def leave(_request: HttpRequest, way: Way) -> HttpResponse:
    """The customer ends it."""
    services.leave(instance_id=way.row.pk, by=way.by)
    return _see(way.address())
