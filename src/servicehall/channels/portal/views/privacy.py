"""A customer's rights on their own page: consent and receipts, a copy of their data, restriction, erasure."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from servicehall.channels.portal import own_record
from servicehall.kernel import clock, languages
from servicehall.kernel.errors import BadInput
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.queueing import queries as queueing

from .me import own_page, see

ALL_VISITS = 5000


@require_safe
@own_page
def privacy(request: HttpRequest) -> HttpResponse:
    """Everything in one place."""
    record, _actor = own_record.needed(request)
    return _page(request, record)


def _page(
    request: HttpRequest, record: customers.Record, *, problem: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "correctable": customers.correctable(record),
        "corrections": customers.own_corrections(record),
        **more,
        "record": record,
        "offers": customers.offers(record),
        "request_now": customers.open_request(record),
        "problem": problem,
        "back_url": reverse("portal:me"),
    }
    return render(request, "portal/me/privacy.html", context, status=status)


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise BadInput(errors={name: "UUID"}) from None


def _back(request: HttpRequest, words: str) -> HttpResponse:
    """To the page, which says once what was done."""
    if words:
        messages.success(request, words)
    return see(reverse("portal:me-privacy"))


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), gettext("j F Y"))


@require_POST
@own_page
def consent(request: HttpRequest) -> HttpResponse:
    """Say yes to a wording, or take it back."""
    record, actor = own_record.needed(request)
    if "withdraw" in request.POST:
        purpose = _id(request, "withdraw")
        titles = {one.purpose: languages.say(one.titles) for one in customers.offers(record)}
        count = actions.withdraw_consent(customer_id=record.pk, purpose_id=purpose, by=actor)
        words = gettext("You took back your consent to “%(title)s”. We stop using your data for it now.")
        return _back(request, words % {"title": titles.get(purpose, "")} if count else "")
    version = _id(request, "version")
    try:
        given = actions.give_consent(
            customer_id=record.pk, version_id=version, language=languages.current(), by=actor
        )
    except BadInput:
        words = gettext("The wording has changed. Read the new one, then decide.")
        return _page(request, record, problem=words, status=422)
    words = gettext("You agreed to “%(title)s”. You can take that back here at any time.")
    return _back(request, words % {"title": languages.say(given.version.titles)})


@require_safe
@own_page
def receipt(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """A consent's receipt, to keep."""
    record, _actor = own_record.needed(request)
    return _download(customers.receipt(record, consent_id), f"consent-{consent_id}.json")


@require_safe
@own_page
def proof(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """The same with what proves it, to be checked without us."""
    record, _actor = own_record.needed(request)
    return _download(customers.proved_receipt(record, consent_id), f"consent-{consent_id}-proof.json")


def _download(content: dict[str, Any], name: str) -> HttpResponse:
    body = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@own_page
def export(request: HttpRequest, form: str) -> HttpResponse:
    """All that is known: for programs (json), or to read (page)."""
    record, actor = own_record.needed(request)
    known = customers.all_known(record)
    visits = queueing.visits_of(customers.same_person(record.pk), limit=ALL_VISITS)
    actions.note_export(customer_id=record.pk, form=form, by=actor)
    if form == "json":
        told = [
            {
                "number": one.number, "site": one.site, "service": one.service, "state": one.state,
                "channel": one.channel, "taken_at": one.joined_at, "ended_at": one.ended_at,
            }
            for one in visits
        ]  # fmt: skip
        return _download({"made_at": clock.now(), **known, "visits": told}, "my-data.json")
    context = {"record": record, "known": known, "visits": visits, "made_at": clock.now()}
    context["wishes"] = customers.wishes(record)
    return render(request, "portal/me/export.html", {**context, "back_url": reverse("portal:me-privacy")})


@require_POST
@own_page
def restrict(request: HttpRequest) -> HttpResponse:
    """Let the data be kept and nothing else, or lift that."""
    record, actor = own_record.needed(request)
    wanted = request.POST.get("restricted") == "yes"
    actions.restrict_use(customer_id=record.pk, restricted=wanted, by=actor)
    if wanted:
        return _back(request, gettext("The use of your data is restricted from now on, until you lift it."))
    return _back(request, gettext("You lifted the restriction. Your data is used again as before."))


@sensitive_post_parameters("wish")
@require_POST
@own_page
def correction(request: HttpRequest) -> HttpResponse:
    """Ask that something is corrected which only staff can correct, or take that back."""
    record, actor = own_record.needed(request)
    if "withdraw" in request.POST:
        actions.take_back_correction(request_id=_id(request, "withdraw"), by=actor)
        return _back(request, gettext("You took your wish back. Nothing is changed."))
    field, wish = request.POST.get("field", ""), request.POST.get("wish", "")
    try:
        asked = actions.ask_correction(customer_id=record.pk, field=field, wish=wish, by=actor)
    except BadInput as refused:
        words = " ".join(refused.facts["errors"].values())
        return _page(request, record, problem=words, status=422, field=field, wish=wish)
    words = gettext("We have your wish: “%(what)s” is to be corrected. We decide by %(day)s and answer here.")
    return _back(request, words % {"what": asked.field_name, "day": _day(asked.due_at)})


@require_POST
@own_page
def erasure(request: HttpRequest) -> HttpResponse:
    """Ask to be erased, or take that back."""
    record, actor = own_record.needed(request)
    if request.POST.get("wanted") == "no":
        actions.take_back_request(customer_id=record.pk, by=actor)
        return _back(request, gettext("You took your request back. Your data stays."))
    asked = actions.ask_erasure(customer_id=record.pk, by=actor)
    words = gettext(
        "We have your request to be erased. We decide by %(day)s. Until then you can take it back."
    )
    return _back(request, words % {"day": _day(asked.due_at)})
