"""A plan's document as a sheet to fill in, and back. No rules: what does not fit comes back as it was typed, to be judged."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from servicehall.kernel.languages import say
from servicehall.rooms.simulation.queries import stretches

OPENINGS = 3
LONGEST = 40
Document = dict[str, Any]


def _number(text: str) -> Any:
    """A number, or the text as it stands for the plan's reader to refuse; None for nothing."""
    text = text.strip()
    if not text:
        return None
    try:
        return int(text) if text.isdecimal() and len(text) < 10 else float(text)
    except ValueError:
        return text[:LONGEST]


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def _minute(value: Any) -> int | None:
    """A time of a plan in minutes; None when it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    hours, _colon, minutes = str(value).strip().partition(":")
    if hours.isdecimal() and minutes.isdecimal() and len(hours) < 3:
        return int(hours) * 60 + int(minutes)
    return None


def _time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _clock(value: Any) -> str:
    """A time as it is typed; a file may hold it in minutes (YAML reads 10:30 without quotes as 630)."""
    minute = _minute(value)
    return _shown(value) if minute is None else _time(minute)


def _rows(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = document.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _named(document: Mapping[str, Any], table: str) -> dict[str, str]:
    """What services or classes are called in the reader's language; without names, by their keys."""
    found = {}
    for key, one in _table(document, table).items():
        names = one.get("names") if isinstance(one, dict) else None
        found[key] = (say(names) if isinstance(names, dict) else "") or key
    return found


def _spans(shifts: list[dict[str, Any]]) -> list[tuple[int, int]]:
    found = []
    for one in shifts:
        begins, ends = _minute(one.get("from")), _minute(one.get("to"))
        if begins is not None and ends is not None:
            found.append((begins, ends))
    return found


def hours_of(document: Mapping[str, Any]) -> list[int]:
    """The hours that the staffing shows: those of the opening and the roster, and one before and after."""
    spans = _spans(_rows(document, "opening")) + _spans(_rows(document, "roster"))
    first = min((begins for begins, _ends in spans), default=9 * 60) // 60 - 1
    last = -(-max((ends for _begins, ends in spans), default=17 * 60) // 60) + 1
    return list(range(max(0, first), min(24, last)))


def _staffed(shifts: list[dict[str, Any]], hours: list[int]) -> set[int]:
    spans = _spans(shifts)
    return {h for h in hours if any(begins < h * 60 + 60 and ends > h * 60 for begins, ends in spans)}


def _shifts_of(document: Mapping[str, Any], label: str) -> list[dict[str, Any]]:
    return [one for one in _rows(document, "roster") if str(one.get("counter")) == label]


def sheet(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a plan."""
    hours = hours_of(document)
    openings = [
        {"from": _clock(one.get("from")), "to": _clock(one.get("to"))} for one in _rows(document, "opening")
    ][:OPENINGS]
    openings += [{"from": "", "to": ""}] * (OPENINGS - len(openings))
    rules, merging = _table(document, "rules"), _table(document, "merging")
    services = _named(document, "services")
    demand = document.get("demand", 1)
    return {
        "openings": openings,
        "demand": _shown(demand * 100 if isinstance(demand, int | float) else demand),
        "discipline": rules.get("discipline", "accumulating"),
        "late_places": _shown(rules.get("late_places", 3)),
        "return_minutes": _shown(rules.get("return_minutes", 30)),
        "lead_minutes": _shown(merging.get("lead_minutes", 5)),
        "late_minutes": _shown(merging.get("late_minutes", 10)),
        "priority": merging.get("priority", ""),
        "classes": list(_named(document, "classes").items()),
        "services": list(services.items()),
        "hours": [(hour, f"{hour:02d}") for hour in hours],
        "counters": [
            {
                "label": label,
                "serves": ", ".join(
                    dict.fromkeys(
                        services.get(str(ref).rpartition(":")[0] or str(ref), str(ref)) for ref in served
                    )
                )
                if isinstance(served, list)
                else "",
                "cells": [(h, h in _staffed(_shifts_of(document, label), hours)) for h in hours],
            }
            for label, served in _table(document, "counters").items()
        ],
        "appointments": [
            {
                "number": number,
                "service": services.get(str(one.get("service")), one.get("service")),
                "from": _clock(one.get("from", one.get("at"))),
                "to": _clock(one.get("to")),
                "every": _shown(one.get("every_minutes")),
                "shows": one.get("shows", 1),
            }
            for number, one in enumerate(_rows(document, "appointments"))
        ],
    }


def filled_in(document: Mapping[str, Any], posted: QueryDict) -> Document:
    """The document as the sheet changes it; what the sheet does not show stays as it is."""
    found: Document = copy.deepcopy(dict(document))
    found["opening"] = [
        {"from": begins, "to": ends}
        for begins, ends in zip(posted.getlist("opens"), posted.getlist("closes"), strict=False)
        if begins.strip() or ends.strip()
    ][:OPENINGS]
    demand = _number(posted.get("demand", ""))
    found["demand"] = demand / 100 if isinstance(demand, int | float) else 1 if demand is None else demand
    for table, names in {
        "rules": ("late_places", "return_minutes"),
        "merging": ("lead_minutes", "late_minutes"),
    }.items():
        changed = dict(_table(document, table))
        changed |= {name: value for name in names if (value := _number(posted.get(name, ""))) is not None}
        found[table] = changed
    found["rules"]["discipline"] = posted.get("discipline", "")[:LONGEST]
    found["merging"]["priority"] = posted.get("priority", "")[:LONGEST]
    found["roster"] = _roster(document, posted)
    kept = set(posted.getlist("keep"))
    found["appointments"] = [one for n, one in enumerate(_rows(document, "appointments")) if str(n) in kept]
    _add_appointments(found, posted)
    _add_counter(found, posted)
    return found


def _roster(document: Mapping[str, Any], posted: QueryDict) -> list[dict[str, Any]]:
    """The shifts by the hours that are ticked (``at`` one each, ``hours`` all of a counter's: a hall with a hundred counters
    has more boxes than a form may have fields); a counter whose hours are as they were keeps its shifts to the minute."""
    hours = hours_of(document)
    ticked: dict[str, set[int]] = {}
    for cell in (*posted.getlist("at"), *posted.getlist("hours")):
        several, _bar, label = cell.partition("|")
        found = {int(hour[:3]) for hour in several.split(",") if hour.isdecimal()}
        ticked.setdefault(label, set()).update(found & set(hours))
    roster = []
    for label in _table(document, "counters"):
        before = _shifts_of(document, label)
        wanted = ticked.get(label, set())
        if wanted == _staffed(before, hours):
            roster += before
            continue
        skills = next((one["skills"] for one in before if "skills" in one), None)
        for begins, ends in stretches(sorted(wanted)):
            shift = {"counter": label, "from": _time(begins * 60), "to": _time(ends * 60)}
            roster.append(shift if skills is None else {**shift, "skills": skills})
    return roster


def _add_appointments(document: Document, posted: QueryDict) -> None:
    begins, ends = posted.get("booked_from", "").strip(), posted.get("booked_to", "").strip()
    if not (begins or ends):
        return
    shows = _number(posted.get("booked_shows", ""))
    document["appointments"].append(
        {
            "service": posted.get("booked_service", "")[:LONGEST],
            "from": begins[:LONGEST],
            "to": ends[:LONGEST],
            "every_minutes": _number(posted.get("booked_every", "")) or 15,
            "shows": shows / 100 if isinstance(shows, int | float) else 1 if shows is None else shows,
        }
    )


def _add_counter(document: Document, posted: QueryDict) -> None:
    """A temporary point: a counter more, which serves what another one does."""
    label, like = posted.get("new_label", "").strip()[:LONGEST], posted.get("new_like", "")
    counters = dict(_table(document, "counters"))
    if not label or like not in counters:
        return
    if label not in counters:
        document["counters"] = {**counters, label: list(counters[like])}
    skills = next((one["skills"] for one in _shifts_of(document, like) if "skills" in one), None)
    shift: dict[str, Any] = {
        "counter": label,
        "from": posted.get("new_from", "")[:LONGEST],
        "to": posted.get("new_to", "")[:LONGEST],
    }
    document["roster"].append(shift if skills is None else {**shift, "skills": skills})
