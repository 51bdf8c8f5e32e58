"""The hours of the hall itself: its week and its special days; first shown whom a change breaks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.hall import queries as hall

from .hours import BLANK, MOST_DAYS, MOST_LINES, optional_date, settle, time_said, weekdays, words_of
from .pages import asked, shown

AHEAD = timedelta(days=800)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hall_hours(request: HttpRequest, slug: str) -> HttpResponse:
    """Another week, dates with other hours, or dates as any other again."""
    actor, place = asked(request, slug)
    problem = ""
    what = request.POST.get("what", "")
    if request.method == "POST":
        try:
            return settle(request, actor, place, CHANGES.get(what, _nothing)(request.POST))
        except (ValueError, BadInput) as wrong:
            problem = words_of(wrong)
    today = clock.local(clock.now(), place.timezone).date()
    context = {
        "lines": _typed(request.POST) if problem and what == "week" else _lines(place.id),
        "weekdays": weekdays(),
        "days": hall.special_days(place.id, today, today + AHEAD),
        "problem": problem,
        "typed": request.POST if problem and what == "days" else {},
    }
    return shown(request, "hall", actor, place, context, status=422 if problem else 200)


def _lines(site_id: Any) -> list[dict[str, Any]]:
    found = [
        {"weekday": row.weekday, "opens": f"{row.opens:%H:%M}", "closes": f"{row.closes:%H:%M}"}
        for row in hall.opening_week(site_id)
    ]
    return found + [{} for _n in range(BLANK)]


def _typed(form: QueryDict) -> list[dict[str, Any]]:
    return [
        {
            "weekday": int(day) if (day := form.get(f"weekday-{n}", "")).isdecimal() else 0,
            **{name: form.get(f"{name}-{n}", "") for name in ("opens", "closes")},
        }
        for n in range(_count(form))
    ]


def _count(form: QueryDict) -> int:
    return min(int(form.get("lines", "0")) if form.get("lines", "").isdecimal() else 0, MOST_LINES)


def _nothing(_form: QueryDict) -> booking.HoursChange:
    raise BadInput(_("Check the hours and dates."))


def _week(form: QueryDict) -> booking.HoursChange:
    lines = []
    for n in range(_count(form)):
        opens, closes = form.get(f"opens-{n}", ""), form.get(f"closes-{n}", "")
        if bool(opens) != bool(closes):
            raise BadInput(_("Give both hours of a line, or none."))
        if opens:
            weekday = int(form.get(f"weekday-{n}", ""))
            if not 0 <= weekday <= 6:
                raise BadInput(_("Check the hours and dates."))
            lines.append((weekday, time_said(opens), time_said(closes)))
    if len({line[:2] for line in lines}) < len(lines):
        raise BadInput(_("Two lines of a weekday begin at the same time."))
    return booking.HoursChange(hall_week=tuple(lines))


def _days(form: QueryDict) -> booking.HoursChange:
    first, last = optional_date(form.get("first", "")), optional_date(form.get("last", ""))
    if first is None:
        raise BadInput(_("Choose a date."))
    last = last or first
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise BadInput(_("Choose at most one year, its first day first."))
    opens, closes = form.get("opens", ""), form.get("closes", "")
    if bool(opens) != bool(closes):
        raise BadInput(_("Give both hours, or neither for a closed day."))
    names = {"en": form.get("name_en", "").strip()[:100], "zh-Hans": form.get("name_zh", "").strip()[:100]}
    return booking.HoursChange(hall_add=tuple(_between(first, last, opens, closes, names)))


def _between(
    first: date, last: date, opens: str, closes: str, names: dict[str, str]
) -> list[booking.HallDay]:
    said = {code: text for code, text in names.items() if text}
    return [
        booking.HallDay(
            first + timedelta(days=n),
            time_said(opens) if opens else None,
            time_said(closes) if closes else None,
            said,
        )
        for n in range((last - first).days + 1)
    ]


def _remove(form: QueryDict) -> booking.HoursChange:
    chosen = [one for one in form.getlist("date") if one.isdecimal() and len(one) < 18]
    if not chosen:
        raise BadInput(_("Choose at least one date."))
    return booking.HoursChange(hall_remove=tuple(int(one) for one in chosen))


CHANGES = {"week": _week, "days": _days, "remove": _remove}
