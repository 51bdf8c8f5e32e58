"""Connectors in operations: which other systems are called, how that goes, and trying a reading operation out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from servicehall.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.connectors import actions
from servicehall.rooms.connectors import queries as connectors
from servicehall.rooms.hall import queries as hall

from . import asking
from .asking import Place
from .frame import frame

STATES: dict[str, tuple[str | Promise, str]] = {
    "closed": (_("calls go through"), "good"),
    "half-open": (_("is tried again"), "warn"),
    "open": (_("left alone"), "bad"),
    "open-elsewhere": (_("left alone by another program"), "bad"),
}
CLASSES: dict[str, tuple[str | Promise, str]] = {
    "read": (_("reads"), "neutral"),
    "keyed": (_("once for each key"), "info"),
    "unkeyed": (_("again each time"), "warn"),
}
OUTCOMES = {"unavailable": "warn", "lied": "bad", "unknown": "bad"}
MANY_FAULTS = 5.0
"""Faults in a hundred calls from which the share is marked."""


def _asked(request: HttpRequest, slug: str) -> tuple[Actor, Place]:
    actor = asking.watcher(request)
    return actor, asking.place(slug, actor)


def _shown(
    request: HttpRequest, name: str, actor: Actor, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    may = {"may_try": actor.may(connectors.CHANGE, place.id)}
    whole = {"place": place, "here": "connectors", **may, **context, **frame(actor, site=place.id)}
    with timezone.override(place.timezone):
        response = render(request, name, whole, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _row(one: Any, states: Any, figures: Any) -> dict[str, Any]:
    words, tone = STATES[states[one.pk]]
    found = figures.get(one.pk, connectors.Figures())
    return {
        "row": one,
        "state": words if one.is_active else _("switched off"),
        "tone": tone if one.is_active else "neutral",
        "figures": found,
        "has_many_faults": found.share >= MANY_FAULTS,
    }


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The connectors of the first site at which the reader may see them."""
    actor = asking.watcher(request)
    first = hall.sites_seen(actor, connectors.SEE).order_by("slug").first()
    if first is None:
        raise NotAllowed(right=connectors.SEE)
    return redirect("ops:connectors", first.slug)


@never_cache
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The other systems, and how the calls of the last 24 hours went."""
    actor, place = _asked(request, slug)
    rows = connectors.connectors(place.id, actor=actor)
    states, figures = connectors.states(rows), connectors.figures([one.pk for one in rows])
    found = [_row(one, states, figures) for one in rows]
    return _shown(request, "ops/connectors.html", actor, place, {"connectors": found})


@never_cache
@require_GET
def one(request: HttpRequest, slug: str, connector_id: UUID) -> HttpResponse:
    """One of them: what it can do, its last faults."""
    actor, place = _asked(request, slug)
    found = connectors.connector_at(connector_id, site_id=place.id, actor=actor)
    faults = [
        {
            "row": call,
            "tone": OUTCOMES.get(call.outcome, "neutral"),
            "fault": connectors.FAULTS.get(call.fault, ""),
        }
        for call in connectors.last_faults(found.pk)
    ]
    operations = [
        {"name": op.name, "title": op.title, "class": CLASSES[op.kind][0], "tone": CLASSES[op.kind][1],
         "may_be_tried": op.kind == "read" and found.is_active}
        for op in connectors.operations(found).values()
    ]  # fmt: skip
    context = {
        **_row(found, connectors.states([found]), connectors.figures([found.pk])),
        "faults": faults,
        "operations": operations,
    }
    return _shown(request, "ops/connector.html", actor, place, context)


class TryForm(forms.Form):
    """The inputs of an operation, as its schema has them. What is no plain value is written as JSON."""

    def __init__(self, schema: dict[str, Any], data: Any = None) -> None:
        super().__init__(data)
        required = set(schema.get("required", ()))
        for name, described in schema.get("properties", {}).items():
            self.fields[f"in-{name}"] = _field(name, described, required=name in required)

    def inputs(self) -> dict[str, Any]:
        """What was filled in; a field left empty is left out."""
        return {
            name.removeprefix("in-"): value
            for name, value in self.cleaned_data.items()
            if value is not None and value != ""
        }


def _field(name: str, described: dict[str, Any], *, required: bool) -> forms.Field:
    given: dict[str, Any] = {
        "label": name,
        "required": required,
        "help_text": str(described.get("description", ""))[:200],
    }
    plain = {"autocomplete": "off", "spellcheck": "false"}
    kind = described.get("type")
    if isinstance(described.get("enum"), list):
        choices = [(str(value), str(value)) for value in described["enum"]]
        return forms.ChoiceField(choices=choices if required else [("", "–"), *choices], **given)
    if kind == "integer":
        return forms.IntegerField(**given)
    if kind == "number":
        return forms.FloatField(**given)
    if kind == "boolean":
        return forms.BooleanField(**{**given, "required": False})
    if kind == "string":
        return forms.CharField(max_length=1000, widget=forms.TextInput(attrs=plain), strip=False, **given)
    return forms.JSONField(widget=forms.Textarea(attrs={"rows": 4, **plain}), **given)


@never_cache
@require_http_methods(["GET", "POST"])
def attempt(request: HttpRequest, slug: str, connector_id: UUID) -> HttpResponse:
    """Call a reading operation by hand and see what comes out."""
    actor, place = _asked(request, slug)
    allow(actor, connectors.CHANGE, place.id)
    found = connectors.connector_at(connector_id, site_id=place.id, actor=actor)
    operation = request.GET.get("operation", "")
    if not operation:
        raise BadInput(errors={"operation": gettext("Choose one from the list of operations.")})
    described = connectors.operations(found).get(operation)
    if described is None or described.kind != "read":
        raise NotFound
    form = TryForm(described.types.inputs, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"row": found, "operation": described, "form": form}
    if form.is_valid():
        context |= _tried(form, found.pk, operation, place, actor)
    return _shown(
        request, "ops/connector_try.html", actor, place, context, status=422 if form.errors else 200
    )


def _tried(form: TryForm, connector_id: UUID, operation: str, place: Place, actor: Actor) -> dict[str, Any]:
    """What came out, or why nothing did."""
    try:
        answer = actions.try_operation(connector_id, operation, form.inputs(), site_id=place.id, by=actor)
    except actions.UnfitInputs as unfit:
        for path, words in unfit.errors.items():
            name = f"in-{path.partition('.')[0]}"
            form.add_error(name if name in form.fields else None, words)
        return {}
    except (
        actions.ConnectorRefused,
        actions.ConnectorUnavailable,
        actions.ConnectorLied,
        actions.OutcomeUnknown,
    ) as problem:
        return {"problem": problem, "because": _because(problem)}
    return {"answer": answer, "shown": json.dumps(answer.value, ensure_ascii=False, indent=2)}


def _because(problem: Refused) -> str:
    if isinstance(problem, actions.ConnectorRefused):
        return gettext("%(code)s: %(words)s") % {"code": problem.code, "words": problem.words}
    if isinstance(problem, actions.ConnectorLied):
        return problem.where
    fault = getattr(problem, "fault", "")
    return str(connectors.FAULTS.get(fault, fault))
