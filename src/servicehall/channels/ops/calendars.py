"""Calendars of a site: which resource is read where, which calendars elsewhere close hours, and the hall's rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicehall.channels.page_context import public_url
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import actions, queries

from . import asking
from .asking import Place
from .frame import frame

FINDINGS: dict[str, str | Promise] = {
    "forbidden": _("The address is inside, or without TLS: nothing is read there."),
    "no-address": _("The name has no address."),
    "no-connection": _("Nobody listens there."),
    "tls": _("Its certificate does not hold."),
    "timeout": _("No answer in time."),
    "no-answer": _("It hung up without an answer."),
    "too-long": _("The calendar is larger than 5 MB."),
    "sign-in": _("User name or password are wrong."),
    "not-there": _("There is no calendar at this address."),
    "redirect": _("It sends elsewhere; that is not followed. Give the address it ends at."),
    "status": _("It answered with an error."),
    "no-calendar": _("It did not answer with calendars."),
    "no-secret": _("There is no secret of this name."),
    "not-a-calendar": _("This is no calendar file."),
    "no-time": _("An entry has no beginning."),
    "wrong-time": _("An entry has a time that does not exist."),
    "wrong-repetition": _("An entry repeats by a rule that cannot be read."),
    "too-much": _("It has more entries than can be read, or one repeats every hour or more often."),
}


class OutsideForm(forms.Form):
    """A calendar elsewhere."""

    resource = forms.ChoiceField(label=_("Closes the hours of"))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            ("file", _("a calendar file (.ics)")),
            ("free-busy", _("CalDAV, busy times (free-busy-query)")),
            ("query", _("CalDAV, entries (calendar-query)")),
        ],
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=1000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    user = forms.CharField(
        label=_("User name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    secret_name = forms.SlugField(
        label=_("Name of the secret"),
        max_length=60,
        required=False,
        help_text=_("The password is kept under this name, as those of connectors are; never here."),
    )

    def __init__(self, resources: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["resource"]
        chosen.choices = resources


class RulesForm(forms.Form):
    """What the hall does about appointments."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("Quiet until"),
        help_text=_("The same hour twice: never quiet."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    reminders = forms.CharField(
        label=_("Reminders (minutes before)"),
        required=False,
        max_length=60,
        help_text=_("Such as 1440, 120: a day and two hours before. Empty: none."),
    )
    offer_minutes = forms.IntegerField(
        label=_("Freed times are kept (minutes)"),
        min_value=5,
        max_value=1440,
        help_text=_("For the first of the waiting list, until the next one gets them."),
    )
    names_in_feeds = forms.BooleanField(
        label=_("Names of customers in staff’s calendars"),
        required=False,
        help_text=_("Calendars are kept by other companies; without names they hold numbers only."),
    )


def _asked(request: HttpRequest, slug: str) -> tuple[Actor, Place]:
    actor = asking.watcher(request)
    return actor, asking.place(slug, actor)


def _shown(
    request: HttpRequest, name: str, actor: Actor, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    may = {"may_change": actor.may("setup.change", place.id)}
    whole = {"place": place, "here": "calendars", **may, **context, **frame(actor, site=place.id)}
    with timezone.override(place.timezone):
        response = render(request, name, whole, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _back(slug: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("ops:calendars", args=[slug]))
    response.status_code = 303
    return response


@never_cache
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """Each resource with the calendars that it is in."""
    actor, place = _asked(request, slug)
    return _listing(request, actor, place)


def _listing(request: HttpRequest, actor: Actor, place: Place, *, shown: str = "") -> HttpResponse:
    rows = queries.resource_calendars(place.id, actor=actor)
    found = [
        {
            "row": one.row,
            "feed": one.feed,
            "conflicts": one.conflicts,
            "outside": [
                {"row": each, "finding": FINDINGS.get(each.finding, each.finding)} for each in one.outside
            ],
        }
        for one in rows
    ]
    context = {"resources": found, "rules": queries.rules_of(place.id), "secret_url": shown}
    return _shown(request, "ops/calendars.html", actor, place, context)


@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a calendar elsewhere close hours."""
    actor, place = _asked(request, slug)
    rows = queries.resource_calendars(place.id, actor=actor)
    names = [(str(one.row.pk), str(one.row)) for one in rows]
    form = OutsideForm(names, request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            made = actions.add_outside(resource_id=UUID(given.pop("resource")), by=actor, **given)
        except actions.UnfitCalendarAddress as problem:
            form.add_error("address", problem.sentences)
        except ValidationError as problem:
            form.add_error(None, problem.messages)
        else:
            _read(request, made.pk, actor)
            return _back(slug)
    status = 422 if form.errors else 200
    context = {"form": form, "heading": gettext("Add an outside calendar")}
    return _shown(request, "ops/calendar_form.html", actor, place, context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Quiet hours, reminders, the waiting list, names in calendars."""
    actor, place = _asked(request, slug)
    queries.resource_calendars(place.id, actor=actor)
    row = queries.rules_of(place.id)
    initial = {name: getattr(row, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            actions.set_rules(site_id=place.id, by=actor, **form.cleaned_data)
        except ValidationError as problem:
            for name, words in problem.message_dict.items():
                form.add_error(name if name in form.fields else None, words)
        else:
            messages.success(request, gettext("The rules are saved."))
            return _back(slug)
    status = 422 if form.errors else 200
    context = {"form": form, "heading": gettext("Messages and the waiting list")}
    return _shown(request, "ops/calendar_form.html", actor, place, context, status=status)


def _read(request: HttpRequest, calendar_id: UUID, actor: Actor) -> None:
    found = actions.read_now(calendar_id=calendar_id, by=actor)
    if found.finding:
        messages.warning(request, str(FINDINGS.get(found.finding, found.finding)))
    else:
        messages.success(request, gettext("The calendar was read."))


@never_cache
@require_POST
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """Make, renew or revoke an address; read a calendar now, or forget it."""
    actor, place = _asked(request, slug)
    wanted, about = request.POST.get("act", ""), asking.uuid_of(request.POST, "about")
    rows = queries.resource_calendars(place.id, actor=actor)
    outside = {each.pk for one in rows for each in one.outside}
    if about not in (outside if wanted in {"read", "remove"} else {one.row.pk for one in rows}):
        raise NotFound
    if wanted == "feed":
        secret = actions.make_feed(resource_id=about, by=actor)
        path = reverse("portal:calendar-feed", args=[secret])
        return _listing(request, actor, place, shown=public_url(request, path))
    if wanted == "revoke":
        actions.revoke_feed(resource_id=about, by=actor)
    elif wanted == "read":
        _read(request, about, actor)
    elif wanted == "remove":
        actions.remove_outside(calendar_id=about, by=actor)
    else:
        raise BadInput(errors={"act": "feed, revoke, read, remove"})
    return _back(slug)
