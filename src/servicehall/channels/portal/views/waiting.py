"""The waiting list on the phone: asking to be told, taking what is kept, leaving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels.flooding import count_ticket
from servicehall.channels.portal import own_record
from servicehall.channels.portal.forms import KeyForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.kernel import clock, idempotency, languages
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.ids import uuid7
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.hall import queries as halls

DAYTIMES: dict[str, tuple[str | Promise, time | None, time | None]] = {
    "any": (_("at any time"), None, None),
    "morning": (_("in the morning (until 12)"), None, time(12)),
    "afternoon": (_("in the afternoon (from 12)"), time(12), None),
    "evening": (_("in the evening (from 17)"), time(17), None),
}
WRONG = {
    "name": _("Write your name (at most 80 characters)."),
    "phone": _("Write a phone number or an e-mail address, so that we can tell you."),
    "email": _("Write an e-mail address such as name@example.com."),
    "latest": _(
        "Choose a last day that is not before the first one, nor over, nor more than 400 days ahead."
    ),
}


class WaitForm(KeyForm):
    """When it suits somebody, and how they are told."""

    earliest = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    latest = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    daytime = forms.ChoiceField(
        label=_("Time of day"), choices=[(key, one[0]) for key, one in DAYTIMES.items()]
    )
    people = forms.IntegerField(label=_("How many people"), min_value=1, max_value=500, initial=1)
    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": WRONG["name"]},
    )
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": WRONG["email"]},
    )

    def __init__(self, most: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        if most <= 1:
            self.fields["people"].widget = forms.HiddenInput()


@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
def wait(request: HttpRequest, site: str, offer: str) -> HttpResponse:
    """Tell me when something is free."""
    place = halls.site(site, actor=ACTOR)
    found = next((one.row for one in queries.offers(place.pk) if one.row.slug == offer), None)
    if found is None:
        raise NotFound
    today = clock.local(clock.now(), place.timezone).date()
    initial = {"earliest": today, "latest": today + timedelta(days=min(14, found.horizon_days)), "people": 1}
    form = WaitForm(found.group_most, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _joined(request, place, found, form.cleaned_data)
        except BadInput as problem:
            for name in problem.facts.get("errors", {}):
                form.add_error(name if name in form.fields else None, str(WRONG.get(name, problem.title)))
        except Refused as problem:
            form.add_error(None, problem.sentences)
    context = {
        "site": place,
        "site_name": languages.say(place.names),
        "timezone": place.timezone,
        "offer": found,
        "form": form,
        "fields": [one for one in form if not one.is_hidden and one.name != "idempotency_key"],
        "key": form.data.get("idempotency_key") or uuid7(),
        "back_url": reverse("portal:site", args=[place.slug]),
    }
    return render(request, "portal/wait.html", context, status=422 if form.errors else 200)


def _joined(request: HttpRequest, place: Any, offer: Any, given: dict[str, Any]) -> HttpResponse:
    _words, from_time, to_time = DAYTIMES[given["daytime"]]
    wish = booking.Wish(given["earliest"], given["latest"], from_time, to_time, given["people"])
    details = booking.Details(given["name"], given["phone"], given["email"])

    def act() -> idempotency.Answer:
        count_ticket(request, place.pk)
        entry = booking.join_waiting(
            site_id=place.pk,
            offer=offer.pk,
            wish=wish,
            details=details,
            by=ACTOR,
            customer_id=own_record.customer_at(request, place.region.organisation_id),
            language=languages.current(),
        )
        return idempotency.Answer(303, entry.code)

    answer = idempotency.once(
        site_id=place.pk,
        scope="phone:wait",
        key=given["idempotency_key"] or None,
        fingerprint=idempotency.fingerprint(request.path, repr((wish, details))),
        act=act,
    )
    return _to(answer.body)


def _to(code: Any) -> HttpResponse:
    response = HttpResponseRedirect(reverse("portal:waiting", args=[code]))
    response.status_code = 303
    return response


@require_safe
@private
@phone_page
def waiting(request: HttpRequest, code: str) -> HttpResponse:
    """How it stands: the place in line, what is kept until when, or that it is over."""
    return _page(request, code)


def _page(request: HttpRequest, code: str, *, problem: Refused | None = None) -> HttpResponse:
    entry = queries.waiting_entry(code)
    site = entry.site
    kept = entry.appointment if entry.state in {"offered", "taken"} else None
    context = {
        "entry": entry,
        "site": site,
        "site_name": languages.say(site.names),
        "timezone": site.timezone,
        "kept": kept,
        "before": queries.place_in_line(entry) if entry.state == "waiting" else 0,
        "may_wait_again": entry.state == "expired"
        and entry.latest >= clock.local(clock.now(), site.timezone).date(),
        "problem": problem.problem() if problem else None,
        "book_url": queries.booking_path(entry.site.slug, entry.offer.slug),
        "kept_url": f"/b/{kept.code}" if kept is not None and entry.state == "taken" else "",
        "back_url": reverse("portal:site", args=[site.slug]),
    }
    with timezone.override(site.timezone):
        return render(request, "portal/waiting.html", context, status=problem.status if problem else 200)


def _act(request: HttpRequest, code: str, act: Callable[[], object]) -> HttpResponse:
    """Doing it twice is doing it once; what is refused is said on the entry's page."""
    try:
        act()
    except NotFound:
        raise
    except Refused as problem:
        return _page(request, code, problem=problem)
    return _to(code)


@require_POST
@private
@phone_page
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Book the time that is kept."""
    return _act(request, code, lambda: booking.take_offer(code=code, by=ACTOR))


@require_POST
@private
@phone_page
def leave_list(request: HttpRequest, code: str) -> HttpResponse:
    """Wait no longer."""
    return _act(request, code, lambda: booking.leave_waiting(code=code, by=ACTOR))


@require_POST
@private
@phone_page
def again(request: HttpRequest, code: str) -> HttpResponse:
    """Wait on, as the last."""
    return _act(request, code, lambda: booking.wait_again(code=code, by=ACTOR))
