"""Tasks that come out of requests: the list, one task with its request, and what is answered or done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from servicehall.channels.playing import in_summary
from servicehall.kernel import clock, languages
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from servicehall.kernel.rights import Actor
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries

from .access import Ground, for_staff, in_hall
from .frame import frame
from .requests import RIGHT, Found, files_of, see
from .saying import of_refusal

AGES: dict[str, tuple[str | Promise, timedelta]] = {
    "hour": (gettext_lazy("More than an hour"), timedelta(hours=1)),
    "day": (gettext_lazy("More than a day"), timedelta(days=1)),
    "week": (gettext_lazy("More than a week"), timedelta(weeks=1)),
}
TONES = {"case": "info", "taken-over": "neutral", "unsure": "warn", "fault": "bad"}
PAGE = 50
RESULT = "r."
"""Before the name of a result in the form that says what the other system would have answered."""


def find(actor: Actor, site: str, task_id: UUID) -> tuple[Ground, queries.Task]:
    """A task of that hall.

    Raises:
        NotFound: there is none that the person may see, or it is another hall's.
    """
    ground = in_hall(actor, site, RIGHT)
    task = queries.task_seen(task_id, actor=actor)
    if task.site_id != ground.site_id:
        raise NotFound
    return ground, task


@require_safe
@for_staff
def listed(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """What waits for a person, or was done: by kind, group, age and number, a page at a time."""
    ground = in_hall(actor, site, RIGHT)
    filters, age = _filters(request)
    rows, following = queries.tasks(
        ground.site_id, actor=actor, filters=filters, after=_after(request), limit=PAGE
    )
    names = queries.doers(rows)
    language = languages.current()
    context = {
        "rows": [
            {
                "row": one,
                "number": queries.grouped(one.number),
                "tone": TONES.get(one.kind, "neutral"),
                "service": queries.facts_of(one.instance, language)["name"],
                "step": queries.step_words(one, language),
                "who": languages.say(names.get(one.done_by)) if one.done_by else "",
            }
            for one in rows
        ],
        "wanted": filters,
        "age": age,
        "ages": [(key, words) for key, (words, _span) in AGES.items()],
        "kinds": queries.KINDS,
        "groups": queries.task_groups(ground.site_id, actor=actor),
        "filtered": any((filters.kind, filters.group, filters.number, age)),
        "next": following or "",
        "first": "after" not in request.GET,
        "may_export": ground.may("ops.export"),
        "today": clock.local(clock.now(), _zone(ground)).date(),
        "slug": site,
        **frame(actor, ground=ground, here="tasks"),
    }
    return _rendered(request, "desk/tasks.html", context)


def _zone(ground: Ground) -> str:
    from servicehall.rooms.hall import queries as hall

    return str(hall.site(ground.site_id).timezone)


def _rendered(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page with times as the hall has them."""
    with timezone.override(context["site"].timezone):
        return render(request, name, context, status=status)


def _filters(request: HttpRequest) -> tuple[queries.TaskFilters, str]:
    given = request.GET
    kind, age = given.get("kind", ""), given.get("age", "")
    age = age if age in AGES else ""
    return queries.TaskFilters(
        done=given.get("state") == "done",
        kind=kind if kind in dict(queries.KINDS) else "",
        group=given.get("group", "")[:40],
        before=clock.now() - AGES[age][1] if age else None,
        number=given.get("number", "").strip()[:20],
    ), age


def _after(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["after"]) if request.GET.get("after") else None
    except ValueError:
        raise BadInput(errors={"after": "UUID"}) from None


@require_safe
@for_staff
def shown(request: HttpRequest, actor: Actor, site: str, task_id: UUID) -> HttpResponse:
    """One task with its request, and what can be done about it."""
    ground, task = find(actor, site, task_id)
    return _page(request, ground, task, site)


def _page(
    request: HttpRequest,
    ground: Ground,
    task: queries.Task,
    slug: str,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    language, wrong = languages.current(), errors or {}
    instance = task.instance
    masked = not queries.sees_in_full(instance, ground.actor.id)
    unsure = queries.unsure_about(task)
    context = {
        "task": task,
        "number": queries.grouped(task.number),
        "tone": TONES.get(task.kind, "neutral"),
        "step": queries.step_words(task, language),
        "facts": queries.facts_of(instance, language),
        "review": queries.review(instance, language, masked=masked),
        "files_url": files_of(Found(ground, slug, instance)),
        "unsure": unsure,
        "results": [
            {
                "id": field.id,
                "key": f"r-{field.id}",
                "name": RESULT + field.id,
                "value": request.POST.get(RESULT + field.id, ""),
                "error": wrong.get(field.id, ""),
            }
            for field in (unsure.fields if unsure else ())
        ],
        "errors": [(f"r-{name}", in_summary(name, words)) for name, words in wrong.items()],
        "is_over": instance.state in {"ended", "left"},
        "waits_here": instance.state == "waiting"
        and (task.kind == "taken-over" or instance.step == task.step),
        "money": task.kind == "unsure" and unsure is None and task.done_at is None,
        "who": languages.say(queries.doers([task]).get(task.done_by)) if task.done_by else "",
        "do": reverse("desk:task-act", args=[slug, task.pk, "x"]).removesuffix("x"),
        "slug": slug,
        **frame(ground.actor, ground=ground, here="tasks"),
    }
    return _rendered(request, "desk/task.html", context, status=status)


def _finish(_request: HttpRequest, task: queries.Task, actor: Actor) -> str:
    services.finish_task(task_id=task.pk, by=actor)
    return _("The task is done.")


def _end(_request: HttpRequest, task: queries.Task, actor: Actor) -> str:
    services.end_for(instance_id=task.instance_id, by=actor)
    return _("The request has ended. The customer sees that it was settled by staff.")


def _done(request: HttpRequest, task: queries.Task, actor: Actor) -> str:
    results = {
        name.removeprefix(RESULT): value
        for name, value in request.POST.items()
        if name.startswith(RESULT) and isinstance(value, str)
    }
    services.say_done(task_id=task.pk, results=results, by=actor)
    return _("Kept: it was done. The request goes on.")


def _not_done(_request: HttpRequest, task: queries.Task, actor: Actor) -> str:
    services.say_not_done(task_id=task.pk, by=actor)
    return _("It is being asked for again. The request goes on when the answer is there.")


ACTS: dict[str, Callable[[HttpRequest, queries.Task, Actor], str]] = {
    "finish": _finish,
    "end": _end,
    "done": _done,
    "not-done": _not_done,
}


@require_POST
@for_staff
def act(request: HttpRequest, actor: Actor, site: str, task_id: UUID, act: str) -> HttpResponse:
    """An answer to a task, or its end."""
    if act not in ACTS:
        raise NotFound
    ground, task = find(actor, site, task_id)
    try:
        messages.success(request, ACTS[act](request, task, actor))
    except services.UnfitAnswers as problem:
        return _page(request, ground, task, site, status=422, errors=problem.facts["errors"])
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        messages.error(request, of_refusal(refused).text)
    return see(reverse("desk:task", args=[site, task_id]))
