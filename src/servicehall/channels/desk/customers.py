"""Customers at the desk: find one, see the record masked, correct it, write down consent.

Verifying who somebody is: identity.py.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels.questions import QuestionsForm
from servicehall.channels.restrictions import day_of, words_of_restriction
from servicehall.kernel import languages
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing

from .access import Ground, for_staff, in_hall
from .documents import IdentityForm
from .frame import frame

PAGE = 50
VISITS = 20
FIELDS = (
    ("name", _("Name")),
    ("phone", _("Phone number")),
    ("email", _("E-mail")),
    ("address", _("Address")),
    ("notes", _("Notes")),
    ("id_number", _("ID number")),
)

ANSWER = "answer-"
"""Before the id of an answer in own words, where a field of the record is named by its name."""


class CustomerForm(forms.Form):
    """What staff may write. Empty fields of a record that is there stay as they are: they are masked."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    phone = forms.CharField(label=_("Phone number"), max_length=30, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=200, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    notes = forms.CharField(
        label=_("Notes"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def _ground(actor: Actor, site: str) -> tuple[Ground, UUID]:
    ground = in_hall(actor, site, "customer.see")
    return ground, customers.organisation_of_site(ground.site_id)


def record_at(actor: Actor, site: str, customer_id: UUID) -> tuple[Ground, customers.Record]:
    """A record of the organisation whose site that is.

    Raises:
        NotFound: there is none.
        NotAllowed: the actor may not see customers.
    """
    ground, organisation = _ground(actor, site)
    found = customers.customer(customer_id, actor=actor)
    if found.organisation_id != organisation:
        raise NotFound
    return ground, found


@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def listed(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """The newest customers; or those with a phone number, e-mail address or ID number, which travels in a form."""
    ground, organisation = _ground(actor, site)
    words = request.POST.get("q", "").strip()[:200]
    if words:
        rows = customers.find_customers(organisation, words, actor=actor, limit=PAGE)
    else:
        rows = customers.latest(organisation, actor=actor, before=_before(request), limit=PAGE)
    context = {
        "rows": rows,
        "words": words,
        "next": rows[-1].pk if not words and len(rows) == PAGE else "",
        "slug": site,
        **frame(actor, ground=ground, here="customers"),
    }
    return _rendered(request, "desk/customers.html", context)


def _rendered(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page with days as the hall has them."""
    with timezone.override(context["site"].timezone):
        return render(request, name, context, status=status)


def _before(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["before"]) if request.GET.get("before") else None
    except ValueError:
        raise BadInput(errors={"before": "UUID"}) from None


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def added(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """Begin a record."""
    ground, organisation = _ground(actor, site)
    asked = customers.form_of(organisation, customers.AT_DESK)
    form = QuestionsForm(asked, request.POST if request.method == "POST" else None, by_staff=True)
    if request.method == "POST" and form.is_valid():
        try:
            if asked.version is None:
                made = actions.add_customer(organisation_id=organisation, fields=form.answers, by=actor)
            else:
                made = actions.answer_form(
                    version_id=form.version, answers=form.answers, agreed=form.agreed, by=actor
                )
            return HttpResponseRedirect(reverse("desk:customer", args=[site, made.pk]))
        except BadInput as refused:
            form.tell(refused)
        except actions.FormChanged as refused:
            form.add_error(None, refused.sentences)
    context = {"form": form, "slug": site, **frame(actor, ground=ground, here="customers")}
    return render(request, "desk/customer_new.html", context, status=422 if form.errors else 200)


def tell(form: forms.Form, refused: BadInput) -> None:
    """Put what the room said beside the fields."""
    for name, text in refused.facts["errors"].items():
        form.add_error(name, text)


@require_safe
@for_staff
def shown(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """One record, masked."""
    ground, record = record_at(actor, site, customer_id)
    return record_page(request, ground, record, site)


def record_page(
    request: HttpRequest,
    ground: Ground,
    record: customers.Record,
    slug: str,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of a record, with what an act on it has to say."""
    sites = hall.sites_seen(ground.actor, "customer.see").values_list("pk", flat=True)
    context = {
        "record": record,
        "fields": [
            *((name, label, record.masked(name)) for name, label in FIELDS),
            *((f"{ANSWER}{pk}", label, masked) for pk, label, masked in customers.answers_of(record)),
        ],
        "visits": queueing.visits_of(customers.same_person(record.pk), sites=list(sites), limit=VISITS),
        "offers": customers.offers(record),
        "reasons": list(customers.REASONS.items()),
        "may_lift": ground.may("customer.erase"),
        "may_unmask": ground.may("customer.unmask"),
        "edit": CustomerForm(auto_id="edit-%s"),
        "identity": IdentityForm(auto_id="id-%s"),
        "readers": list(actions.card_readers(slug)),
        "faces": customers.face_state(record),
        "slug": slug,
        **frame(ground.actor, ground=ground, here="customers"),
        **more,
    }
    return _rendered(request, "desk/customer.html", context, status=status)


@sensitive_post_parameters()
@require_POST
@for_staff
def corrected(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """Write over the fields that were filled in."""
    ground, record = record_at(actor, site, customer_id)
    form = CustomerForm(request.POST, auto_id="edit-%s")
    if form.is_valid():
        given = {name: text for name, text in form.cleaned_data.items() if text}
        try:
            actions.correct_customer(customer_id=record.pk, fields=given, by=actor)
            return back_to(request, site, record, gettext("The record is corrected."))
        except BadInput as refused:
            tell(form, refused)
    return record_page(request, ground, record, site, status=422, edit=form)


@require_POST
@for_staff
def unmasked(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """One field in full, for a reason that is kept."""
    ground, record = record_at(actor, site, customer_id)
    field = request.POST.get("field", "")
    try:
        value = _in_full(record, field, request.POST.get("reason", ""), actor)
    except (actions.ReasonNeeded, actions.RecordRestricted) as refused:
        return record_page(request, ground, record, site, status=refused.status, problem=refused.sentences)
    return record_page(
        request, ground, record, site, opened=field, value=value or gettext("Nothing is stored here.")
    )


def _in_full(record: customers.Record, field: str, reason: str, actor: Actor) -> str:
    if not field.startswith(ANSWER):
        return actions.unmask_field(customer_id=record.pk, field=field, reason=reason, by=actor)
    try:
        answer = UUID(field.removeprefix(ANSWER))
    except ValueError:
        raise NotFound from None
    return actions.unmask_answer(customer_id=record.pk, answer_id=answer, reason=reason, by=actor)


@require_POST
@for_staff
def consented(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """Write down what the customer says to a purpose."""
    ground, record = record_at(actor, site, customer_id)
    try:
        if request.POST.get("withdraw"):
            actions.withdraw_consent(
                customer_id=record.pk, purpose_id=UUID(request.POST["withdraw"]), by=actor
            )
        else:
            actions.give_consent(
                customer_id=record.pk,
                version_id=UUID(request.POST.get("version", "")),
                language=record.language or languages.current(),
                by=actor,
            )
    except (BadInput, ValueError):
        words = gettext("The wording has changed. Read the new one, then decide.")
        return record_page(request, ground, record, site, status=422, problem=words)
    return back_to(request, site, record, gettext("Recorded."))


@require_POST
@for_staff
def erasure_asked(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """The customer asks at the desk to be erased."""
    _, record = record_at(actor, site, customer_id)
    actions.ask_erasure(customer_id=record.pk, by=actor)
    return back_to(request, site, record, gettext("The wish to be erased is with the managers."))


@require_POST
@for_staff
def restricted(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """The customer asks at the desk that their data is kept and nothing else, or used again."""
    ground, record = record_at(actor, site, customer_id)
    wanted = request.POST.get("restricted") == "yes"
    try:
        told = actions.restrict_use(
            customer_id=record.pk, restricted=wanted, review_on=day_of(request, "review_on"), by=actor
        )
    except BadInput as refused:
        words = " ".join(refused.facts["errors"].values())
        return record_page(request, ground, record, site, status=422, problem=words)
    return back_to(request, site, record, words_of_restriction(restricted=wanted, told=told))


def back_to(request: HttpRequest, site: str, record: customers.Record, words: str) -> HttpResponse:
    """To the record's page, which says once what was done."""
    messages.success(request, words)
    response = HttpResponseRedirect(reverse("desk:customer", args=[site, record.pk]))
    response.status_code = 303
    return response
