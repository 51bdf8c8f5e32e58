"""A service that a customer does by themselves at the kiosk: begun by a touch, gone through step by step, wiped.

Every address is the kiosk's own and everything is sent: the request's code is in no address, and the page that is
shown holds it in memory only (static/kiosk/screens.js takes it out before the screen is put in place).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from servicehall.channels import playing
from servicehall.channels.files import serve
from servicehall.channels.flooding import count_ticket
from servicehall.channels.kiosk.devices import ACTOR, Device
from servicehall.channels.kiosk.forms import BeginForm, KeyForm
from servicehall.channels.kiosk.screens import request_here, screen, show
from servicehall.channels.kiosk.speech import signed
from servicehall.channels.uploads import takes_files
from servicehall.channels.voice.speaking import can_speak
from servicehall.kernel import idempotency, languages
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries

QUIET = {"end": 25, "left": 25, "pay": 90, "waiting": 40}
"""Seconds without a touch before a screen asks whether somebody is still there; where people read or type, a minute."""


@require_POST
@screen
def begin(request: HttpRequest, device: Device) -> HttpResponse:
    """Begin a service and show its first step. The same key twice is one request."""
    form = BeginForm(request.POST)
    if not form.is_valid():
        raise BadInput(errors={name: str(errors[0]) for name, errors in form.errors.items()})
    flow, site_id = form.cleaned_data["flow"], device.site.pk

    def act() -> idempotency.Answer:
        count_ticket(request, site_id)
        begun = services.begin(site_id=site_id, flow=flow, channel="kiosk", by=ACTOR)
        return idempotency.Answer(201, begun.code)

    answer = idempotency.once(
        site_id=site_id,
        scope=f"kiosk:begin:{device.name}",
        key=form.cleaned_data["idempotency_key"],
        fingerprint=idempotency.fingerprint("begin", flow),
        act=act,
    )
    return _now(request, device, answer.body)


@require_POST
@screen
def step(request: HttpRequest, device: Device) -> HttpResponse:
    """The step that waits, or (``at``) one behind that is looked at again."""
    code, name = request.POST.get("code", ""), request.POST.get("at", "")
    return _shown(request, device, code, _typed(request, device, code, name))


@takes_files
@require_POST
@screen
def photo(request: HttpRequest, device: Device) -> HttpResponse:
    """Keep a photo that the kiosk's camera took for a question; the same screen shows it, with what is typed.

    One that is sent again because the answer was lost is forgotten when the step is answered, for no answer names it.
    """
    code, name = request.POST.get("code", ""), request.POST.get("step", "")
    found, shown = request_here(device, code), _screen(device, code, at=name)
    if shown.get("step") != name:
        return _shown(request, device, code, shown, meanwhile=True)

    def keep(field: str, sent: UploadedFile[Any]) -> Mapping[str, Any]:
        return services.add_file(instance_id=found.pk, step=name, field=field, file=sent, by=ACTOR)

    given = playing.answer(shown, request.POST)
    wrong = playing.keep_files(request, shown, given, keep)
    shown = _screen(device, code, at=name, given=_with_files(device, code, name, given))
    return _shown(request, device, code, shown, errors=wrong)


@require_POST
@screen
def file(request: HttpRequest, device: Device) -> HttpResponse:
    """A photo of the request, for the page that holds its code: in no address, kept by nobody."""
    try:
        file_id = UUID(request.POST.get("file", ""))
    except ValueError:
        raise NotFound from None
    media_type, content = queries.file_of(request_here(device, request.POST.get("code", "")), file_id)
    return cast("HttpResponse", serve(request, ContentFile(content), media_type))


@require_POST
@screen
def answer(request: HttpRequest, device: Device) -> HttpResponse:
    """The answer to a step, and what comes then. A lost answer is sent again with its key and counts once."""
    code, name = request.POST.get("code", ""), request.POST.get("step", "")
    found = request_here(device, code)
    form = KeyForm(request.POST)
    if not form.is_valid():
        raise BadInput(errors={one: str(errors[0]) for one, errors in form.errors.items()})
    sent = [part for part in request.POST.lists() if part[0] not in {"language", "csrfmiddlewaretoken"}]

    def act() -> idempotency.Answer:
        return idempotency.Answer(200, _take(request, device, code, name))

    try:
        taken = idempotency.once(
            site_id=found.site_id,
            scope="kiosk:answer",
            key=form.cleaned_data["idempotency_key"],
            fingerprint=idempotency.fingerprint(repr(sorted(sent))),
            act=act,
        )
    except services.UnfitAnswers as problem:
        # Which questions are asked depends on what was sent.
        given = _with_files(device, code, name, playing.answer(_screen(device, code, at=name), request.POST))
        shown = _screen(device, code, at=name, given=given)
        return _shown(request, device, code, shown, errors=problem.facts["errors"])
    except (services.Stale, services.NotThisStep, services.NothingToDo, services.Over):
        return _now(request, device, code, meanwhile=True)
    except NotFound:
        raise
    except Refused as problem:
        # What was entered stays, and with it the way on.
        return _now(request, device, code, problem=problem)
    return _now(request, device, code, prints=taken.body == "printed")


def _take(request: HttpRequest, device: Device, code: str, name: str) -> str:
    """Hands the answer to the request, once; ``printed`` when that was the word to print."""
    found = request_here(device, code)
    shown = _screen(device, code, at=name)
    revision = request.POST.get("revision", "")
    if shown.get("step") != name or not (revision.isascii() and revision.isdigit()):
        raise services.Stale(revision=found.revision)
    if shown["kind"] == "print":
        services.note_printed(instance_id=found.pk, step=name, by=ACTOR)
        return "printed"
    services.submit(
        instance_id=found.pk,
        step=name,
        revision=int(revision),
        answer=playing.answer(shown, request.POST),
        by=ACTOR,
    )
    return ""


@require_POST
@screen
def pay(request: HttpRequest, device: Device) -> HttpResponse:
    """A way to pay was chosen: its QR code is shown. Asked twice for the same, it is one payment."""
    code = request.POST.get("code", "")
    found = request_here(device, code)
    try:
        services.pay(instance_id=found.pk, provider=request.POST.get("provider", "")[:10], by=ACTOR)
    except (services.NotThisStep, services.Over):
        return _now(request, device, code)
    except Refused as problem:
        return _now(request, device, code, problem=problem)
    return _now(request, device, code)


@require_POST
@screen
def unpay(request: HttpRequest, device: Device) -> HttpResponse:
    """The payment under way is stopped, to pay otherwise or to change something."""
    code = request.POST.get("code", "")
    found = request_here(device, code)
    try:
        services.stop_paying(instance_id=found.pk, by=ACTOR)
    except services.Over:
        return _now(request, device, code)
    except Refused as problem:
        return _now(request, device, code, problem=problem)
    return _now(request, device, code)


@require_POST
@screen
def now(request: HttpRequest, device: Device) -> HttpResponse:
    """Whether something happened since a revision: 200 says that the screen should be fetched anew."""
    found = request_here(device, request.POST.get("code", ""))
    moved = str(found.revision) != request.POST.get("after", "")
    if not moved and "payment" in request.POST:
        # A code to scan comes, and an order begins or ends, without another revision.
        payment = queries.screen(found).get("payment", {}) if found.intent_id is not None else {}
        moved = str(payment.get("state", "")) != request.POST["payment"]
    return HttpResponse(status=200 if moved else 204)


@require_POST
@screen
def leave(request: HttpRequest, device: Device) -> HttpResponse:
    """The customer has gone, or ended it. What was done once, or waits for a person, stays."""
    code = request.POST.get("code", "")
    services.stop_move(held=code, by=ACTOR)
    services.leave_behind(instance_id=request_here(device, code).pk, by=ACTOR)
    return HttpResponse(status=204)


def _screen(device: Device, code: str, *, at: str = "", given: Any = None) -> dict[str, Any]:
    found = request_here(device, code)
    return queries.screen(found, at=at, language=languages.current(), given=given)


def _typed(request: HttpRequest, device: Device, code: str, step: str) -> dict[str, Any]:
    """The screen of a step with what is typed and not sent yet, when that came along: in another language, say."""
    shown = _screen(device, code, at=step)
    if not playing.is_typed(request.POST) or shown.get("step") != step:
        return shown
    given = _with_files(device, code, step, playing.answer(shown, request.POST))
    return _screen(device, code, at=step, given=given)


def _with_files(device: Device, code: str, step: str, given: Any) -> Any:
    """What was sent, with what is known of the files that it names."""
    return queries.with_files(request_here(device, code), step, given)


def _now(
    request: HttpRequest,
    device: Device,
    code: str,
    *,
    at: str = "",
    meanwhile: bool = False,
    prints: bool = False,
    problem: Refused | None = None,
) -> HttpResponse:
    """Where the request is now."""
    return _shown(
        request,
        device,
        code,
        _screen(device, code, at=at),
        meanwhile=meanwhile,
        prints=prints,
        problem=problem,
    )


def _shown(
    request: HttpRequest,
    device: Device,
    code: str,
    shown: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    meanwhile: bool = False,
    prints: bool = False,
    problem: Refused | None = None,
) -> HttpResponse:
    over = shown["kind"] in {"end", "left"}
    slips = []
    if device.settings.prints and (prints or over):
        slips = queries.slips(request_here(device, code), language=languages.current())
    page = playing.page(request, shown, errors=errors, touch=True)
    context = {
        **page,
        "wrong": signed(page["errors"]) if can_speak() else "",
        "code": code,
        "end": _end(code, shown, over=over),
        "kiosk": True,
        "is_over": over,
        "quiet": QUIET.get(shown["kind"], 60),
        "problem": problem.problem() if problem else None,
        "meanwhile": meanwhile,
        "slip": slips[-1] if slips else "",
        "prints_now": prints and bool(slips),
    }
    status = 422 if errors else problem.status if problem else 409 if meanwhile else 200
    return show(request, device, "request.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _End:
    """This end of a request: what it listens to, how the request can be moved, whether a phone is its remote control."""

    heard: queries.Listened
    ways: tuple[str, ...]
    is_mirrored: bool


def _end(code: str, shown: dict[str, Any], *, over: bool) -> _End:
    heard = queries.listened(code)
    moving = None if over else queries.moving_of(code)
    is_mirrored = moving is not None and moving.is_mirrored
    return _End(heard, () if over else tuple(shown["moves"]), is_mirrored)


def where_it_is(
    request: HttpRequest, device: Device, code: str, *, problem: Refused | None = None
) -> HttpResponse:
    """The step that waits, for what came in between: a phone, a person."""
    shown = _typed(request, device, code, request.POST.get("step", ""))
    return _shown(request, device, code, shown, problem=problem)
