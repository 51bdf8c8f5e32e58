"""The pages of plans: the list, one plan with its sheet and figures, several side by side, files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from servicehall.channels.ops import asking
from servicehall.channels.ops.asking import Place
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.simulation import actions
from servicehall.rooms.simulation import queries as simulation
from servicehall.rooms.simulation.actions import planning

from . import results
from .ground import asked, shown, to
from .sheet import filled_in, sheet

TONES = {"draft": "neutral", "waiting": "held", "running": "held", "done": "good", "failed": "bad"}
DISCIPLINES = {
    "accumulating": gettext_lazy("accumulating priority"),
    "strict": gettext_lazy("strict classes"),
    "fifo": gettext_lazy("first come, first served"),
}
MOST_SHOWN = 12


def _row(plan: Any) -> dict[str, Any]:
    """A plan of the list, with its three first figures when it was tried."""
    every = plan.figures["groups"]["all"] if plan.figures else {}

    def told(name: str) -> str:
        found = every.get(name)
        return results.told(results.FIGURES[name][1], found["mean"]) if found else "–"

    return {
        "row": plan,
        "tone": TONES[plan.state],
        "wait": told("wait_mean"),
        "level": told("service_level"),
        "use": told("staff_use"),
    }


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The plans of the first site that the reader watches."""
    return asking.first_with(request, simulation.SEE, "ops:what-if")


@never_cache
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The plans, a new one from the site's history or a file, and which of them to put side by side."""
    actor, place = asked(request, slug)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            text = request.POST.get("text", "").strip()
            document = actions.plan_of_text(text) if text else None
            name = request.POST.get("name", "").strip() or str((document or {}).get("name") or "")
            made = planning.add_plan(site_id=place.id, name=name, document=document, by=actor)
            return to("ops:what-if-plan", slug, made.pk)
        except actions.UnusablePlan as problem:
            errors = [("text", one.told()) for one in problem.findings[:MOST_SHOWN]]
        except BadInput:
            errors = [("name", _("Give the plan a name of at most 80 characters."))]
        except planning.TooManyPlans as problem:
            errors = [("", problem.sentences)]
    rows = [_row(one) for one in simulation.plans(place.id, actor=actor)]
    context = {
        "plans": rows,
        "errors": errors,
        "name": request.POST.get("name", ""),
        "text": request.POST.get("text", ""),
        "can_compare": sum(one["row"].state == simulation.DONE for one in rows) > 1,
    }
    return shown(request, "ops/what_if/list.html", actor, place, context, status=422 if errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, slug: str, day_plan_id: UUID) -> HttpResponse:
    """One plan: what it says, to be changed; trying it out; its figures."""
    actor, place = asked(request, slug)
    plan = simulation.plan(day_plan_id, site_id=place.id, actor=actor)
    document: Mapping[str, Any] = plan.document
    name, errors = plan.name, list[str]()
    if request.method == "POST":
        try:
            done = _done(request, place, plan, actor)
        except actions.UnusablePlan as problem:
            errors = [one.told() for one in problem.findings[:MOST_SHOWN]]
        except BadInput as problem:
            errors = [_bad(field, allowed) for field, allowed in problem.facts.get("errors", {}).items()]
        except (planning.TooManyPlans, planning.PlanChangedMeanwhile, planning.PlanInUse) as problem:
            errors = [problem.sentences]
        else:
            return done
        if request.POST.get("act") in {"save", "save-and-try"}:
            document, name = filled_in(plan.document, request.POST), request.POST.get("name", "")
    found = simulation.findings(plan.document)
    context: dict[str, Any] = {
        "plan": plan,
        "name": name,
        "tone": TONES[plan.state],
        "errors": [("", words) for words in errors],
        # Of a form that was refused, the version that it was read from: pressed once more, it overwrites nobody.
        "version": (errors and request.POST.get("version")) or plan.version,
        "is_trying": plan.state in {simulation.WAITING, simulation.RUNNING},
        "findings": [one.told() for one in found[:MOST_SHOWN]],
        "is_unusable": any(one.is_error for one in found),
        "sheet": sheet(document),
        "disciplines": DISCIPLINES.items(),
    }
    if plan.figures:
        context |= {
            "figures": results.figures([plan.figures]),
            "groups": results.groups(plan.document, plan.figures),
            "heads": results.heads(),
            "charts": results.charts([plan.name], [plan.figures]),
        }
    return shown(request, "ops/what_if/plan.html", actor, place, context, status=422 if errors else 200)


def _bad(field: str, allowed: str) -> str:
    words = {"name": pgettext("plan", "Name"), "days": pgettext("plan", "Days"), "seed": _("Seed")}
    return _("%(field)s: %(allowed)s is possible.") % {"field": words.get(field, field), "allowed": allowed}


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else -1


def _done(request: HttpRequest, place: Place, plan: Any, actor: Actor) -> HttpResponse:
    """Do what was asked with the plan; where to go then.

    Raises:
        What the actions raise.
        NotFound: nothing that can be asked for.
    """
    act = request.POST.get("act", "")
    about: dict[str, Any] = {"site_id": place.id, "by": actor}
    if act == "copy":
        called = pgettext("a copied plan", "%(name)s, copy") % {"name": plan.name}
        made = planning.copy_plan(plan.pk, name=called[: planning.LONGEST_NAME], **about)
        return to("ops:what-if-plan", place.slug, made.pk)
    if act == "remove":
        planning.remove_plan(plan.pk, **about)
        messages.success(request, _("The plan is deleted."))
        return to("ops:what-if", place.slug)
    if act == "stop":
        planning.stop_plan(plan.pk, **about)
    elif act in {"save", "save-and-try", "try"}:
        if act != "try":
            version = _whole(request.POST.get("version", ""))
            document = filled_in(plan.document, request.POST)
            name = request.POST.get("name", "")
            planning.change_plan(plan.pk, document=document, name=name, version=version, **about)
            messages.success(request, _("The plan is saved."))
        if act != "save":
            days, seed = _whole(request.POST.get("days", "20")), _whole(request.POST.get("seed", "1"))
            planning.ask_plan(plan.pk, days=days, seed=seed, **about)
    else:
        raise NotFound
    return to("ops:what-if-plan", place.slug, plan.pk)


@never_cache
@require_GET
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Plans that were tried, side by side; the later ones against the one that was made first."""
    actor, place = asked(request, slug)
    wanted = []
    for text in request.GET.getlist("plan"):
        try:
            wanted.append(UUID(text))
        except ValueError:
            raise BadInput(errors={"plan": "UUID"}) from None
    # Whatever was ticked first, the plan that is older is what the others are held against.
    plans = sorted(simulation.tried(wanted, site_id=place.id, actor=actor), key=lambda one: one.pk)
    context: dict[str, Any] = {"plans": plans, "left_out": len(set(wanted)) > simulation.MOST_COMPARED}
    if len(plans) > 1:
        found = [one.figures or {} for one in plans]
        changes = [simulation.differences(found[0], one) for one in found[1:]]
        context |= {
            "figures": results.figures(found, changes),
            "charts": results.charts([one.name for one in plans], found),
            "is_same": len({(one.days, one.seed) for one in plans}) == 1,
        }
    return shown(request, "ops/what_if/compare.html", actor, place, context)


@never_cache
@require_GET
def export(request: HttpRequest, slug: str, day_plan_id: UUID, kind: str) -> HttpResponse:
    """The plan and its figures as JSON, or its figures as CSV."""
    actor, place = asked(request, slug)
    plan = simulation.plan(day_plan_id, site_id=place.id, actor=actor)
    if kind == "csv":
        if not plan.figures:
            raise NotFound
        text = io.StringIO()
        csv.writer(text).writerows(results.lines(plan.figures))
        response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    else:
        whole = {"plan": plan.document, "figures": plan.figures}
        response = HttpResponse(
            json.dumps(whole, ensure_ascii=False, indent=1), content_type="application/json"
        )
    file = f"{place.slug}-{plan.name}.{kind}".replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file) or ""
    return response
