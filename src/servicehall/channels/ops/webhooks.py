"""Webhooks: where events are sent outside, how that goes, and sending again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.webhooks import actions
from servicehall.rooms.webhooks import queries as webhooks

from . import asking
from .asking import Place
from .frame import frame

FAMILIES: dict[str, str | Promise] = {
    "ticket": _("Tickets"),
    "visit": _("Ratings"),
    "counter": _("Counters"),
    "service": _("Services closed and reopened"),
    "customer": _("Customers’ records (ids only)"),
    "consent": _("Consent"),
    "form": _("Forms"),
    "face": _("Comparison of faces"),
    "message": _("Messages sent"),
    "mailbox": _("Mailbox read"),
    "setup": _("Changes of the setup"),
    "evidence": _("Evidence"),
    "connector": _("Connectors to other systems"),
    "webhook": _("Webhooks themselves"),
    "payment": _("Payments"),
    "refund": _("Refunds"),
    "payments": _("Payments compared with statements"),
    "effect": _("What is done at other systems"),
    "load": _("Load watch"),
    "plan": _("Plans for special days"),
}
PROBLEMS: dict[str, str | Promise] = {
    "": "",
    "no-address": _("The name has no address."),
    "forbidden": _("The address is inside: nothing is sent there."),
    "no-connection": _("Nobody listens there."),
    "tls": _("Its certificate does not hold."),
    "timeout": _("No answer in time."),
    "no-answer": _("It hung up without an answer."),
    "redirect": _("It sends elsewhere; that is not followed."),
    "status": _("It answered with an error."),
}
TONES = {"waiting": "held", "done": "good", "failed": "bad"}


class EndpointForm(forms.Form):
    """Where to, and what."""

    name = forms.CharField(
        label=pgettext_lazy("webhook", "Name"),
        max_length=80,
        help_text=_("What you call the system that gets the events."),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=1000,
        help_text=_("Begins with https:// and is kept sealed."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reach = forms.ChoiceField(label=_("Events of"), widget=forms.RadioSelect)
    families = forms.MultipleChoiceField(
        label=_("Which events"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.CharField(
        label=_("Single kinds"),
        required=False,
        max_length=1000,
        help_text=_("By their names, separated by spaces, such as ticket.called ticket.finished."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, reaches: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        families: Any = self.fields["families"]
        families.choices = [(f"{one}.*", FAMILIES.get(one, one)) for one in webhooks.families()]
        if reaches is None:
            del self.fields["reach"]
        else:
            reach: Any = self.fields["reach"]
            reach.choices = reaches

    def wanted(self) -> list[str]:
        """The kinds that were chosen in either way."""
        return [*self.cleaned_data["families"], *self.cleaned_data["kinds"].replace(",", " ").split()]


def _asked(request: HttpRequest, slug: str) -> tuple[Actor, Place]:
    actor = asking.watcher(request)
    return actor, asking.place(slug, actor)


def _endpoint(actor: Actor, place: Place, endpoint_id: UUID) -> Any:
    """An address that gets this site's events.

    Raises:
        NotFound: it is another site's.
    """
    found = webhooks.endpoint(endpoint_id, actor=actor)
    organisation = customers.organisation_of_site(place.id)
    if found.organisation_id != organisation or found.site_id not in {None, place.id}:
        raise NotFound
    return found


def _shown(
    request: HttpRequest, name: str, actor: Actor, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    whole = {"place": place, "here": "webhooks", **context, **frame(actor, site=place.id)}
    with timezone.override(place.timezone):
        response = render(request, name, whole, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _seen_other(slug: str, endpoint_id: UUID | None = None) -> HttpResponse:
    name, given = ("ops:webhooks", [slug]) if endpoint_id is None else ("ops:webhook", [slug, endpoint_id])
    response = HttpResponseRedirect(reverse(name, args=given))
    response.status_code = 303
    return response


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The webhooks of the first site whose the reader looks after."""
    return asking.first_with(request, webhooks.RIGHT, "ops:webhooks")


@never_cache
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The addresses that get the site's events, and how they do."""
    actor, place = _asked(request, slug)
    rows = webhooks.endpoints(place.id, actor=actor)
    health = webhooks.health([one.pk for one in rows])
    found = [{"row": one, "health": health.get(one.pk, webhooks.Health())} for one in rows]
    return _shown(request, "ops/webhooks.html", actor, place, {"endpoints": found})


def _reaches(actor: Actor, place: Place) -> list[tuple[str, str]]:
    found = [("site", gettext("this site"))]
    if actor.may(webhooks.RIGHT, customers.organisation_of_site(place.id)):
        found.append(("organisation", gettext("all sites of the organisation")))
    return found


def _within(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the act returns; None when it refuses what was written, which then stands beside the fields."""
    try:
        return act()
    except actions.UnfitAddress as problem:
        form.add_error("url", f"{problem.title}. {problem.advice}")
    except BadInput as problem:
        for name, words in problem.facts["errors"].items():
            form.add_error("families" if name == "kinds" else name, words)
    return None


@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Send events to another address; its secret is shown once."""
    actor, place = _asked(request, slug)
    webhooks.endpoints(place.id, actor=actor)
    reaches = _reaches(actor, place)
    initial = {"reach": "site", "families": ["ticket.*"]}
    form = EndpointForm(request.POST if request.method == "POST" else None, reaches=reaches, initial=initial)
    if form.is_valid():
        made = _within(
            form,
            lambda: actions.add_endpoint(
                organisation_id=customers.organisation_of_site(place.id),
                site_id=place.id if form.cleaned_data["reach"] == "site" else None,
                name=form.cleaned_data["name"],
                url=form.cleaned_data["url"],
                kinds=form.wanted(),
                by=actor,
            ),
        )
        if made is not None:
            return _one(request, actor, place, made[0], secret=made[1])
    status = 422 if form.errors else 200
    return _shown(request, "ops/webhook_form.html", actor, place, {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, endpoint_id: UUID) -> HttpResponse:
    """Change where to or what."""
    actor, place = _asked(request, slug)
    found = _endpoint(actor, place, endpoint_id)
    families = [one for one in found.kinds if one.endswith(".*")]
    initial = {
        "name": found.name,
        "url": found.url,
        "families": families,
        "kinds": " ".join(one for one in found.kinds if one not in families),
    }
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        given = {"name": form.cleaned_data["name"], "url": form.cleaned_data["url"], "kinds": form.wanted()}
        if _within(form, lambda: actions.change_endpoint(endpoint_id, by=actor, **given)) is not None:
            return _seen_other(slug, endpoint_id)
    status = 422 if form.errors else 200
    return _shown(
        request, "ops/webhook_form.html", actor, place, {"form": form, "endpoint": found}, status=status
    )


def _one(request: HttpRequest, actor: Actor, place: Place, found: Any, *, secret: str = "") -> HttpResponse:
    state = request.GET.get("state", "")
    rows = webhooks.deliveries(found.pk, actor=actor, state=state)
    context = {
        "endpoint": found,
        "secret": secret,
        "state": state,
        "states": list(webhooks.STATES),
        "removing": [("act", "remove")],
        "health": webhooks.health([found.pk]).get(found.pk, webhooks.Health()),
        "kinds": [
            FAMILIES.get(one.removesuffix(".*"), one) if one.endswith(".*") else one for one in found.kinds
        ],
        "deliveries": [
            {"row": one, "tone": TONES[one.state], "problem": PROBLEMS.get(one.problem, one.problem)}
            for one in rows
        ],
    }
    return _shown(request, "ops/webhook.html", actor, place, context)


@never_cache
@require_GET
def one(request: HttpRequest, slug: str, endpoint_id: UUID) -> HttpResponse:
    """One address with its newest deliveries."""
    actor, place = _asked(request, slug)
    return _one(request, actor, place, _endpoint(actor, place, endpoint_id))


@require_POST
def act(request: HttpRequest, slug: str, endpoint_id: UUID) -> HttpResponse:
    """Test, new secret, switch on and off, send again what was given up, remove."""
    actor, place = _asked(request, slug)
    found = _endpoint(actor, place, endpoint_id)
    wanted = request.POST.get("act", "")
    if wanted == "secret":
        made, secret = actions.change_secret(endpoint_id, by=actor)
        return _one(request, actor, place, made, secret=secret)
    if wanted == "remove":
        actions.remove_endpoint(endpoint_id, by=actor)
        messages.success(request, gettext("%(name)s gets nothing any more.") % {"name": found.name})
        return _seen_other(slug)
    if wanted == "test":
        actions.send_test(endpoint_id, by=actor)
        messages.success(request, gettext("A test message is on its way."))
    elif wanted == "repeat":
        count = actions.repeat_failed(endpoint_id, by=actor)
        words = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
        messages.success(request, words % {"count": count})
    elif wanted == "enable":
        actions.enable_endpoint(endpoint_id, by=actor)
    elif wanted == "disable":
        actions.disable_endpoint(endpoint_id, by=actor)
    else:
        raise BadInput(errors={"act": "test, secret, repeat, enable, disable, remove"})
    return _seen_other(slug, endpoint_id)


@require_POST
def repeat(request: HttpRequest, slug: str, endpoint_id: UUID) -> HttpResponse:
    """Send one message again."""
    actor, place = _asked(request, slug)
    _endpoint(actor, place, endpoint_id)
    delivery = asking.uuid_of(request.POST, "delivery")
    if delivery is None:
        raise BadInput(errors={"delivery": "UUID"})
    actions.repeat_delivery(delivery, by=actor)
    messages.success(request, gettext("The message is sent again."))
    return _seen_other(slug, endpoint_id)
