"""Publishing: what is wrong, what changes for customers, then from when. Also withdrawing, and cancelling what is planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.rooms.services import actions
from servicehall.rooms.services import queries as services

from .asked import Asked, flow_asked, of_flow, shown, to
from .numbers import number_of
from .told import changes_told


class WhenForm(forms.Form):
    """From when customers begin it. The moment is one of the site's clock."""

    when = forms.ChoiceField(
        label=_("From when?"),
        choices=[("now", _("Now")), ("later", _("From a moment on"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    from_at = forms.DateTimeField(
        label=_("Day and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    draft = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A moment is needed, and to come, when it is for later."""
        given = super().clean() or self.cleaned_data
        moment = given.get("from_at")
        if given.get("when") == "later" and "from_at" not in self.errors:
            if moment is None:
                self.add_error("from_at", gettext("Say the day and the time."))
            elif moment <= clock.now():
                self.add_error(
                    "from_at", gettext("This moment is past. Choose one that is to come, or “Now”.")
                )
        return given

    @property
    def moment(self) -> datetime | None:
        """From when; none: now."""
        return self.cleaned_data["from_at"] if self.cleaned_data["when"] == "later" else None


@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """Look at what would change, and publish: the draft, or an earlier version again."""
    who, flow = flow_asked(request, slug, flow_id, changes=True)
    sent = request.POST if request.method == "POST" else None
    number = number_of(request.GET if sent is None else sent, "version")
    initial = {"when": "now", "draft": flow.draft_number, "version": number}
    with timezone.override(who.place.timezone):
        form = WhenForm(sent, initial=initial)
        if sent is not None and form.is_valid() and _published(request, who, flow, form, number):
            return to("service", who, flow)
    return _page(request, who, flow, form, number)


def _published(request: HttpRequest, who: Asked, flow: Any, form: WhenForm, number: int | None) -> bool:
    """Publish; false when it was refused, which the form then says."""
    draft = form.cleaned_data["draft"]
    if number is None and draft is None:
        raise BadInput(errors={"draft": gettext("The number of the draft is missing.")})
    try:
        made = actions.publish(
            flow_id=flow.pk,
            by=who.actor,
            number=number,
            draft=draft if number is None else None,
            from_at=form.moment,
        )
    except actions.NotPublishable:
        return False  # the page lists the findings
    except actions.DraftChanged:
        flow.refresh_from_db()
        form.data = {**request.POST.dict(), "draft": str(flow.draft_number)}
        form.add_error(
            None, gettext("Somebody else saved this draft meanwhile. What would be published now is below.")
        )
        return False
    if form.moment:
        words = {"number": made.number, "moment": who.words(form.moment)}
        messages.success(request, gettext("Version %(number)d is begun from %(moment)s on.") % words)
    else:
        messages.success(
            request, gettext("Customers begin version %(number)d now.") % {"number": made.number}
        )
    return True


def _page(request: HttpRequest, who: Asked, flow: Any, form: WhenForm, number: int | None) -> HttpResponse:
    now = services.standing(flow)
    text = flow.draft if number is None else services.version_of(flow, number).text
    found = services.checked(who.organisation, text, flow.slug)
    faults = [one for one in found if one.level == "fault"]
    is_refused = bool(form.errors) or (form.is_bound and bool(faults) and number is None)
    context: dict[str, Any] = {
        **of_flow(flow, "overview"),
        "form": form,
        "number": number,
        "live": now.live,
        "coming": now.coming,
        "is_same": now.live is not None
        and (now.live.number == number or (number is None and not now.has_changes)),
        "changes": changes_told(now.live.text if now.live else None, text),
        "findings": [one.told() for one in found],
        "faults": len(faults),
        "may_publish": number is not None or not faults,
        "is_refused": is_refused,
    }
    return shown(request, "ops/services/publish.html", who, context, status=422 if is_refused else 200)


@require_POST
def act(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """Withdraw the service, or cancel what is planned."""
    who, flow = flow_asked(request, slug, flow_id, changes=True)
    known: dict[str, Callable[[], str]] = {
        "withdraw": lambda: _withdraw(who, flow, request),
        "cancel": lambda: _cancel(who, _publication(request)),
    }
    wanted = known.get(request.POST.get("act", ""))
    if wanted is None:
        raise BadInput(errors={"act": ", ".join(known)})
    try:
        messages.success(request, wanted())
    except (actions.AlreadyBegun, _UnfitMoment) as problem:
        messages.error(request, getattr(problem, "sentences", str(problem)))
    return to("service", who, flow)


class _UnfitMoment(ValueError):
    """What was given is no moment to come."""


def _withdraw(who: Asked, flow: Any, request: HttpRequest) -> str:
    with timezone.override(who.place.timezone):
        form = WhenForm({"when": "now", **request.POST.dict()})
        if not form.is_valid():
            raise _UnfitMoment(" ".join(str(words) for many in form.errors.values() for words in many))
    begins = actions.withdraw(flow_id=flow.pk, by=who.actor, from_at=form.moment)
    if form.moment is None:
        return gettext("Nobody can begin this service any more.")
    return gettext("Nobody can begin this service from %(moment)s on.") % {"moment": who.words(begins)}


def _cancel(who: Asked, publication_id: UUID) -> str:
    actions.cancel_publication(publication_id=publication_id, by=who.actor)
    return gettext("The planned publication was cancelled.")


def _publication(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("publication", ""))
    except ValueError:
        raise BadInput(errors={"publication": "UUID"}) from None
