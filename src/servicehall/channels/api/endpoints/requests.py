"""A customer's way through a service: begun with a token, gone on with by whoever holds its code.

Nothing here waits for another system: what one is to be asked is asked by the worker, and shows up at the next look.
What was answered is sealed, so no answer of ours is kept for a repetition: it shows where the request is by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from servicehall.channels.api.answers import JSON, write
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import RequestPath, SitePath, read, written
from servicehall.channels.api.schemas import requests as forms
from servicehall.channels.api.schemas.base import Nothing
from servicehall.kernel import languages
from servicehall.kernel.errors import Refused
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.queueing import actions as queueing
from servicehall.rooms.services import actions, queries

_MEANWHILE = (
    actions.Stale,
    actions.NotThisStep,
    actions.PaymentUnderWay,
    actions.BeingDone,
    actions.NothingToDo,
    actions.Over,
)
"""What happens to who shows an old screen: each is answered with the present one (`screen`)."""
_INSIDE = (queueing.UnknownService, queueing.ServiceNotOffered, queueing.ServiceFull, queueing.HallClosed)
"""What a step that takes a ticket is refused for."""
Act = Callable[..., Any]


class ScreenQuery(BaseModel):
    """Which step."""

    at: str = Field(
        "", max_length=40, description="a step before (`back`, `change`); none: the one that waits"
    )


def _language(request: Request) -> str:
    """The caller's language, when they said one; else the request's own."""
    return languages.current() if "HTTP_ACCEPT_LANGUAGE" in request.META else ""


def _screen(request: Request, instance: Any, *, at: str = "", **more: Any) -> dict[str, Any]:
    return {**queries.screen(instance, at=at, language=_language(request)), **more}


def _rendered(screen: dict[str, Any]) -> bytes:
    """A screen in the API's form: what is not there is left out."""
    made = forms.Screen.__pydantic_validator__.validate_python(screen)
    return forms.Screen.__pydantic_serializer__.to_json(made, exclude_unset=True, by_alias=True)


def _act(request: Request, code: str, act: Act, *, knows_site: bool = False, **how: Any) -> HttpResponse:
    """Find the request, do the act, answer with where it is then; ``act`` gives it, or what came with it too."""
    caller = request.auth
    site_id, request_id = caller.request(code)
    if knows_site:
        how["site_id"] = site_id
    done: list[Any] = []

    def acted() -> bytes:
        found = act(instance_id=request_id, by=caller.actor, **how)
        instance, more = found if isinstance(found, tuple) else (found, None)
        done.append(instance)
        return orjson.dumps(more if isinstance(more, dict) else {})

    def told(kept: bytes) -> bytes:
        instance = done[0] if done else queries.instance_by_code(code)
        return _rendered(_screen(request, instance, **orjson.loads(kept)))

    with caller.at(site_id):
        try:
            return write(request, site_id, acted, bytes, about=request_id, told=told)
        except _MEANWHILE as refused:
            raise _with_screen(request, code, refused) from None


def _with_screen(request: Request, code: str, refused: Refused) -> Refused:
    refused.facts["screen"] = orjson.loads(_rendered(_screen(request, queries.instance_by_code(code))))
    return refused


@written(
    "/sites/{site}/requests",
    forms.Screen,
    tag="requests",
    status=201,
    refuses=(actions.FlowNotOffered, actions.ChannelNotServed, actions.FlowClosed, *_INSIDE),
)
def begin_request(request: Request, site: SitePath, body: forms.Begin) -> HttpResponse:
    """Begin a service for a customer. The answer has the code with which it is gone on."""
    caller = request.auth
    site_id = caller.site(site)
    done: list[Any] = []

    def act() -> str:
        begun = actions.begin(
            site_id=site_id, flow=body.flow, channel=body.channel, by=caller.actor, language=body.language
        )
        done.append(begun.instance)
        return begun.code

    def told(kept: bytes) -> bytes:
        code = kept.decode()
        return _rendered(_screen(request, done[0] if done else queries.instance_by_code(code), code=code))

    with caller.at(site_id):
        response = write(request, site_id, act, str.encode, status=201, told=told)
    response["Location"] = f"/api/v1/requests/{orjson.loads(response.content)['code']}"
    return response


@read("/requests/{request_code}", forms.Screen, tag="requests", public=True)
def get_request(request: Request, request_code: RequestPath, wanted: Query[ScreenQuery]) -> HttpResponse:
    """Where a request is, in the caller's language; or (`at`) a step before, to be answered anew."""
    caller = request.auth
    site_id, _request = caller.request(request_code)
    with caller.at(site_id):
        screen = _screen(request, queries.instance_by_code(request_code), at=wanted.at)
    return HttpResponse(_rendered(screen), content_type=JSON)


@written(
    "/requests/{request_code}/answer",
    forms.Screen,
    tag="requests",
    public=True,
    refuses=(*_MEANWHILE, actions.UnfitAnswers, *_INSIDE),
)
def answer_step(request: Request, request_code: RequestPath, body: forms.Step) -> HttpResponse:
    """Answer the step that waits, or one before it anew; the answer is the next screen."""
    return _act(
        request,
        request_code,
        actions.submit,
        step=body.step,
        revision=body.revision,
        answer=body.answer,
        knows_site=True,
    )


@written(
    "/requests/{request_code}/printed",
    forms.Screen,
    tag="requests",
    public=True,
    refuses=(*_MEANWHILE, *_INSIDE),
)
def note_printed(request: Request, request_code: RequestPath, body: forms.Printed) -> HttpResponse:
    """The slip was given to the printer, or the customer does without. It is not printed twice."""
    return _act(request, request_code, actions.note_printed, step=body.step)


@written(
    "/requests/{request_code}/pay",
    forms.Screen,
    tag="requests",
    public=True,
    refuses=(*_MEANWHILE, payments.NoSuchWay),
)
def pay_request(request: Request, request_code: RequestPath, body: forms.PayBy) -> HttpResponse:
    """Pay by one of the ways; what is to be scanned stands in `payment` as soon as the provider has made it."""
    return _act(request, request_code, actions.wish_to_pay, provider=body.provider)


@written(
    "/requests/{request_code}/stop-paying", forms.Screen, tag="requests", public=True, refuses=_MEANWHILE
)
def stop_paying_request(request: Request, request_code: RequestPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Stop the payment under way, to pay otherwise or change an answer. What was paid stays paid."""
    return _act(request, request_code, actions.wish_to_stop_paying)


@written("/requests/{request_code}/leave", forms.Screen, tag="requests", public=True, refuses=_MEANWHILE)
def leave_request(request: Request, request_code: RequestPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """The customer ends it. What was done once stays done."""
    return _act(request, request_code, actions.leave)


@written(
    "/requests/{request_code}/hand-over",
    forms.Screen,
    tag="requests",
    public=True,
    refuses=(*_MEANWHILE, actions.AlreadyAsked, *_INSIDE),
)
def hand_over_request(request: Request, request_code: RequestPath, body: forms.HandOver) -> HttpResponse:
    """A person goes on with everything that was answered; with `service` the customer gets a ticket for it."""

    def act(**who: Any) -> tuple[Any, dict[str, Any]]:
        found = actions.ask_person(service=body.service or "", **who)
        ticket = {"number": found.number, "code": found.code}
        return found.instance, {"ticket": ticket} if found.number else {}

    return _act(request, request_code, act)
