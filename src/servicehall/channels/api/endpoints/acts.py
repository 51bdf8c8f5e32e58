"""What can be done with a ticket. One address an act; the answer is the ticket as it stands then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from servicehall.channels.api.answers import rendered, write
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import TicketPath, written
from servicehall.channels.api.problems import UnknownReference
from servicehall.channels.api.schemas import tickets as forms
from servicehall.channels.api.schemas.base import Nothing
from servicehall.kernel.errors import NotFound, NotSignedIn
from servicehall.kernel.rights import Actor
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing import queries as queueing

Act = Callable[..., Any]
_SERVING = (actions.WrongState, actions.NotYours)


def _act(request: Request, ref: str, act: Act, *, own: bool = False, **how: Any) -> HttpResponse:
    """Find the ticket, do the act, answer with what it returns.

    Raises:
        NotSignedIn: the act is not one of the customer's ``own``, and there is no token.
    """
    caller = request.auth
    if not own and not caller.is_known:
        raise NotSignedIn
    site_id, ticket_id = caller.ticket(ref)
    with caller.at(site_id):
        return write(
            request,
            site_id,
            lambda: act(ticket_id=ticket_id, by=caller.actor, **_resolved(request, site_id, how)),
            lambda ticket: _ticket(ticket, caller.actor),
            about=ticket_id,
        )


def _ticket(ticket: Any, actor: Actor) -> bytes:
    return rendered(forms.Ticket, queueing.after_act(ticket, actor=actor))


def _resolved(request: Request, site_id: UUID, how: dict[str, Any]) -> dict[str, Any]:
    """The act's arguments with counters as ids.

    Raises:
        UnknownReference: the site has no such counter.
    """
    if (ref := how.get("counter_id")) is None:
        return how
    site, colon, label = ref.partition(":")
    try:
        if not colon:
            return {**how, "counter_id": queueing.counter_id(site_id, ref)}
        if request.auth.site(site) == site_id:
            return {**how, "counter_id": queueing.counter_id(site_id, label)}
    except NotFound:
        pass
    raise UnknownReference(errors={"counter": ref})


@written(
    "/tickets/{ticket}/call",
    forms.Ticket,
    tag="serving",
    refuses=(
        actions.WrongState,
        actions.CounterNotOpen,
        actions.CounterBusy,
        actions.CannotServe,
        UnknownReference,
    ),
)
def call_ticket(request: Request, ticket: TicketPath, body: forms.CallTo) -> HttpResponse:
    """Call this very ticket to a counter: waiting, held, or after a missed call."""
    return _act(request, ticket, actions.call_ticket, counter_id=body.counter)


@written("/tickets/{ticket}/recall", forms.Ticket, tag="serving", refuses=(*_SERVING, actions.CounterNotOpen))
def recall_ticket(request: Request, ticket: TicketPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Call a called customer again at the same counter."""
    return _act(request, ticket, actions.recall)


@written("/tickets/{ticket}/start", forms.Ticket, tag="serving", refuses=_SERVING)
def start_ticket(request: Request, ticket: TicketPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """The called customer has come to the counter."""
    return _act(request, ticket, actions.start)


@written("/tickets/{ticket}/hold", forms.Ticket, tag="serving", refuses=_SERVING)
def hold_ticket(request: Request, ticket: TicketPath, body: forms.Hold) -> HttpResponse:
    """Put the customer aside and free the counter."""
    return _act(request, ticket, actions.hold, reason=body.reason, until=body.until)


@written(
    "/tickets/{ticket}/resume",
    forms.Ticket,
    tag="serving",
    refuses=(*_SERVING, actions.CounterNotOpen, actions.CounterBusy, UnknownReference),
)
def resume_ticket(request: Request, ticket: TicketPath, body: forms.Resume) -> HttpResponse:
    """Go on serving a held customer."""
    return _act(request, ticket, actions.resume, counter_id=body.counter)


@written(
    "/tickets/{ticket}/transfer",
    forms.Ticket,
    tag="serving",
    refuses=(*_SERVING, actions.CannotServe, UnknownReference),
)
def transfer_ticket(request: Request, ticket: TicketPath, body: forms.Transfer) -> HttpResponse:
    """Send the customer to another service, counter or person, with a note for who serves next."""

    def act(*, ticket_id: UUID, by: Actor, **how: Any) -> Any:
        if not by.sees(queueing.site_of_ticket(ticket_id)):
            raise NotFound
        try:
            return actions.transfer(ticket_id=ticket_id, by=by, **how)
        except NotFound:
            named = {"service": body.service, "staff": body.staff}
            raise UnknownReference(errors={name: ref for name, ref in named.items() if ref}) from None

    return _act(
        request,
        ticket,
        act,
        service=body.service,
        counter_id=body.counter,
        staff=body.staff,
        note=body.note,
        first=body.first,
    )


@written(
    "/tickets/{ticket}/advance", forms.Ticket, tag="serving", refuses=(*_SERVING, actions.NoFurtherStage)
)
def advance_ticket(request: Request, ticket: TicketPath, body: forms.Advance) -> HttpResponse:
    """Done at this counter; the customer goes on to the service's next stage."""
    return _act(request, ticket, actions.advance, note=body.note)


@written("/tickets/{ticket}/finish", forms.Ticket, tag="serving", refuses=_SERVING)
def finish_ticket(request: Request, ticket: TicketPath, body: forms.Finish) -> HttpResponse:
    """The customer has been served."""
    return _act(request, ticket, actions.finish, outcome=body.outcome, note=body.note)


@written("/tickets/{ticket}/no-show", forms.Ticket, tag="serving", refuses=_SERVING)
def miss_ticket(request: Request, ticket: TicketPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """The called customer did not come."""
    return _act(request, ticket, actions.no_show)


@written("/tickets/{ticket}/requeue", forms.Ticket, tag="serving", refuses=_SERVING)
def requeue_ticket(request: Request, ticket: TicketPath, body: forms.Requeue) -> HttpResponse:
    """Back into the queue, to the old place or behind the hall's number of others."""
    return _act(request, ticket, actions.requeue, late=body.late)


@written("/tickets/{ticket}/cancel", forms.Ticket, tag="own ticket", public=True, refuses=_SERVING)
def cancel_ticket(request: Request, ticket: TicketPath, body: forms.Cancel) -> HttpResponse:
    """Leave the queue, by the customer or by staff on their word."""
    return _act(request, ticket, actions.cancel, own=True, reason=body.reason)


@written(
    "/tickets/{ticket}/postpone",
    forms.Ticket,
    tag="own ticket",
    public=True,
    refuses=(actions.WrongState, actions.TooOften),
)
def postpone_ticket(request: Request, ticket: TicketPath, body: forms.Postpone) -> HttpResponse:
    """Let the next few others go first."""
    return _act(request, ticket, actions.postpone, own=True, places=body.places)


@written(
    "/tickets/{ticket}/rejoin",
    forms.Ticket,
    tag="own ticket",
    public=True,
    refuses=(actions.WrongState, actions.TooLateToReturn),
)
def rejoin_ticket(request: Request, ticket: TicketPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Come back after a missed call, within the hall's time."""
    return _act(request, ticket, actions.rejoin, own=True)


@written("/tickets/{ticket}/merge", forms.Ticket, tag="supervising", refuses=(actions.WrongState,))
def merge_ticket(request: Request, ticket: TicketPath, body: forms.Merge) -> HttpResponse:
    """Join a ticket with another one of the same customer; the answer is the one that is kept."""
    try:
        _site, into = request.auth.ticket(body.into)
    except NotFound:
        raise UnknownReference(errors={"into": body.into}) from None
    return _act(request, ticket, actions.merge, into=into)


@written("/tickets/{ticket}/move", forms.Ticket, tag="supervising", refuses=(actions.WrongState,))
def move_ticket(request: Request, ticket: TicketPath, body: forms.Move) -> HttpResponse:
    """Move a waiting ticket back, or to the very front of its class."""
    return _act(request, ticket, actions.move, places=body.places)


@written(
    "/tickets/{ticket}/reclass",
    forms.Ticket,
    tag="supervising",
    refuses=(actions.WrongState, actions.PriorityNotOffered),
)
def reclass_ticket(request: Request, ticket: TicketPath, body: forms.Reclass) -> HttpResponse:
    """Give a waiting ticket another priority class of the site."""
    return _act(request, ticket, actions.reclass, priority=body.priority)


@written(
    "/tickets/{ticket}/rate",
    forms.Rating,
    tag="own ticket",
    public=True,
    refuses=(feedback.NotServedYet, feedback.RatingClosed),
)
def rate_ticket(request: Request, ticket: TicketPath, body: forms.Rate) -> HttpResponse:
    """Rate the visit from 1 to 5; rating again within a week changes the first answer."""
    caller = request.auth
    site_id, ticket_id = caller.ticket(ticket)

    def act() -> Any:
        queueing.ticket(ticket_id, actor=caller.actor)
        return feedback.rate_visit(
            served=queueing.served_visit(ticket_id),
            score=body.score,
            reasons=body.reasons,
            comment=body.comment,
            by=caller.actor,
        )

    def shown(rating: Any) -> bytes:
        found = {
            "ticket": str(ticket_id),
            "score": rating.score,
            "reasons": rating.reasons,
            "comment": rating.comment,
            "rated_at": rating.rated_at.isoformat(),
        }
        return rendered(forms.Rating, found)

    with caller.at(site_id):
        return write(request, site_id, act, shown, about=ticket_id)
