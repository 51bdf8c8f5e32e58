"""What is done at the calendar: from a form to one action of booking, and back to a fresh sheet.

Every form carries a key, so that a second press or a repeated request acts once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from servicehall.channels.desk import bookings
from servicehall.channels.desk.access import Ground, for_staff, in_hall, is_part
from servicehall.channels.desk.fields import id_or_none, number_in, text_in
from servicehall.channels.desk.saying import Said, aloud, later, of_refusal
from servicehall.kernel import clock, idempotency
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import actions
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.hall import queries as hall

from . import asking
from .showing import fresh

UNDO = timedelta(seconds=30)
"""So long a move can be taken back with one press."""
_NOT_THE_ACT = {"csrfmiddlewaretoken", "idempotency_key"}
Act = Callable[[QueryDict, Ground], Said]


def moment_in(form: QueryDict, name: str, zone: str) -> datetime:
    """A moment with its offset; or a date and the minutes since its midnight, as a dropped card has them.

    Raises:
        BadInput: there is none.
    """
    day, _space, minutes = form.get(name, "").partition(" ")
    try:
        if minutes:
            found = clock.moment_of(date.fromisoformat(day), time(0), zone) + timedelta(minutes=int(minutes))
        else:
            found = datetime.fromisoformat(day)
    except (ValueError, OverflowError):
        raise BadInput(_("Choose a time.")) from None
    if found.tzinfo is None or found.year not in clock.YEARS:
        raise BadInput(_("Choose a time."))
    return found


def _zone(ground: Ground) -> str:
    return str(hall.site(ground.site_id).timezone)


def _when(row: Any, ground: Ground) -> str:
    with timezone.override(_zone(ground)):
        return date_format(timezone.localtime(row.starts_at), "m-d H:i")


def _arrived(form: QueryDict, ground: Ground) -> Said:
    row = asking.found_in(form, ground)
    row = actions.check_in(code=row.code, by=ground.actor)
    said = _("%(name)s is checked in.") % {"name": row.name or row.reference}
    return Said(f"{said} {bookings.place_words(row, ground)}".strip())


def _lost(form: QueryDict, ground: Ground) -> Said:
    row = asking.found_in(form, ground)
    actions.lose(code=row.code, by=ground.actor)
    return Said(_("%(reference)s counts as not come.") % {"reference": row.reference}, "info")


def _back(form: QueryDict, ground: Ground) -> Said:
    row = asking.found_in(form, ground)
    actions.take_back(code=row.code, by=ground.actor)
    return Said(_("%(reference)s is booked again.") % {"reference": row.reference}, "info")


def _end(form: QueryDict, ground: Ground) -> Said:
    row = asking.found_in(form, ground)
    actions.finish(code=row.code, by=ground.actor)
    return Said(_("%(reference)s is over.") % {"reference": row.reference})


def _cancel(form: QueryDict, ground: Ground) -> Said:
    row = asking.found_in(form, ground)
    actions.cancel(code=row.code, by=ground.actor, reason=text_in(form, "reason", 200))
    return Said(_("%(reference)s is cancelled.") % {"reference": row.reference}, "info")


def _move(form: QueryDict, ground: Ground) -> Said:
    row = asking.found_in(form, ground)
    starts = moment_in(form, "starts", _zone(ground))
    moved = actions.reschedule(
        code=row.code, starts_at=starts, by=ground.actor, resource=id_or_none(form, "resource")
    )
    return Said(
        _("%(reference)s is moved to %(when)s.")
        % {"reference": moved.reference, "when": _when(moved, ground)}
    )


def _book(form: QueryDict, ground: Ground) -> Said:
    name, phone, email = (text_in(form, one, 254) for one in ("name", "phone", "email"))
    customer = id_or_none(form, "customer")
    language = ""
    if customer is not None:
        record = customers.customer(customer, actor=ground.actor)
        if record.organisation_id != customers.organisation_of_site(ground.site_id):
            raise NotFound
        name, phone = name or str(record.name or ""), phone or str(record.phone or "")
        email, language = email or str(record.email or ""), record.language
    made = actions.book_for(
        site_id=ground.site_id,
        offer=form.get("offer", ""),
        starts_at=moment_in(form, "starts", _zone(ground)),
        details=actions.Details(name, phone, email, text_in(form, "note", 500)),
        by=ground.actor,
        people=number_in(form, "people", 1, 500),
        resource=id_or_none(form, "resource"),
        customer_id=customer,
        language=language,
    )
    return Said(
        _("Booked: %(reference)s, %(when)s.") % {"reference": made.reference, "when": _when(made, ground)}
    )


ACTS: dict[str, Act] = {
    "arrived": _arrived,
    "lost": _lost,
    "back": _back,
    "end": _end,
    "cancel": _cancel,
    "move": _move,
    "book": _book,
}


def _once(request: HttpRequest, ground: Ground, act: str) -> Said:
    """Do it unless this very form was sent before; then say again what was said."""
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


@sensitive_post_parameters("name", "phone", "email", "note", "customer_words")
@require_POST
@for_staff
def act(request: HttpRequest, actor: Actor, site: str, act: str) -> HttpResponse:
    """An act on an appointment; the answer is the fresh sheet and a sentence, after a move with its undo."""
    ground = in_hall(actor, site, "booking.change")
    if act not in ACTS:
        raise NotFound
    undo = _undo_of(request, ground) if act == "move" else None
    try:
        said, status = _once(request, ground, act), 200
    except Refused as refused:
        said, status, undo = of_refusal(refused), refused.status, None
        if act in {"book", "move"} and is_part(request) and "from" not in request.POST:
            return _asked_again(request, ground, site, act, said)
    if not is_part(request):
        later(request, said)
        return HttpResponseRedirect(f"{reverse('desk:calendar', args=[site])}?{request.GET.urlencode()}")
    answer = fresh(request, ground, site, status=status, undo=undo)
    answer["X-Desk"] = "fresh"
    return aloud(answer, said)


def _undo_of(request: HttpRequest, ground: Ground) -> dict[str, Any] | None:
    """What would move it back: the time and the resource that it has now."""
    row = asking.found_in(request.POST, ground)
    resources: list[UUID] = [one.resource_id for one in row.assignments.all()]
    return {
        "appointment": row.pk,
        "reference": row.reference,
        "starts": row.starts_at.isoformat(),
        "resource": resources[0] if len(set(resources)) == 1 else "",
        "until": (clock.now() + UNDO).isoformat(),
    }


def _asked_again(request: HttpRequest, ground: Ground, site: str, act: str, said: Said) -> HttpResponse:
    """The dialog once more with what was typed, and why it was refused."""
    asks, _right = asking.ASKS[act]
    context = {**asks(request.POST, ground), "problem": said.text}
    answer = asking.asked(request, ground, site, act, context, status=422)
    answer["X-Desk"], answer["HX-Retarget"], answer["HX-Reswap"] = "fresh", "#ask-body", "innerHTML"
    return answer
