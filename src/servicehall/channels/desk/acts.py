"""What is done at the desk: from a form to one action of the queue, and back to a fresh screen.

Every form carries a key, so that a second press or a repeated request acts once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from servicehall.kernel import clock, idempotency
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import actions, queries

from . import asking, load, overview, screen, supervising
from .access import Ground, at_counter, for_staff, in_hall, is_part
from .choosing import SESSION_SEAT
from .fields import id_in, id_or_none, number_in, text_in, ticket_in
from .saying import Said, aloud, later, of_refusal

Act = Callable[[QueryDict, Ground], Said]


def _seat(ground: Ground) -> UUID:
    if ground.counter_id is None:
        raise NotFound
    return ground.counter_id


def _next(_form: QueryDict, ground: Ground) -> Said:
    called = actions.call_next(site_id=ground.site_id, counter_id=_seat(ground), by=ground.actor)
    if called is None:
        return Said(_("Nobody is waiting whom you can serve."), "info")
    return Said(_("Calling %(number)s") % {"number": called.number})


def _call(form: QueryDict, ground: Ground) -> Said:
    counter = id_or_none(form, "counter") or _seat(ground)
    called = actions.call_ticket(ticket_id=ticket_in(form), counter_id=counter, by=ground.actor)
    return Said(_("Calling %(number)s") % {"number": called.number})


def _recall(form: QueryDict, ground: Ground) -> Said:
    ticket = actions.recall(ticket_id=ticket_in(form), by=ground.actor)
    return Said(_("Calling %(number)s again") % {"number": ticket.number})


def _start(form: QueryDict, ground: Ground) -> Said:
    actions.start(ticket_id=ticket_in(form), by=ground.actor)
    return Said("")


def _hold(form: QueryDict, ground: Ground) -> Said:
    minutes = number_in(form, "minutes", 0, 480)
    until = clock.now() + timedelta(minutes=minutes) if minutes else None
    reason = form.get("other", "").strip() or form.get("reason", "")
    ticket = actions.hold(ticket_id=ticket_in(form), by=ground.actor, reason=reason, until=until)
    return Said(_("%(number)s is on hold") % {"number": ticket.number})


def _resume(form: QueryDict, ground: Ground) -> Said:
    ticket = actions.resume(ticket_id=ticket_in(form), by=ground.actor, counter_id=_seat(ground))
    return Said(_("Serving %(number)s again") % {"number": ticket.number})


def _transfer(form: QueryDict, ground: Ground) -> Said:
    kind = form.get("to", "")
    ticket = actions.transfer(
        ticket_id=ticket_in(form),
        by=ground.actor,
        service=(form.get("service") or None) if kind == "service" else None,
        counter_id=id_in(form, "counter") if kind == "counter" else None,
        staff=(form.get("staff") or None) if kind == "staff" else None,
        note=text_in(form, "note", 500),
        first=form.get("first") == "on",
    )
    return Said(_("%(number)s has been transferred") % {"number": ticket.number})


def _done(form: QueryDict, ground: Ground) -> Said:
    """Done with the customer: finished or sent to the next stage, and perhaps the next one called."""
    ticket, note = ticket_in(form), text_in(form, "note", 500)
    outcome = form.get("outcome", "served")
    called: Any = None
    match form.get("then", ""):
        case "next":
            done, called = actions.finish_and_call_next(
                ticket_id=ticket, counter_id=_seat(ground), by=ground.actor, outcome=outcome, note=note
            )
        case "stage-next":
            done, called = actions.advance_and_call_next(
                ticket_id=ticket, counter_id=_seat(ground), by=ground.actor, note=note
            )
        case "stage":
            done = actions.advance(ticket_id=ticket, by=ground.actor, note=note)
        case _:
            done = actions.finish(ticket_id=ticket, by=ground.actor, outcome=outcome, note=note)
    return _said_of_done(done.number, form.get("then", ""), called and called.number)


def _said_of_done(number: str, then: str, called: str | None) -> Said:
    words = {"number": number, "called": called}
    on = then.startswith("stage")
    if called:
        if on:
            return Said(_("%(number)s goes on to the next stage. Calling %(called)s") % words)
        return Said(_("%(number)s is finished. Calling %(called)s") % words)
    if then.endswith("next"):
        if on:
            return Said(_("%(number)s goes on to the next stage. Nobody else is waiting.") % words, "info")
        return Said(_("%(number)s is finished. Nobody else is waiting.") % words, "info")
    if on:
        return Said(_("%(number)s goes on to the next stage") % words)
    return Said(_("%(number)s is finished") % words)


def _no_show(form: QueryDict, ground: Ground) -> Said:
    ticket = actions.no_show(ticket_id=ticket_in(form), by=ground.actor)
    return Said(_("%(number)s did not come") % {"number": ticket.number}, "info")


def _requeue(form: QueryDict, ground: Ground) -> Said:
    ticket = actions.requeue(ticket_id=ticket_in(form), by=ground.actor, late=form.get("place") == "late")
    return Said(_("%(number)s is back in the queue") % {"number": ticket.number})


def _rejoin(form: QueryDict, ground: Ground) -> Said:
    ticket = actions.rejoin(ticket_id=ticket_in(form), by=ground.actor)
    return Said(_("%(number)s is back in the queue") % {"number": ticket.number})


def _cancel(form: QueryDict, ground: Ground) -> Said:
    reason = form.get("other", "").strip() or form.get("reason", "")
    ticket = actions.cancel(ticket_id=ticket_in(form), by=ground.actor, reason=reason)
    return Said(_("%(number)s has left the queue") % {"number": ticket.number}, "info")


def _pause(form: QueryDict, ground: Ground) -> Said:
    reason = form.get("other", "").strip() or form.get("reason", "")
    actions.pause(site_id=ground.site_id, counter_id=_seat(ground), by=ground.actor, reason=reason)
    return Said("")


def _end_pause(_form: QueryDict, ground: Ground) -> Said:
    actions.end_pause(site_id=ground.site_id, counter_id=_seat(ground), by=ground.actor)
    return Said("")


def _undo(_form: QueryDict, ground: Ground) -> Said:
    ticket = actions.undo(site_id=ground.site_id, counter_id=_seat(ground), by=ground.actor)
    return Said(_("Undone. %(number)s is as it was before.") % {"number": ticket.number}, "info")


def _issue(form: QueryDict, ground: Ground) -> Said:
    ticket = actions.issue_ticket(
        site_id=ground.site_id,
        service=form.get("service", ""),
        by=ground.actor,
        priority=form.get("priority") or None,
        language=form.get("language", ""),
        note=text_in(form, "note", 500),
    )
    return Said(_("Ticket %(number)s issued") % {"number": ticket.number}, ticket=str(ticket.pk))


def _leave(_form: QueryDict, ground: Ground) -> Said:
    actions.sign_out(site_id=ground.site_id, counter_id=_seat(ground), by=ground.actor)
    return Said(_("You have left the counter."), "info")


ACTS: dict[str, Act] = {
    "next": _next,
    "call": _call,
    "recall": _recall,
    "start": _start,
    "hold": _hold,
    "resume": _resume,
    "transfer": _transfer,
    "done": _done,
    "no-show": _no_show,
    "requeue": _requeue,
    "rejoin": _rejoin,
    "cancel": _cancel,
    "pause": _pause,
    "end-pause": _end_pause,
    "undo": _undo,
    "issue": _issue,
    "leave": _leave,
    **supervising.ACTS,
    **load.ACTS,
}


def _once(request: HttpRequest, ground: Ground, act: str) -> Said:
    """Do it unless this very form was sent before; then say again what was said."""
    if act not in ACTS:
        raise NotFound
    if request.POST.get("ticket") and queries.site_of_ticket(ticket_in(request.POST)) != ground.site_id:
        raise NotFound
    body = sorted((k, v) for k, vs in request.POST.lists() for v in vs if k not in _NOT_THE_ACT)
    answer = idempotency.once(
        site_id=ground.site_id,
        # A digest, because the session's key is as good as a password.
        scope=f"page:{idempotency.fingerprint(request.session.session_key or '')[:32]}",
        key=request.POST.get("idempotency_key") or None,
        fingerprint=idempotency.fingerprint(request.path, repr(body)),
        act=lambda: idempotency.Answer(200, ACTS[act](request.POST, ground).kept()),
    )
    return Said.from_kept(answer.body)


_NOT_THE_ACT = {"csrfmiddlewaretoken", "idempotency_key"}


@require_POST
@for_staff
def act(request: HttpRequest, actor: Actor, counter_id: UUID, act: str) -> HttpResponse:
    """An act at a counter; the answer is the fresh screen and a sentence."""
    ground = at_counter(actor, counter_id)
    status = 200
    try:
        said = _once(request, ground, act)
    except Refused as refused:
        said, status = of_refusal(refused), refused.status
    if act == "leave" and status == 200:
        request.session.pop(SESSION_SEAT, None)
        return _go(request, reverse("desk:counters", args=[hall.site(ground.site_id).slug]), said)
    if not is_part(request):
        return _go(request, reverse("desk:screen", args=[counter_id]), said)
    if said.ticket:
        return asking.issued(request, ground, UUID(said.ticket))
    return aloud(_fresh(screen.parts(request, ground, status=status)), said)


@require_POST
@for_staff
def act_for_site(request: HttpRequest, actor: Actor, site: str, act: str) -> HttpResponse:
    """An act on the supervisor's page."""
    ground = in_hall(actor, site, "queue.supervise")
    status = 200
    try:
        said = _once(request, ground, act)
    except Refused as refused:
        said, status = of_refusal(refused), refused.status
    if not is_part(request):
        return _go(request, reverse("desk:queue", args=[site]), said)
    return aloud(_fresh(overview.parts(request, ground, status=status)), said)


def _fresh(answer: HttpResponse) -> HttpResponse:
    """Mark an answer that shows the present state, so that the page takes it even after a refusal."""
    answer["X-Desk"] = "fresh"
    return answer


def _go(request: HttpRequest, address: str, said: Said) -> HttpResponse:
    later(request, said)
    if not is_part(request):
        return HttpResponseRedirect(address)
    answer = HttpResponse(status=200)
    answer["HX-Redirect"] = address
    return answer
