"""A customer's own page: sign in by a code, see the record and the visits, correct it, sign out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.channels.addresses import address_of
from servicehall.channels.headers import clear_site
from servicehall.channels.language import use_language
from servicehall.channels.look import times
from servicehall.channels.portal import own_bookings, own_record, own_requests, own_tickets
from servicehall.channels.portal.forms import AddressForm, CodeForm, RecordForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.channels.questions import QuestionsForm
from servicehall.kernel import languages
from servicehall.kernel.errors import BadInput, Refused
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.hall import queries as halls
from servicehall.rooms.queueing import queries as queueing

VISITS = 20
NOT_SENT = (
    actions.NotAnAddress,
    actions.CodeTooSoon,
    actions.NumberTextedOften,
    actions.TextsUsedUp,
)
"""Why no code goes to an address: said beside it."""


def own_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the signed-in customer; who is not signed in is led there."""

    @private
    @phone_page
    @functools.wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except own_record.NotSignedInHere:
            return see(reverse("portal:me"))

    return answer


def see(address: str) -> HttpResponse:
    """Go and look at another page."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def said(refused: Refused) -> str:
    """A refusal beside a field: what is wrong and what to do."""
    facts = refused.facts
    if "seconds" in facts:
        return gettext("Please wait %(time)s before you ask for another code.") % {
            "time": times.duration(facts["seconds"])
        }
    if "left" in facts:
        return gettext("This code is not right. You may try %(count)d more times.") % {"count": facts["left"]}
    return refused.sentences


@require_http_methods(["GET", "HEAD"])
@private
@phone_page
def me(request: HttpRequest) -> HttpResponse:
    """The record and the visits of who is signed in; else the way in."""
    record = own_record.own_record(request)
    if record is None:
        return way_in(
            request, AddressForm(offered_organisations(), initial={"organisation": _asked(request)})
        )
    ids = customers.same_person(record.pk)
    visits = queueing.visits_of(ids, limit=VISITS)
    asked = customers.form_of(record.organisation_id, customers.OWN_PAGE)
    context = {
        "record": record,
        "visits": visits,
        "requests": own_requests.of(ids),
        "bookings": booking.of_customer(ids, limit=VISITS),
        "unanswered": customers.unanswered(record, asked),
        "wishes": customers.wishes(record),
        "back_url": reverse("portal:home"),
    }
    return render(request, "portal/me/record.html", context)


def offered_organisations() -> list[tuple[str, str]]:
    """Whose customer one can be."""
    return [(str(one.pk), languages.say(one.names)) for one in halls.open_organisations()]


def _asked(request: HttpRequest) -> str:
    """The organisation of the hall that the customer came from (``?hall=mall``)."""
    slug = request.GET.get("hall", "")
    return str(halls.site(slug).region.organisation_id) if slug else ""


def way_in(request: HttpRequest, form: AddressForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page where to say who one is; ``problem`` is what was wrong with a passkey."""
    able = actions.Place.of(request.get_host()).is_able
    context = {"form": form, "passkeys": able, "problem": problem, "back_url": reverse("portal:home")}
    return render(request, "portal/me/sign_in.html", context, status=status)


def _ask_code(request: HttpRequest, form: CodeForm, *, contact: bool, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "contact": contact,
        "back_url": reverse("portal:me"),
        # The address stands in this page only, so another language keeps it by sending it along.
        "switch_to": reverse("portal:me-contact" if contact else "portal:me-enter"),
        "switch_fields": [(name, form[name].value()) for name in ("address", "organisation")],
    }
    return render(request, "portal/me/code.html", context, status=status)


def _ask_code_in(request: HttpRequest, language: str, *, contact: bool) -> HttpResponse:
    """The page that asks for the code that was sent, in another language."""
    form = CodeForm(initial={name: request.POST.get(name, "")[:200] for name in ("address", "organisation")})
    if not translation.check_for_language(language):
        language = languages.current()
    with translation.override(language):
        response = _ask_code(request, form, contact=contact)
    response["Content-Language"] = language.lower()
    use_language(response, language)
    return response


def _send(request: HttpRequest, organisation: str, address: str) -> None:
    actions.send_code(
        organisation_id=UUID(organisation),
        address=address,
        client=address_of(request),
        language=get_language() or "en",
        by=ACTOR,
    )


@sensitive_post_parameters("address")
@require_POST
@private
@phone_page
def send_code(request: HttpRequest) -> HttpResponse:
    """Send a code and ask for it."""
    form = AddressForm(offered_organisations(), request.POST)
    if not form.is_valid():
        return way_in(request, form, status=422)
    given = form.cleaned_data
    try:
        _send(request, given["organisation"], given["address"])
    except NOT_SENT as refused:
        form.add_error("address", said(refused))
        return way_in(request, form, status=refused.status)
    return _ask_code(request, CodeForm(initial=given), contact=False)


@sensitive_post_parameters("address", "code")
@require_POST
@private
@phone_page
def enter_code(request: HttpRequest) -> HttpResponse:
    """Compare the code; the right one signs in."""
    if language := request.POST.get("language"):
        return _ask_code_in(request, language, contact=False)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask_code(request, form, contact=False, status=422)
    given = form.cleaned_data
    try:
        row = actions.sign_in_by_code(
            organisation_id=given["organisation"], address=given["address"], code=given["code"],
            language=languages.current(), by=ACTOR,
        )  # fmt: skip
    except (actions.CodeWrong, actions.CodeOver, actions.NotAnAddress) as refused:
        form.add_error("code", said(refused))
        return _ask_code(request, form, contact=False, status=refused.status)
    own_record.remember(request, row.organisation_id, row.pk)
    asked = customers.form_of(row.organisation_id, customers.OWN_PAGE)
    is_new = row.created_at == row.changed_at
    wanted = [one for one in customers.unanswered(row, asked) if is_new or one.required]
    return see(reverse("portal:me-register" if wanted else "portal:me"))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def register(request: HttpRequest) -> HttpResponse:
    """What the organisation asks of those who come for the first time, and the record has no answer to."""
    record, actor = own_record.needed(request)
    asked = customers.form_of(record.organisation_id, customers.OWN_PAGE)
    left = customers.unanswered(record, asked)
    if asked.version is None or not left:
        return see(reverse("portal:me"))
    own = [one.key for one in left if not customers.is_contact(one)]
    form = QuestionsForm(asked, request.POST if request.method == "POST" else None, keys=own)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_form(
                version_id=form.version,
                customer_id=record.pk, answers=form.answers, agreed=form.agreed, by=actor,
            )  # fmt: skip
            return see(reverse("portal:me"))
        except BadInput as refused:
            form.tell(refused)
            status = refused.status
        except actions.FormChanged as refused:
            form.add_error(None, said(refused))
            status = refused.status
    context = {
        "form": form,
        "reasons": form.reasons([one.purpose for one in customers.offers(record) if one.consent]),
        "contacts": [asked.label(one) for one in left if customers.is_contact(one)],
        "back_url": reverse("portal:me"),
    }
    return render(request, "portal/me/register.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def edit(request: HttpRequest) -> HttpResponse:
    """Correct name and address, as far as they are known or asked for."""
    record, actor = own_record.needed(request)
    asked = customers.form_of(record.organisation_id, customers.OWN_PAGE)
    open_to = {one.field for one in asked.questions} if asked.version else {"name", "address"}
    own = (
        ("address",) if record.id_verified_at else ("name", "address")
    )  # a verified name only staff corrects
    form = RecordForm(
        [name for name in own if name in open_to or getattr(record, name)],
        request.POST if request.method == "POST" else None,
        initial={"name": record.name, "address": record.address},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_customer(customer_id=record.pk, fields=form.cleaned_data, by=actor)
            messages.success(request, gettext("Your record is corrected."))
            return see(reverse("portal:me"))
        except BadInput as refused:
            for name, text in refused.facts["errors"].items():
                form.add_error(name if name in form.fields else None, text)
    context = {"form": form, "is_verified": bool(record.id_verified_at), "back_url": reverse("portal:me")}
    return render(request, "portal/me/edit.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("address", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def contact(request: HttpRequest) -> HttpResponse:
    """Prove another phone number or e-mail address: first the address, then the code."""
    record, actor = own_record.needed(request)
    organisation = str(record.organisation_id)
    context = {"back_url": reverse("portal:me"), "contact": True}
    if language := request.POST.get("language"):
        return _ask_code_in(request, language, contact=True)
    if "code" in request.POST:
        entered = CodeForm(request.POST)
        if not entered.is_valid():
            return _ask_code(request, entered, contact=True, status=422)
        given = entered.cleaned_data
        try:
            actions.confirm_contact(
                customer_id=record.pk, address=given["address"], code=given["code"], by=actor
            )
        except (actions.CodeWrong, actions.CodeOver, actions.NotAnAddress) as refused:
            entered.add_error("code", said(refused))
            return _ask_code(request, entered, contact=True, status=refused.status)
        messages.success(
            request, gettext("It is proved that the new address is yours. It replaces the old one.")
        )
        return see(reverse("portal:me"))
    form = AddressForm([(organisation, "")], request.POST or None, initial={"organisation": organisation})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _send(request, organisation, form.cleaned_data["address"])
                return _ask_code(request, CodeForm(initial=form.cleaned_data), contact=True)
            except NOT_SENT as refused:
                form.add_error("address", said(refused))
                status = refused.status
    return render(request, "portal/me/sign_in.html", {"form": form, **context}, status=status)


@require_POST
@own_page
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; this phone forgets whose it was, its tickets too."""
    record, actor = own_record.needed(request)
    actions.sign_out(customer_id=record.pk, by=actor)
    own_record.forget(request)
    response = see(reverse("portal:home"))
    for cookie in (own_tickets.COOKIE, own_bookings.COOKIE):
        response.delete_cookie(cookie, samesite="Lax")
    clear_site(response, "cache")  # storage stays: it holds no name, and ends alerts for a ticket if cleared
    return response
