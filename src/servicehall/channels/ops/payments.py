"""Payments of a site: what is to be paid and was, one payment with all that happened to it, giving money back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicehall.kernel.errors import BadInput, NotAllowed, Refused
from servicehall.kernel.money import Money, UnfitAmount
from servicehall.kernel.rights import Actor
from servicehall.kernel.step_up import StepUpNeeded, StepUpRefused
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.payments import actions
from servicehall.rooms.payments import queries as payments
from servicehall.rooms.people import queries as people

from . import asking
from .asking import Place
from .frame import frame

Words = tuple[str | Promise, str, str]
"""What to call it, the tone, the icon."""
TONES = {
    "opened": "neutral",
    "offered": "held",
    "paid": "good",
    "closed": "neutral",
    "failed": "bad",
    "unknown": "warn",
    "wanted": "bad",
    "meant": "held",
    "done": "good",
}
STORY: dict[str, Words] = {
    "opened": (_("Payment opened"), "neutral", "banknote"),
    "offered": (_("The provider has it and waits for the payer"), "held", "qr-code"),
    "offer-failed": (_("Provider did not take the payment"), "bad", "banknote-x"),
    "unclear": (_("The provider did not answer: it is being asked"), "warn", "circle-help"),
    "paid": (_("Paid"), "good", "banknote-check"),
    "surplus": (_("Money came in when nothing was to be paid"), "bad", "banknote-arrow-up"),
    "closed": (_("Payment closed"), "neutral", "ban"),
    "refund-begun": (_("Refund begun"), "warn", "banknote-arrow-down"),
    "refund-done": (_("Money given back"), "good", "banknote-arrow-down"),
    "refund-failed": (_("The provider did not give it back"), "bad", "banknote-x"),
    "refund-unclear": (_("The provider works on the refund"), "held", "circle-help"),
    "refused": (_("Another amount was told: not taken as paid"), "bad", "shield-alert"),
}
SOURCES: dict[str, str | Promise] = {
    "staff": pgettext_lazy("payment", "staff"),
    "customer": pgettext_lazy("payment", "customer"),
    "token": pgettext_lazy("payment", "a program"),
    "system": pgettext_lazy("payment", "automatic"),
    "provider": pgettext_lazy("payment", "the provider’s answer"),
    "query": pgettext_lazy("payment", "the provider, when asked"),
    "notification": pgettext_lazy("payment", "the provider’s notification"),
}
MONEY = ("paid", "surplus", "refund-begun", "refund-done", "refund-failed", "refused")


class PaymentForm(forms.Form):
    """Something that a customer is to pay at the counter."""

    description = forms.CharField(
        label=_("What for"),
        max_length=40,
        help_text=_("The payer reads it. Nothing about a person."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    amount = forms.CharField(
        label=_("Amount (yuan)"),
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    provider = forms.ChoiceField(label=_("Way of paying"), widget=forms.RadioSelect)
    reference = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ways: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provider: Any = self.fields["provider"]
        provider.choices = ways


class RefundForm(forms.Form):
    """How much is given back, and why."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reasons: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason: Any = self.fields["reason"]
        reason.choices = reasons


def asked(request: HttpRequest, slug: str, right: str = payments.SEE) -> tuple[Actor, Place]:
    """Who asks and for which site; agents too, who watch nothing else."""
    actor = asking.watcher(request, right)
    return actor, asking.place(slug, actor, right=right)


def shown(
    request: HttpRequest, name: str, actor: Actor, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page about a site's money, its times in the hall's zone."""
    may = {
        "may_open": actor.may("payment.open", place.id),
        "may_refund": actor.may("payment.refund", place.id),
        "may_reconcile": actor.may("payment.reconcile", place.id),
    }
    whole = {"place": place, "here": "payments", **may, **context, **frame(actor, site=place.id)}
    with timezone.override(place.timezone):
        return render(request, name, whole, status=status)


def _back(slug: str, intent_id: UUID) -> HttpResponse:
    response = HttpResponseRedirect(reverse("ops:payment", args=[slug, intent_id]))
    response.status_code = 303
    return response


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The payments of the first site whose the reader may see."""
    actor = asking.watcher(request, payments.SEE)
    first = hall.sites_seen(actor, payments.SEE).order_by("slug").first()
    if first is None:
        raise NotAllowed(right=payments.SEE)
    return redirect("ops:payments", first.slug)


@never_cache
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The site's payments, the newest first, by state, way, day or number."""
    actor, place = asked(request, slug)
    day, given = asking.day_of(request.GET), request.GET
    start, end = place.span(day) if day else (None, None)
    filters = payments.Filters(
        state=given.get("state", "") if given.get("state") in dict(payments.STATES) else "",
        provider=given.get("provider", "") if given.get("provider") in dict(payments.PROVIDERS) else "",
        number=given.get("number", "").strip()[:64],
        start=start,
        end=end,
        wanted=given.get("wanted") == "1",
    )
    after = asking.uuid_of(given, "after")
    found = payments.intents(place.id, actor=actor, filters=filters, after=after)
    context = {
        "payments": [
            {"row": one, "tone": TONES[one.state], "tasks": found.tasks.get(one.pk, 0)} for one in found.rows
        ],
        "next": found.next,
        "first": after is None,
        "day": day,
        "wanted": filters,
        "filtered": any((filters.state, filters.provider, filters.number, filters.wanted, day)),
        "states": payments.STATES,
        "ways": payments.PROVIDERS,
        "tasks": payments.wanted_count(place.id, actor=actor),
    }
    return shown(request, "ops/payments.html", actor, place, context)


@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Have something paid at the counter."""
    actor, place = asked(request, slug, "payment.open")
    ways = [(one.provider, one.get_provider_display()) for one in payments.accounts(place.id)]
    initial = {"reference": uuid4(), "provider": ways[0][0] if ways else ""}
    form = PaymentForm(request.POST if request.method == "POST" else None, ways=ways, initial=initial)
    if form.is_valid():
        made = within(form, lambda: _opened(form, place, actor))
        if made is not None:
            _tried(request, lambda: actions.offer(intent_id=made.pk, by=actor))
            return _back(slug, made.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "ways": ways}
    return shown(request, "ops/payment_add.html", actor, place, context, status=status)


def _opened(form: forms.Form, place: Place, actor: Actor) -> Any:
    given = form.cleaned_data
    return actions.open_intent(
        site_id=place.id, reference_kind="counter", reference_id=given["reference"], revision=1,
        money=_money(given["amount"], "CNY"), description=given["description"], provider=given["provider"],
        by=actor,
    )  # fmt: skip


def _money(text: str, currency: str) -> Money:
    """What was written in a field. Raises BadInput."""
    try:
        return Money.of(text.replace("，", ",").replace(",", ""), currency)
    except UnfitAmount:
        raise BadInput(
            errors={"amount": gettext("Write an amount such as 12.50, without a currency.")}
        ) from None


def within(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the act returns; None when it refuses what was written, which then stands beside the fields."""
    try:
        return act()
    except BadInput as problem:
        for name, words in problem.facts["errors"].items():
            form.add_error(name if name in form.fields else None, words)
    except (StepUpNeeded, StepUpRefused):
        raise
    except actions.TooMuch as problem:
        form.add_error("amount", problem.sentences)
    except Refused as problem:
        form.add_error(None, problem.sentences)
    return None


def _tried(request: HttpRequest, act: Callable[[], Any]) -> None:
    """Do it; a refusal is said on the page that follows."""
    try:
        act()
    except Refused as problem:
        messages.error(request, problem.sentences)


@never_cache
@require_GET
def one(request: HttpRequest, slug: str, intent_id: UUID) -> HttpResponse:
    """One payment: its QR code while it can be paid, what happened to it, its refunds."""
    actor, place = asked(request, slug)
    found = payments.intent(intent_id, site_id=place.id, actor=actor)
    refunds = payments.refunds_of(found)
    names = people.names_about([one.by_id for one in refunds if one.by_id])
    context = {
        "payment": found,
        "tone": TONES[found.state],
        "is_open": found.state in {"opened", "offered", "unknown"},
        "is_cash": found.provider == "cash",
        "may_take_cash": actor.may("payment.cash", place.id),
        "items": [_item(found, event) for event in payments.events_of(found)],
        "refunds": [
            {
                "row": one,
                "money": Money(one.amount, found.currency),
                "tone": TONES[one.state],
                "who": names.get(one.by_id) if one.by_id else None,
            }
            for one in refunds
        ],
        "refundable": found.refundable,
    }
    return shown(request, "ops/payment.html", actor, place, context)


def _item(found: Any, event: Any) -> dict[str, Any]:
    title, tone, icon = STORY.get(event.kind, (event.kind, "neutral", "circle"))
    text = str(Money(event.amount, found.currency)) if event.kind in MONEY and event.amount else ""
    if event.kind == "closed":
        text = {
            "replaced": pgettext("payment", "replaced by a changed one"),
            "withdrawn": pgettext("payment", "withdrawn"),
            "expired": pgettext("payment", "its time was over"),
        }.get(event.detail, "")
    elif event.kind == "offer-failed":
        text = event.detail
    who = SOURCES.get(event.source, event.source)
    return {"at": event.at, "title": title, "text": text, "who": who, "tone": tone, "icon": icon}


@require_POST
def act(request: HttpRequest, slug: str, intent_id: UUID) -> HttpResponse:
    """Show the code, ask the provider, close, say that cash was taken."""
    actor, place = asked(request, slug)
    payments.intent(intent_id, site_id=place.id, actor=actor)
    known: dict[str, Callable[..., Any]] = {
        "offer": actions.offer,
        "ask": actions.ask,
        "close": actions.close,
        "cash": actions.take_cash,
    }
    wanted = known.get(request.POST.get("act", ""))
    if wanted is None:
        raise BadInput(errors={"act": ", ".join(known)})
    _tried(request, lambda: wanted(intent_id=intent_id, by=actor))
    return _back(slug, intent_id)


@never_cache
@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, slug: str, intent_id: UUID) -> HttpResponse:
    """Give a part or all of a payment back; confirmed for exactly this payment and amount."""
    actor, place = asked(request, slug, "payment.refund")
    found = payments.intent(intent_id, site_id=place.id, actor=actor)
    task = next((one for one in payments.refunds_of(found) if one.state == "wanted"), None)
    reasons = [(task.reason, task.get_reason_display())] if task else payments.REASONS
    amount = Money(task.amount, found.currency) if task else found.refundable
    initial = {"amount": amount.decimal, "reason": reasons[0][0], "key": task.key if task else uuid4().hex}
    form = RefundForm(
        request.POST if request.method == "POST" else None, reasons=list(reasons), initial=initial
    )
    if form.is_valid():
        given = form.cleaned_data
        done = within(
            form,
            lambda: actions.refund(
                intent_id=intent_id, amount=_money(given["amount"], found.currency).minor,
                reason=given["reason"], key=given["key"], by=actor,
            ),
        )  # fmt: skip
        if done is not None:
            _say(request, done, found.currency)
            return _back(slug, intent_id)
    context = {"payment": found, "form": form, "task": task, "refundable": found.refundable}
    status = 422 if form.errors else 200
    return shown(request, "ops/payment_refund.html", actor, place, context, status=status)


def _say(request: HttpRequest, done: Any, currency: str) -> None:
    money = {"money": Money(done.amount, currency)}
    if done.state == "done":
        messages.success(request, gettext("%(money)s were given back.") % money)
    elif done.state == "failed":
        messages.error(
            request, gettext("The provider did not give %(money)s back. Nothing was changed.") % money
        )
    else:
        messages.info(request, gettext("%(money)s are on their way back; the provider works on it.") % money)
