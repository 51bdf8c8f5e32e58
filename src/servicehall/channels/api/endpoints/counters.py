"""Counters: opening and closing them, calling the next customer, undo, why this one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from servicehall.channels.api.answers import rendered, show, write
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import CounterPath, read, written
from servicehall.channels.api.problems import UnknownReference
from servicehall.channels.api.schemas import places
from servicehall.channels.api.schemas.base import Nothing
from servicehall.channels.api.schemas.counters import CounterScreen, Explanation, Pause, SignIn
from servicehall.channels.api.schemas.tickets import Ticket
from servicehall.kernel.errors import NotFound
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing import queries as queueing

_OPEN = (actions.CounterNotOpen, actions.NotYours)


def _counter(site_id: UUID, counter_id: UUID) -> bytes:
    """The counter as it stands now."""
    found = next((c for c in queueing.counters(site_id) if c["id"] == str(counter_id)), None)
    if found is None:
        raise NotFound
    return rendered(places.Counter, found)


@read("/counters/{counter}", CounterScreen, tag="counters")
def get_counter(request: Request, counter: CounterPath) -> HttpResponse:
    """A counter's whole screen: its status, its customer, the queue that it can serve."""
    site_id, counter_id = request.auth.counter(counter)
    with request.auth.at(site_id):
        return show(CounterScreen, queueing.desk(site_id, counter_id, actor=request.auth.actor))


@read("/counters/{counter}/explain", Explanation, tag="counters")
def explain_counter(request: Request, counter: CounterPath) -> HttpResponse:
    """Why the counter's next ticket is the next."""
    site_id, counter_id = request.auth.counter(counter)
    with request.auth.at(site_id):
        return show(Explanation, queueing.explain(site_id, counter_id, actor=request.auth.actor))


@written(
    "/counters/{counter}/next",
    Ticket,
    tag="counters",
    may_be_empty=True,
    refuses=(*_OPEN, actions.CounterBusy),
)
def call_next(request: Request, counter: CounterPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Call the next customer by the hall's discipline. 204: nobody waits whom this counter may serve."""
    caller = request.auth
    site_id, counter_id = caller.counter(counter)

    def shown(ticket: Any) -> bytes:
        return rendered(Ticket, queueing.after_act(ticket, actor=caller.actor)) if ticket else b""

    with caller.at(site_id):
        return write(
            request,
            site_id,
            lambda: actions.call_next(site_id=site_id, counter_id=counter_id, by=caller.actor),
            shown,
        )


@written(
    "/counters/{counter}/undo", Ticket, tag="counters", refuses=(actions.NothingToUndo, actions.CounterBusy)
)
def undo(request: Request, counter: CounterPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Take back the last act at the counter, within seconds and only while nothing else happened."""
    caller = request.auth
    site_id, counter_id = caller.counter(counter)
    with caller.at(site_id):
        return write(
            request,
            site_id,
            lambda: actions.undo(site_id=site_id, counter_id=counter_id, by=caller.actor),
            lambda ticket: rendered(Ticket, queueing.after_act(ticket, actor=caller.actor)),
        )


@written(
    "/counters/{counter}/sign-in",
    places.Counter,
    tag="counters",
    refuses=(actions.CounterTaken, actions.CounterBusy, actions.CounterNotOpen, UnknownReference),
)
def sign_in(request: Request, counter: CounterPath, body: SignIn) -> HttpResponse:
    """Open a counter, for a member of staff or for nobody named."""
    caller = request.auth
    site_id, counter_id = caller.counter(counter)
    counter_id = queueing.counter_id(site_id, str(counter_id))

    def act() -> Any:
        try:
            return actions.sign_in(site_id=site_id, counter_id=counter_id, by=caller.actor, staff=body.staff)
        except NotFound:
            if body.staff is None or not caller.actor.sees(site_id):
                raise
            raise UnknownReference(errors={"staff": body.staff}) from None

    with caller.at(site_id):
        return write(request, site_id, act, lambda _: _counter(site_id, counter_id))


def _status(request: Request, ref: str, act: Any, **how: Any) -> HttpResponse:
    """Change the counter's status and answer with it."""
    caller = request.auth
    site_id, counter_id = caller.counter(ref)
    with caller.at(site_id):
        return write(
            request,
            site_id,
            lambda: act(site_id=site_id, counter_id=counter_id, by=caller.actor, **how),
            lambda _: _counter(site_id, counter_id),
        )


@written(
    "/counters/{counter}/sign-out",
    places.Counter,
    tag="counters",
    refuses=(actions.CounterBusy, actions.NotYours),
)
def sign_out(request: Request, counter: CounterPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Close a counter; closing a closed one changes nothing."""
    return _status(request, counter, actions.sign_out)


@written("/counters/{counter}/pause", places.Counter, tag="counters", refuses=_OPEN)
def pause(request: Request, counter: CounterPath, body: Pause) -> HttpResponse:
    """Call nobody for a while; who is at the counter is served to the end."""
    return _status(request, counter, actions.pause, reason=body.reason)


@written("/counters/{counter}/end-pause", places.Counter, tag="counters", refuses=_OPEN)
def end_pause(request: Request, counter: CounterPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Call again after a pause."""
    return _status(request, counter, actions.end_pause)
