"""A booking by its link: who comes, when it is, and what its holder may do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels import coming
from servicehall.channels.page_context import public_url
from servicehall.channels.portal import calendar, own_bookings, own_record, own_wechat
from servicehall.channels.portal.booking_forms import LATE, DetailsForm, LateForm, MoveForm, TimesForm
from servicehall.channels.portal.forms import KeyForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.channels.portal.pages import refusal as refusal_page
from servicehall.channels.portal.views.book import choice_of_times, frame
from servicehall.kernel import clock, events, idempotency
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.ids import uuid7
from servicehall.rooms.booking import actions, queries
from servicehall.rooms.messages import queries as messages
from servicehall.rooms.queueing import queries as queueing

View = Callable[..., HttpResponse]
ASKED = timedelta(days=2)
"""So long before it a booking asks whether its holder comes; whoever has just booked for later is not asked."""


def booking_page(view: View) -> View:
    """A page of whoever holds a booking's link; an address that leads to none says so."""

    @private
    @phone_page
    def answer(request: HttpRequest, booking_code: str) -> HttpResponse:
        try:
            row = queries.appointment(booking_code)
        except NotFound as unknown:
            return refusal_page(request, unknown, no_booking=True)
        return view(request, row)

    answer.__name__, answer.__doc__ = view.__name__, view.__doc__
    return answer


def _see(name: str, code: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse(f"portal:{name}", args=[code]))
    response.status_code = 303
    return response


@require_safe
@booking_page
def booking(request: HttpRequest, row: Any) -> HttpResponse:
    """The booking; this browser remembers it."""
    return _page(request, row)


def _page(request: HttpRequest, row: Any, *, problem: Refused | None = None) -> HttpResponse:
    if row.state == "held" and not problem and not _is_over(row):
        return _see("booking-details", row.code)
    context = {
        **_snapshot(row),
        "problem": problem.problem() if problem else None,
        "link": public_url(request, reverse("portal:booking", args=[row.code])),
    }
    response = render(request, "portal/book/booking.html", context, status=problem.status if problem else 200)
    own_bookings.remember(request, response, row.code, *(one.code for one in context["weeks"]))
    return response


def _is_over(row: Any) -> bool:
    return bool(row.hold_until and row.hold_until <= clock.now())


def _snapshot(row: Any) -> dict[str, Any]:
    seq = events.last_seq(row.site_id)
    now, zone = clock.now(), row.site.timezone
    there = clock.local(row.starts_at, zone)
    in_time = now <= row.starts_at - timedelta(minutes=row.offer.cutoff)
    ticket = None
    if row.state == "arrived" and row.ticket_id is not None:
        ticket = queueing.ticket_by_code(queueing.code_of(row.ticket_id))
    return {
        **frame(row.site),
        "one": row,
        "seq": seq,
        "state": "released" if row.state == "held" and _is_over(row) else row.state,
        "day_words": calendar.long_day(there.date()),
        "in_time": in_time,
        "may_confirm": timedelta(minutes=row.offer.early) < row.starts_at - now <= ASKED,
        "may_be_late": row.state == "booked" and row.starts_at - now <= timedelta(hours=12),
        "may_arrive": now >= row.starts_at - timedelta(minutes=row.offer.early),
        "arrive_from": row.starts_at - timedelta(minutes=row.offer.early),
        "told": coming.told(row, ticket) if ticket else None,
        "ticket": ticket,
        "late_choices": LATE,
        "party": queries.of_party(row),
        "weeks": queries.of_weeks(row),
        "offset_minutes": int((there.utcoffset() or timedelta()).total_seconds() // 60),
        "back_url": reverse("portal:site", args=[row.site.slug]),
    }


@require_safe
@booking_page
def now(request: HttpRequest, row: Any) -> HttpResponse:
    """The part of the page that changes."""
    link = public_url(request, reverse("portal:booking", args=[row.code]))
    return render(request, "portal/book/now.html", {**_snapshot(row), "link": link})


def _once(request: HttpRequest, row: Any, form: KeyForm, act: Callable[[dict[str, Any]], object]) -> None:
    """Do it once.

    Raises:
        BadInput: the form is wrong.
        Whatever the act refuses.
    """
    if not form.is_valid():
        raise BadInput(
            str(next(iter(form.errors.values()))[0]), errors={k: str(v[0]) for k, v in form.errors.items()}
        )
    given = form.cleaned_data

    def done() -> idempotency.Answer:
        act(given)
        return idempotency.Answer(303, "")

    idempotency.once(
        site_id=row.site_id,
        scope=f"phone:booking:{row.pk}",
        key=given["idempotency_key"] or None,
        fingerprint=idempotency.fingerprint(request.path, repr(sorted(given.items()))),
        act=done,
    )


def _act(
    request: HttpRequest, row: Any, form: KeyForm, act: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Do it once and go back to the booking; what is refused is said there."""
    try:
        _once(request, row, form, act)
    except Refused as problem:
        return _page(request, queries.appointment(row.code), problem=problem)
    return _see("booking", row.code)


@require_http_methods(["GET", "HEAD", "POST"])
@booking_page
def details(request: HttpRequest, row: Any) -> HttpResponse:
    """Who comes: the last page before it is booked, while the time is kept."""
    if row.state not in ("held", "released") or (row.state == "released" and row.name):
        return _see("booking", row.code)
    if row.state == "released" or _is_over(row):
        return _gone(request, row, actions.HoldOver())
    openid = own_wechat.openid_for(request, row.code)
    most = min(actions.MOST_WEEKS, row.offer.most_open)
    form = DetailsForm(
        request.POST or None,
        needs_email=row.offer.needs_email,
        most_weeks=most,
        is_reached=bool(openid),
        initial=_known(request, row),
    )
    if request.method != "POST" or not form.is_valid():
        return _details(request, row, form)

    def act(given: dict[str, Any]) -> None:
        who = actions.Details(given["name"], given["phone"], given["email"], given["note"], openid)
        actions.book_weekly(code=row.code, times=given.get("weeks") or 1, details=who, by=ACTOR)

    try:
        _once(request, row, form, act)
    except actions.HoldOver as over:
        return _gone(request, row, over)
    except actions.NoLonger:
        return _see("booking", row.code)
    except Refused as problem:
        return _details(request, row, form, problem=problem)
    return _see("booking", row.code)


def _known(request: HttpRequest, row: Any) -> dict[str, str]:
    """What is known of who is signed in, where the booking is theirs."""
    if row.customer_id is None or own_record.customer_at(request, row.organisation_id) != row.customer_id:
        return {}
    record = own_record.own_record(request)
    if record is None:
        return {}
    return {"name": record.name or "", "phone": record.phone or "", "email": record.email or ""}


def _details(
    request: HttpRequest, row: Any, form: DetailsForm, *, problem: Refused | None = None
) -> HttpResponse:
    conflicts = [
        {
            "day": calendar.moment_day(one["starts_at"], row.site.timezone),
            "nearest": [calendar.moment_words(near, row.site.timezone) for near in one["nearest"][:3]],
        }
        for one in (problem.facts.get("conflicts", ()) if problem else ())
    ]
    context = {
        **_snapshot(row),
        "form": form,
        "key": uuid7(),
        "problem": problem.problem() if problem else None,
        "conflicts": conflicts,
        "in_wechat": bool(own_wechat.openid_for(request, row.code)),
        "can_wechat": own_wechat.is_wechat(request) and messages.can_ask_wechat(),
        "times_url": reverse("portal:book-times", args=[row.site.slug, row.offer.slug]),
        "back_url": f"{reverse('portal:book-times', args=[row.site.slug, row.offer.slug])}"
        f"?day={row.day:%Y-%m-%d}&people={row.people}",
    }
    status = problem.status if problem else 422 if form.errors else 200
    return render(request, "portal/book/details.html", context, status=status)


def _gone(request: HttpRequest, row: Any, problem: Refused) -> HttpResponse:
    return render(
        request, "portal/book/gone.html", {**_snapshot(row), "problem": problem.problem()}, status=409
    )


@require_http_methods(["GET", "HEAD", "POST"])
@booking_page
def move(request: HttpRequest, row: Any) -> HttpResponse:
    """Another time: the same days and times as when it was booked."""
    if row.state != "booked":
        return _see("booking", row.code)
    problem: Refused | None = None
    if request.method == "POST":
        try:
            _once(
                request,
                row,
                MoveForm(request.POST),
                lambda given: actions.reschedule(
                    code=row.code, starts_at=actions.moment_said(given["at"], row.site.timezone), by=ACTOR
                ),
            )
        except (actions.TooLateToChange, actions.NoLonger) as refused:
            return _page(request, queries.appointment(row.code), problem=refused)
        except Refused as refused:
            problem = refused
        else:
            return _see("booking", row.code)
    form = TimesForm({**request.GET.dict(), **request.POST.dict()})
    context = {
        **_snapshot(row),
        "offer": row.offer,
        "people": row.people,
        "moved": row,
        "action": reverse("portal:booking-move", args=[row.code]),
        **choice_of_times(row.site, row.offer.slug, row.people, form, problem=problem),
        "back_url": reverse("portal:booking", args=[row.code]),
    }
    return render(request, "portal/book/times.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@booking_page
def cancel(request: HttpRequest, row: Any) -> HttpResponse:
    """Give it back; asked again before it is done."""
    if request.method != "POST":
        context = {**_snapshot(row), "key": uuid7(), "back_url": reverse("portal:booking", args=[row.code])}
        return (
            render(request, "portal/book/cancel.html", context)
            if row.state == "booked"
            else _see("booking", row.code)
        )
    return _act(request, row, KeyForm(request.POST), lambda _given: actions.cancel(code=row.code, by=ACTOR))


@require_POST
@booking_page
def release(request: HttpRequest, row: Any) -> HttpResponse:
    """Give up a time that is only held, and choose again."""
    _once(request, row, KeyForm(request.POST), lambda _given: actions.release(code=row.code, by=ACTOR))
    response = HttpResponseRedirect(reverse("portal:book-times", args=[row.site.slug, row.offer.slug]))
    response.status_code = 303
    return response


@require_POST
@booking_page
def confirm(request: HttpRequest, row: Any) -> HttpResponse:
    """The customer comes for sure."""
    return _act(request, row, KeyForm(request.POST), lambda _given: actions.confirm(code=row.code, by=ACTOR))


@require_POST
@booking_page
def late(request: HttpRequest, row: Any) -> HttpResponse:
    """The customer is on the way, and late."""
    return _act(
        request,
        row,
        LateForm(request.POST),
        lambda given: actions.say_late(code=row.code, minutes=given["minutes"], by=ACTOR),
    )
