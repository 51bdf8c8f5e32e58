"""Changing hours: weekly hours of a resource, dates for many resources, holidays; first shown whom it breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicehall.channels.ops.asking import Place
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import actions
from servicehall.rooms.booking import queries as booking

from .pages import asked, back, shown

BLANK = 4
"""Empty lines that the table of weekly hours offers."""
MOST_LINES = 60
MOST_DAYS = 366
SHOWN = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest, slug: str, resource_id: UUID) -> HttpResponse:
    """The weekly hours of a resource."""
    actor, place = asked(request, slug)
    row = booking.setup_resource(place.id, resource_id, actor=actor)
    problem = ""
    if request.method == "POST":
        try:
            lines = [
                _line(request.POST, n) for n in range(min(int(request.POST.get("lines", 0)), MOST_LINES))
            ]
            change = booking.HoursChange(weeks={row.pk: tuple(one for one in lines if one is not None)})
            return settle(request, actor, place, change)
        except (ValueError, BadInput) as wrong:
            problem = words_of(wrong)
    lines_shown = [_shown_line(one) for one in booking.setup_week(row.pk)] + [{} for _n in range(BLANK)]
    if problem:
        lines_shown = _typed(request.POST)
    context = {
        "row": row,
        "lines": lines_shown,
        "weekdays": weekdays(),
        "audiences": booking.AUDIENCES,
        "problem": problem,
    }
    return shown(request, "week", actor, place, context, status=422 if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request: HttpRequest, slug: str) -> HttpResponse:
    """Close or open many resources on many dates."""
    actor, place = asked(request, slug)
    problem = ""
    if request.method == "POST":
        try:
            return settle(request, actor, place, _dates(request.POST))
        except (ValueError, BadInput) as wrong:
            problem = words_of(wrong)
    resources = [one for one in booking.setup_resources(place.id, actor=actor) if one.is_active]
    context = {
        "resources": resources,
        "kinds": booking.DAY_KINDS,
        "audiences": booking.AUDIENCES,
        "weekdays": weekdays(),
        "problem": problem,
        "typed": request.POST,
        "chosen": request.POST.getlist("resource") if problem else [str(one.pk) for one in resources],
        "on": request.POST.getlist("weekday") if problem else [str(n) for n in range(7)],
    }
    return shown(request, "dates", actor, place, context, status=422 if problem else 200)


@never_cache
@require_http_methods(["POST"])
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Take hours of dates away again."""
    actor, place = asked(request, slug)
    chosen = [one for one in request.POST.getlist("date") if one.isdecimal() and len(one) < 18]
    if not chosen:
        raise BadInput(_("Choose at least one date."))
    return settle(request, actor, place, booking.HoursChange(remove=tuple(int(one) for one in chosen)))


@never_cache
@require_http_methods(["POST"])
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Do what was looked at, with an answer for each booking."""
    actor, place = asked(request, slug)
    try:
        change = _read(request.POST.get("change", ""))
        answers = {
            UUID(name[2:]): str(value) for name, value in request.POST.items() if name.startswith("a-")
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(_("Begin again from the page with the hours.")) from None
    try:
        moved, cancelled = actions.change_hours(
            site_id=place.id,
            change=change,
            seal=request.POST.get("seal", ""),
            answers=answers,
            by=actor,
            reason=request.POST.get("reason", "")[:200],
        )
    except (actions.HoursMoved, actions.NowhereToMove) as refused:
        return _look(request, actor, place, change, problem=f"{refused.title}. {refused.advice}", status=409)
    words = [_("The hours are changed.")]
    if moved:
        words.append(ngettext("%(n)d booking was moved.", "%(n)d bookings were moved.", moved) % {"n": moved})
    if cancelled:
        n = {"n": cancelled}
        words.append(
            ngettext("%(n)d booking was cancelled.", "%(n)d bookings were cancelled.", cancelled) % n
        )
    return back(request, slug, " ".join(words))


def settle(request: HttpRequest, actor: Actor, place: Place, change: booking.HoursChange) -> HttpResponse:
    """Do it at once where it breaks nothing; else show what it breaks."""
    found = booking.consequence(place.id, change, actor=actor)
    if found.broken:
        return _look(request, actor, place, change)
    actions.change_hours(site_id=place.id, change=change, seal=found.seal, answers={}, by=actor)
    return back(request, place.slug, _("The hours are changed."))


def _look(
    request: HttpRequest,
    actor: Actor,
    place: Place,
    change: booking.HoursChange,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    found = booking.consequence(place.id, change, actor=actor)
    names = {one.pk: one for one in booking.resources(place.id)}
    rows = [
        {
            "row": one.row,
            "resources": [a.resource for a in one.row.assignments.all()],
            "to": one.proposal.starts_at if one.proposal else None,
            "to_resources": [names[pk] for pk, _places in one.proposal.places] if one.proposal else [],
        }
        for one in found.broken
        if one.row.state == "booked"
    ]
    context = {
        "rows": rows,
        "held": len(found.broken) - len(rows),
        "change": json.dumps(_written(change)),
        "seal": found.seal,
        "problem": problem,
        "reason": next((one.reason for one in change.add if one.reason), ""),
    }
    return shown(request, "broken", actor, place, context, status=status)


# --- Reading forms ------------------------------------------------------------------------------------


def weekdays() -> list[tuple[int, str]]:
    """Monday is 0."""
    return list(
        enumerate(
            (
                _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
            )
        )
    )  # fmt: skip


def words_of(wrong: Exception) -> str:
    """What is said beside the form."""
    if isinstance(wrong, BadInput) and wrong.detail:
        return str(wrong.detail)
    errors = wrong.facts.get("errors") if isinstance(wrong, BadInput) else None
    return "; ".join(map(str, errors.values())) if errors else _("Check the hours and dates.")


def time_said(text: str) -> time:
    """A time of day of a form. Raises ValueError: it is none."""
    return time.fromisoformat(text.strip())


def optional_date(text: str) -> date | None:
    """A date of a form, or none. Raises ValueError: it is no date."""
    return date.fromisoformat(text) if text.strip() else None


def _line(form: QueryDict, n: int) -> tuple[int, booking.Hours] | None:
    """A line of the table; a line without hours is none.

    Raises:
        BadInput, ValueError: half a line, or hours that are none.
    """
    opens, closes = form.get(f"opens-{n}", ""), form.get(f"closes-{n}", "")
    if not opens and not closes:
        return None
    if not opens or not closes:
        raise BadInput(_("Give both hours of a line, or none."))
    weekday, audience = int(form.get(f"weekday-{n}", "")), form.get(f"audience-{n}", "public")
    first, last = optional_date(form.get(f"from-{n}", "")), optional_date(form.get(f"to-{n}", ""))
    if first and last and last < first:
        raise BadInput(_("A line ends before it begins."))
    return weekday, booking.Hours(time_said(opens), time_said(closes), audience, first, last)


def _shown_line(row: Any) -> dict[str, Any]:
    return {
        "weekday": row.weekday,
        "opens": f"{row.opens:%H:%M}",
        "closes": f"{row.closes:%H:%M}",
        "audience": row.audience,
        "from": row.valid_from.isoformat() if row.valid_from else "",
        "to": row.valid_to.isoformat() if row.valid_to else "",
    }


def _typed(form: QueryDict) -> list[dict[str, Any]]:
    count = int(form.get("lines", "0")) if form.get("lines", "").isdecimal() else 0
    names = ("weekday", "opens", "closes", "audience", "from", "to")
    lines = [{name: form.get(f"{name}-{n}", "") for name in names} for n in range(min(count, MOST_LINES))]
    return [line | {"weekday": int(line["weekday"]) if line["weekday"].isdecimal() else 0} for line in lines]


def _dates(form: QueryDict) -> booking.HoursChange:
    """What the form of dates asks for.

    Raises:
        BadInput, ValueError: nothing is chosen, or a date or hour is none.
    """
    first, last = optional_date(form.get("first", "")), optional_date(form.get("last", ""))
    resources = [UUID(one) for one in form.getlist("resource")]
    on = {int(one) for one in form.getlist("weekday")}
    if first is None or not resources:
        raise BadInput(_("Choose a date and at least one resource."))
    last = last or first
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise BadInput(_("Choose at most one year, its first day first."))
    kind, audience = form.get("kind", "closed"), form.get("audience", "public")
    opens, closes = form.get("opens", ""), form.get("closes", "")
    if bool(opens) != bool(closes) or (kind != "closed" and not opens):
        raise BadInput(_("Give both hours, or neither for a closed day."))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    add = tuple(
        booking.NewDay(
            pk,
            day,
            kind,
            time_said(opens) if opens else None,
            time_said(closes) if closes else None,
            audience,
            form.get("reason", "")[:100],
        )
        for day in days
        if day.weekday() in on
        for pk in resources
    )
    if not add:
        raise BadInput(_("None of these dates is one of the chosen weekdays."))
    if len(add) > 5000:
        raise BadInput(_("This is too much at once. Choose fewer dates or resources."))
    return booking.HoursChange(add=add)


def _written(change: booking.HoursChange) -> dict[str, Any]:
    """The change as it travels through the page that shows what it breaks."""

    def text(value: Any) -> Any:
        return value.isoformat() if value is not None else None

    return {
        "weeks": {
            str(pk): [
                [day, text(h.opens), text(h.closes), h.audience, text(h.valid_from), text(h.valid_to)]
                for day, h in lines
            ]
            for pk, lines in change.weeks.items()
        },
        "add": [
            [str(n.resource), text(n.date), n.kind, text(n.opens), text(n.closes), n.audience, n.reason]
            for n in change.add
        ],
        "remove": list(change.remove),
        "hall_week": None
        if change.hall_week is None
        else [[day, text(opens), text(closes)] for day, opens, closes in change.hall_week],
        "hall_add": [[text(n.date), text(n.opens), text(n.closes), dict(n.names)] for n in change.hall_add],
        "hall_remove": list(change.hall_remove),
    }


def _read(text: str) -> booking.HoursChange:
    """The change that came back.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    found: Mapping[str, Any] = json.loads(text)

    def clock_time(value: Any) -> time | None:
        return time.fromisoformat(value) if value else None

    def day(value: Any) -> date | None:
        return date.fromisoformat(value) if value else None

    weeks = {
        UUID(pk): tuple(
            (int(w), booking.Hours(time.fromisoformat(o), time.fromisoformat(c), str(a), day(f), day(t)))
            for w, o, c, a, f, t in lines
        )
        for pk, lines in found["weeks"].items()
    }
    add = tuple(
        booking.NewDay(UUID(r), date.fromisoformat(d), str(k), clock_time(o), clock_time(c), str(a), str(why))
        for r, d, k, o, c, a, why in found["add"]
    )
    hall_week = found["hall_week"]
    return booking.HoursChange(
        weeks,
        add,
        tuple(int(one) for one in found["remove"]),
        None
        if hall_week is None
        else tuple((int(w), time.fromisoformat(o), time.fromisoformat(c)) for w, o, c in hall_week),
        tuple(
            booking.HallDay(
                date.fromisoformat(d), clock_time(o), clock_time(c), {str(k): str(v) for k, v in n.items()}
            )
            for d, o, c, n in found["hall_add"]
        ),
        tuple(int(one) for one in found["hall_remove"]),
    )
