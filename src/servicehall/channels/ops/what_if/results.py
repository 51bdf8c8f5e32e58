"""Figures of plans as tables, charts and files. No database here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from servicehall.kernel.languages import say

TONES = ("brand", "info", "call", "held")
MINUTES, SHARE, COUNT = "minutes", "share", "count"
FIGURES: dict[str, tuple[str | Promise, str]] = {
    "wait_mean": (gettext_lazy("Mean wait"), MINUTES),
    "wait_p50": (gettext_lazy("Half wait at most"), MINUTES),
    "wait_p90": (gettext_lazy("90 in 100 wait at most"), MINUTES),
    "wait_p95": (gettext_lazy("95 in 100 wait at most"), MINUTES),
    "service_level": (gettext_lazy("Called within target"), SHARE),
    "abandonment": (gettext_lazy("Left the queue"), SHARE),
    "no_shows": (gettext_lazy("Missed their call"), SHARE),
    "staff_use": (gettext_lazy("Use of staff"), SHARE),
    "staff_hours": (gettext_lazy("Hours at counters"), COUNT),
    "visits": (gettext_lazy("Tickets taken"), COUNT),
    "served": (pgettext_lazy("how many", "Served"), COUNT),
    "turned_away": (gettext_lazy("Turned away"), COUNT),
    "unserved": (gettext_lazy("Unserved at the end"), COUNT),
}
IN_GROUPS = ("visits", "wait_mean", "wait_p90", "service_level", "abandonment", "no_shows")
LEGEND = 22
"""Characters of a plan's name beside a chart."""
FEWER_IS_BETTER = {"abandonment", "no_shows", "turned_away", "unserved"}


def told(kind: str, value: float) -> str:
    """A figure in words of its kind."""
    if kind == SHARE:
        return f"{value * 100:.1f} %"
    return f"{value / 60:.1f}" if kind == MINUTES else f"{value:.1f}"


def cell(kind: str, found: Mapping[str, float] | None) -> dict[str, str] | None:
    """A figure with its range in words of its kind; None: there is none."""
    if found is None:
        return None
    low = max(0.0, found["low"])
    high = min(1.0, found["high"]) if kind == SHARE else found["high"]
    return {"mean": told(kind, found["mean"]), "low": told(kind, low), "high": told(kind, high)}


def _change(name: str, kind: str, found: Mapping[str, float] | None) -> dict[str, Any] | None:
    """A difference: its sign, whether chance explains it, and whether it is for the better."""
    if found is None:
        return None
    is_sure = not found["low"] <= 0 <= found["high"]
    is_less = found["mean"] < 0
    tone = "neutral"
    if is_sure and (kind == MINUTES or name in FEWER_IS_BETTER or name in {"service_level", "served"}):
        is_better = is_less == (kind == MINUTES or name in FEWER_IS_BETTER)
        tone = "good" if is_better else "bad"
    sign = "−" if is_less else "+" if found["mean"] > 0 else "±"
    return {"words": f"{sign}{told(kind, abs(found['mean']))}", "is_sure": is_sure, "tone": tone}


def figures(
    results: Sequence[Mapping[str, Any]], differences: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The rows of the table over all: a cell a plan, and how the later ones differ from the first."""
    rows = []
    for name, (words, kind) in FIGURES.items():
        cells: list[dict[str, Any]] = []
        for number, one in enumerate(results):
            shown: dict[str, Any] = {"value": cell(kind, one["groups"]["all"].get(name))}
            if number and differences:
                shown["change"] = _change(name, kind, differences[number - 1].get(name))
            cells.append(shown)
        rows.append({"words": words, "unit": _("min") if kind == MINUTES else "", "cells": cells})
    return rows


def names_of(document: Mapping[str, Any]) -> dict[str, str]:
    """What groups of figures are called in the reader's language."""
    found = {"all": _("All")}
    for kind, table in (("service", "services"), ("class", "classes")):
        for key, one in (document.get(table) or {}).items():
            names = one.get("names") if isinstance(one, dict) else None
            found[f"{kind}:{key}"] = say(names) if isinstance(names, dict) else key
    return found


def groups(document: Mapping[str, Any], result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One plan's figures by service and by class; those without a visit are left out."""
    names = names_of(document)
    rows = []
    for key, found in result["groups"].items():
        if key == "all" or not (found["visits"] and found["visits"]["mean"]):
            continue
        cells = [cell(FIGURES[name][1], found.get(name)) for name in IN_GROUPS]
        rows.append({"name": names.get(key, key), "is_class": key.startswith("class:"), "cells": cells})
    return rows


def heads() -> list[str | Promise]:
    """The columns of :func:`groups`."""
    return [FIGURES[name][0] for name in IN_GROUPS]


def _busy(results: Sequence[Mapping[str, Any]]) -> range:
    """The hours in which somebody waits or works, in any plan."""
    found = [
        hour
        for hour in range(24)
        for one in results
        if one["staff"][hour]["mean"] > 0 or any(q["mean"] > 0 for q in one["queue"][hour * 4 : hour * 4 + 4])
    ]
    return range(min(found), max(found) + 1) if found else range(9, 17)


def _value(found: Mapping[str, float] | None, factor: float, digits: int = 1) -> float | None:
    return None if found is None else round(found["mean"] * factor, digits)


def short(name: str) -> str:
    """A name that fits a chart's legend: of a long one its beginning and its end, where copies differ."""
    if len(name) <= LEGEND:
        return name
    return f"{name[: LEGEND // 2].rstrip()}…{name[-LEGEND // 2 + 1 :].lstrip()}"


def _legend(names: Sequence[str]) -> list[str]:
    found = [short(name) for name in names]
    return [f"{n}. {name}" if found.count(name) > 1 else name for n, name in enumerate(found, 1)]


def charts(names: Sequence[str], results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Waits, lengths of the queue and use of staff over the day, a line a plan."""
    hours = _busy(results)
    by_hour = [f"{hour:02d}:00" for hour in hours]
    quarters = range(hours[0] * 4, hours[-1] * 4 + 4)

    def series(values: Any) -> list[dict[str, Any]]:
        return [
            {"name": name, "values": values(one), "tone": TONES[n % len(TONES)], "kind": "lines"}
            for n, (name, one) in enumerate(zip(_legend(names), results, strict=True))
        ]

    return [
        {
            "id": "what-if-waits",
            "title": _("Mean wait by hour of arrival"),
            "data": {
                "heading": _("Hour"),
                "labels": by_hour,
                "unit": _("min"),
                "series": series(lambda one: [_value(one["waits"][h], 1 / 60) for h in hours]),
            },
        },
        {
            "id": "what-if-queue",
            "title": _("People waiting"),
            "data": {
                "heading": pgettext("plan", "From"),
                "labels": [f"{q // 4:02d}:{q % 4 * 15:02d}" for q in quarters],
                "series": series(lambda one: [_value(one["queue"][q], 1) for q in quarters]),
            },
        },
        {
            "id": "what-if-use",
            "title": _("Use of staff"),
            "data": {
                "heading": _("Hour"),
                "labels": by_hour,
                "unit": "%",
                "series": series(lambda one: [_value(one["use"][h], 100, 0) for h in hours]),
            },
        },
    ]


COLUMNS = ("group", "figure", "mean", "low", "high", "p10", "p90")


def lines(result: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """All figures as rows of a file: times in seconds, shares from 0 to 1, hours and quarter hours as groups."""

    def row(group: str, name: str, found: Mapping[str, float] | None) -> tuple[Any, ...]:
        values = [None if found is None else round(found[column], 4) for column in COLUMNS[2:]]
        return (group, name, *values)

    yield COLUMNS
    for group, found in result["groups"].items():
        for name, value in found.items():
            yield row(group, name, value)
    for name in ("staff", "use", "waits"):
        for hour, value in enumerate(result[name]):
            yield row(f"{hour:02d}:00", name, value)
    for quarter, value in enumerate(result["queue"]):
        yield row(f"{quarter // 4:02d}:{quarter % 4 * 15:02d}", "queue", value)
