"""Forms in operations: what a step asks, the next version of it, and its publishing."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.languages import NAMES
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers

from . import asking
from .asking import Place
from .frame import frame

OWN = 4
"""Questions in own words that the page offers; the form itself takes more."""


def _asked(request: HttpRequest, slug: str) -> tuple[Actor, Place, UUID]:
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    allow(actor, "setup.see" if request.method in {"GET", "HEAD"} else "setup.change", place.id)
    return actor, place, customers.organisation_of_site(place.id)


def _shown(
    request: HttpRequest, name: str, actor: Actor, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {"place": place, "here": "forms", **context, **frame(actor, site=place.id)}
    with timezone.override(place.timezone):
        return render(request, name, context, status=status)


@never_cache
@require_GET
def forms(request: HttpRequest, slug: str) -> HttpResponse:
    """The steps that ask by a form, and what each asks now."""
    actor, place, organisation = _asked(request, slug)
    steps = [
        {
            "step": step,
            "title": title,
            "asked": (now := customers.form_of(organisation, step)),
            "labels": [now.label(question) for question in now.questions],
            "draft": customers.draft_of(organisation, step, actor=actor),
        }
        for step, title in customers.STEPS.items()
    ]
    return _shown(request, "ops/forms.html", actor, place, {"steps": steps})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """The next version of a step's form: kept as a draft, or published."""
    actor, place, organisation = _asked(request, slug)
    if step not in customers.STEPS:
        raise NotFound
    problems: dict[str, str] = {}
    questions = _questions(request.POST)
    chosen = request.POST.getlist("purposes")
    if request.method == "POST":
        try:
            draft = actions.draft_form(
                organisation_id=organisation, step=step, questions=questions, purposes=_ids(chosen), by=actor
            )
            if "publish" in request.POST:
                actions.publish_form(version_id=draft.pk, by=actor)
            return _done(slug)
        except (BadInput, actions.FormNotNeeded) as refused:
            problems = refused.facts["errors"]
    else:
        now = customers.draft_of(organisation, step, actor=actor) or customers.form_of(organisation, step)
        questions = [one.stored() for one in now.questions]
        chosen = [str(one.purpose) for one in now.reasons]
    context = {
        "step": step,
        "title": customers.STEPS[step],
        "fields": _fields(questions, problems),
        "own": _own(questions, problems),
        "purposes": [(one, str(one.purpose) in chosen) for one in customers.purposes(organisation)],
        "problems": [(f"ask-{key}" if key != "purposes" else key, text) for key, text in problems.items()],
        "choices": [("", _("not asked")), ("optional", _("may be left empty")), ("required", _("needed"))],
        "may_change": actor.may("setup.change", place.id),
    }
    return _shown(request, "ops/form.html", actor, place, context, status=422 if problems else 200)


def _done(slug: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("ops:forms", args=[slug]))
    response.status_code = 303
    return response


def _ids(texts: list[str]) -> set[UUID]:
    try:
        return {UUID(text) for text in texts}
    except ValueError:
        raise BadInput(errors={"purposes": _("Choose among the purposes that are in use.")}) from None


def _questions(sent: QueryDict) -> list[dict[str, Any]]:
    """The questions as the page sends them; a line of an own question without words is none."""
    found: list[dict[str, Any]] = []
    for name, _label in customers.askable():
        if how := sent.get(f"ask-{name}"):
            found.append({"key": name, "field": name, "required": how == "required"})
    for key in sent.getlist("own"):
        labels = {code: sent.get(f"{key}-{code}", "").strip() for code in NAMES}
        if any(labels.values()) or sent.get(f"ask-{key}"):
            required = sent.get(f"ask-{key}") == "required"
            found.append({"key": key, "field": "words", "required": required, "labels": labels})
    return found


def _how(question: dict[str, Any] | None) -> str:
    if question is None:
        return ""
    return "required" if question["required"] else "optional"


def _fields(questions: list[dict[str, Any]], problems: dict[str, str]) -> list[dict[str, Any]]:
    by_key = {one["key"]: one for one in questions}
    return [
        {"key": name, "label": label, "how": _how(by_key.get(name)), "problem": problems.get(name, "")}
        for name, label in customers.askable()
    ]


def _own(questions: list[dict[str, Any]], problems: dict[str, str]) -> list[dict[str, Any]]:
    """The questions in own words, and empty lines for more. A key stays with its question through all versions."""
    own = [one for one in questions if one["field"] == "words"]
    lines = [(one["key"], one["labels"], _how(one)) for one in own]
    lines += [(f"own-{secrets.token_hex(4)}", {}, "") for _line in range(max(1, OWN - len(own)))]
    return [
        {
            "key": key,
            "texts": [(code, name, labels.get(code, "")) for code, name in NAMES.items()],
            "how": how,
            "problem": problems.get(key, ""),
        }
        for key, labels, how in lines
    ]
