"""A test run of a draft: filled in step by step, with made-up results of other systems. Nothing is done.

The script of the run travels with the page, in the form that ``servicehall flows run --answers`` reads. A run that came
to an end can be kept with the service: it is played again with each later draft.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicehall.channels import playing
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.languages import FALLBACK, NAMES, current
from servicehall.rooms.services import actions
from servicehall.rooms.services import queries as services

from .asked import Asked, flow_asked, of_flow, shown, to
from .kinds import CHANNELS, KINDS

LEVELS: dict[str, str | Promise] = {
    "guest": pgettext_lazy("how well a customer is known", "nobody in particular"),
    "contact": pgettext_lazy("how well a customer is known", "somebody who can be reached"),
    "identity": pgettext_lazy("how well a customer is known", "a person whose identity was checked"),
}
RESULTS = {"no-result", "unfit-result"}
ASKS = {"unanswered", "unfit", *RESULTS}
LONGEST = 100_000
OUTCOMES = ("unavailable", "unknown", "declined", "paid")


@never_cache
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """The run so far, and what it asks next."""
    who, flow = flow_asked(request, slug, flow_id)
    context: dict[str, Any] = of_flow(flow, "try")
    try:
        program = services.playable(flow.draft)
    except services.Unreadable as problem:
        context["findings"] = [one.told() for one in problem.findings]
        return shown(request, "ops/services/try.html", who, context)
    context["runs"] = services.outcomes_of_runs(flow, flow.draft)
    context["channels"] = [(one, CHANNELS[one]) for one in program.flow.channels]
    context["languages"] = [(tag, NAMES[tag]) for tag in FALLBACK]
    context["levels"] = LEVELS.items()
    sent = request.POST.get("script", "")[:LONGEST] if request.method == "POST" else ""
    given = {name: request.POST.get(name, "") for name in ("channel", "language", "level")}
    try:
        chosen = _chosen(given, program.flow.channels)
        if not sent.strip():  # a new run is one of today, here; an older one stays one of its own day
            chosen |= {"date": who.place.today.isoformat(), "site": who.place.slug}
        script = services.read_script(sent.strip() or "{}", program, **chosen)
    except services.Unreadable as problem:
        context |= {
            "script_findings": [one.told() for one in problem.findings],
            "script": sent,
            "given": given,
        }
        return shown(request, "ops/services/try.html", who, context, status=422)
    run = _Run(who, program, replace(script, assumes=False))
    if request.method == "POST":
        if (done := _kept(request, run, flow)) is not None:
            return done
        run.act(request)
    errors = {name: str(words) for name, words in run.found.stop.errors.items()}
    context |= run.context(request, errors)
    return shown(request, "ops/services/try.html", who, context, status=422 if errors else 200)


def _kept(request: HttpRequest, run: _Run, flow: Any) -> HttpResponse | None:
    """A run saved with the service, or taken from it; None when something else was asked for."""
    act, _colon, which = request.POST.get("act", "").partition(":")
    if act not in {"save", "drop"}:
        return None
    if not run.who.may_change:
        raise NotAllowed(right=services.CHANGE)
    if act == "save":
        name = request.POST.get("name", "")
        script = services.written_script(run.script)
        kept = actions.save_run(flow_id=flow.pk, name=name, script=script, by=run.who.actor)
        messages.success(request, _("Kept as “%(name)s”.") % {"name": kept.name})
    else:
        try:
            actions.drop_run(run_id=UUID(which), by=run.who.actor)
        except ValueError:
            raise NotFound from None
        messages.success(request, _("The test run was removed."))
    return to("service-try", run.who, flow)


def _chosen(given: Mapping[str, str], channels: tuple[str, ...]) -> dict[str, str]:
    """What is given, of what there is; the rest is as the script says."""
    known = {"channel": channels, "language": tuple(NAMES), "level": tuple(LEVELS)}
    found = {name: value for name, value in given.items() if value in known[name]}
    return found or {"language": current()}


class _Run:
    """A run of a script, and what a button does to it."""

    def __init__(self, who: Asked, program: Any, script: services.Script) -> None:
        self.who, self.program, self.script = who, program, script
        self.language = str(script.given["language"])
        self.ways = services.ways_to_pay(who.organisation)
        self.found = self.play()

    def play(self, *, made_up: bool = False) -> services.Rehearsal:
        return services.rehearse(
            self.program,
            replace(self.script, assumes=made_up),
            language=self.language,
            ways=self.ways,
            made_up=made_up,
            schemas=services.schemas_of(self.who.organisation, self.program.flow) if made_up else None,
        )

    def act(self, request: HttpRequest) -> None:
        act, _colon, name = (request.POST.get("act") or "go").partition(":")
        if act == "back":
            self.keep([one.step.id for one in self.found.steps], upto=name)
        elif act == "all":
            self.take_all()
        elif act in {"go", "made-up"} and self.found.stop.why in ASKS:
            step = self.found.stop.step
            if act == "made-up":
                value = services.made_up(
                    self.who.organisation, self.program, self.found, language=self.language
                )
            elif self.found.stop.why in RESULTS:
                value = _result(request)
            else:
                value = playing.answer(self.found.steps[-1].screen, request.POST)
            is_result = self.found.stop.why in RESULTS
            if self.found.steps[-1].step.kind == "book" and not is_result:
                # A day, a time, and another one where that was gone: each choice comes after those before it.
                held = self.script.answers.get(step)
                is_wrong = self.found.stop.why == "unfit"
                value = services.and_then(held[:-1] if is_wrong and isinstance(held, list) else held, value)
            self.put(step, value, is_result=is_result)
        self.found = self.play()

    def put(self, step: str, value: Any, *, is_result: bool) -> None:
        if is_result:
            self.script = replace(self.script, results={**self.script.results, step: value})
        else:
            self.script = replace(self.script, answers={**self.script.answers, step: value})

    def keep(self, came: list[str], *, upto: str) -> None:
        """Forgets what was said of a step and of those after it."""
        gone = set(came[came.index(upto) :]) if upto in came else set()
        self.script = replace(
            self.script,
            answers={name: one for name, one in self.script.answers.items() if name not in gone},
            results={name: one for name, one in self.script.results.items() if name not in gone},
        )

    def take_all(self) -> None:
        """Makes up whatever is still open, to the end."""
        bookings: dict[str, list[Any]] = {}
        before = {*self.script.answers, *self.script.results}
        for one in self.play(made_up=True).steps:
            name = one.step.id
            known = name in before
            if one.step.kind == "book":
                bookings.setdefault(name, []).append(one)
            elif one.screen and one.step.kind != "end" and not known:
                is_result = one.step.kind in {"lookup", "call", "pay", "print"}
                value = "paid" if one.step.kind == "pay" else one.given
                if one.step.kind != "print":
                    self.put(name, value, is_result=is_result)
        for name, played in bookings.items():
            self.take_booking(name, [one for one in played if one.given is not None])

    def take_booking(self, name: str, played: list[Any]) -> None:
        """Keeps what was chosen, and what was made up, in a step that takes a time."""
        if choices := [one.given for one in played if not one.screen.get("working")]:
            self.put(name, choices, is_result=False)
        told = self.script.results.get(name, {})
        if not isinstance(told, dict) or "refused" in told:
            return
        for one in played:
            if one.screen.get("working"):
                told = {"take" if one.screen.get("taking") else "slots": one.given, **told}
        self.put(name, told, is_result=True)

    def context(self, request: HttpRequest, errors: Mapping[str, str]) -> dict[str, Any]:
        found = self.found
        asks = found.stop.why in ASKS
        played = [_told(one) for one in (found.steps[:-1] if asks else found.steps)]
        context: dict[str, Any] = {
            "given": self.script.given,
            "script": services.written_script(self.fitting()),
            "played": played,
            "stop": found.stop,
            "has_begun": request.method == "POST",
            "asks": asks,
            "effects": [
                {
                    "words": one.words,
                    "once": one.once,
                    "facts": [(n, written(v)) for n, v in one.facts.items()],
                }
                for one in found.effects
            ],
            "values": [
                (name, written(value))
                for name, value in {**found.values, **self.computed()}.items()
                if not name.startswith(("seen.", "given.", "price.")) and value not in (None, "", [], {})
            ],
        }
        if asks:
            screen = found.steps[-1].screen
            step = found.steps[-1].step
            context |= playing.page(request, screen, errors=errors)
            context |= {
                "step": step,
                "kind": KINDS.get(step.kind, step.kind),
                "is_result": found.stop.why in RESULTS,
                "is_pay": step.kind == "pay",
                "is_once": getattr(step, "once", False) or step.kind == "book",
                "operation": _operation(step, screen),
            }
            if found.stop.why in RESULTS and step.kind != "pay":
                sent = request.POST.get("result", "") if found.stop.why == "unfit-result" else ""
                made = services.made_up(self.who.organisation, self.program, found, language=self.language)
                context["result"] = sent or json.dumps(made, ensure_ascii=False, indent=2)
        return context

    def fitting(self) -> services.Script:
        """The script without a result that does not fit: it comes back in its field, and is no part of the run."""
        if self.found.stop.why != "unfit-result":
            return self.script
        held = {name: one for name, one in self.script.results.items() if name != self.found.stop.step}
        return replace(self.script, results=held)

    def computed(self) -> dict[str, Any]:
        return {f"value.{name}": value for name, value in self.program.computed(self.found.values).items()}


def _result(request: HttpRequest) -> Any:
    """What another system says, as it was filled in; what cannot be read does not fit, which the run tells."""
    outcome = request.POST.get("outcome", "")
    if outcome in OUTCOMES:
        return outcome
    if outcome == "refused":
        return {"refused": request.POST.get("refusal", "").strip() or _("No.")}
    try:
        return services.read_value(request.POST.get("result", "")[:LONGEST])
    except services.Unreadable:
        return ""


def _operation(step: Any, screen: Mapping[str, Any]) -> str:
    """What the other system is asked for at this point of a step."""
    if step.kind == "book":
        return str((step.take if screen.get("taking") else step.slots).operation)
    return str(getattr(step, "operation", ""))


def _told(one: Any) -> dict[str, Any]:
    """A step of the run as the list shows it."""
    screen = one.screen
    labels = {field["id"]: field["label"] for field in screen.get("fields", ())}
    chosen = {option["value"]: option["label"] for option in screen.get("options", ())}
    if one.step.kind == "choose":
        gives = [
            (_("Chosen"), chosen.get(value, value)) for name, value in one.gives.items() if name == "value"
        ]
    else:
        hidden = {"amount"} if one.step.kind == "pay" else set()
        gives = [
            (labels.get(name, name), written(value))
            for name, value in one.gives.items()
            if name not in hidden
        ]
    return {
        "name": one.step.id,
        "kind": KINDS.get(one.step.kind, one.step.kind),
        "kind_name": one.step.kind,
        # While a time is asked for, what is asked is of more use than the step's title once more.
        "title": "" if one.step.kind == "book" and screen.get("working") else screen.get("title", ""),
        "text": screen.get("text", ""),
        "slip": screen.get("slip", ""),
        "amount": screen.get("amount_words", ""),
        "waits": screen.get("kind") == "waiting",
        "gives": gives,
        "computed": [(f"value.{name}", written(value)) for name, value in one.computed.items()],
        "effect": one.effect,
        "passed": one.passed,
        "may_change": bool(screen) and one.step.kind not in {"end", "print"} and one.given is not None,
    }


def written(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
