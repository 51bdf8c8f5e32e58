"""What people change without writing YAML: texts beside one another in each language, options, prices, opening times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicehall.kernel.errors import BadInput
from servicehall.kernel.languages import FALLBACK, NAMES
from servicehall.rooms.services import actions
from servicehall.rooms.services import queries as services

from .asked import Asked, flow_asked, of_flow, shown, to
from .kinds import KINDS
from .numbers import number_of

Errors = Mapping[str, Any]
DAYS: dict[str, str | Promise] = {
    "mon": pgettext_lazy("day of the week", "Mon"),
    "tue": pgettext_lazy("day of the week", "Tue"),
    "wed": pgettext_lazy("day of the week", "Wed"),
    "thu": pgettext_lazy("day of the week", "Thu"),
    "fri": pgettext_lazy("day of the week", "Fri"),
    "sat": pgettext_lazy("day of the week", "Sat"),
    "sun": pgettext_lazy("day of the week", "Sun"),
}
PARTS: dict[str, str | Promise] = {
    "name": pgettext_lazy("part of a service", "Name"),
    "summary": pgettext_lazy("part of a service", "In one line"),
    "title": pgettext_lazy("part of a step", "Title"),
    "text": pgettext_lazy("part of a step", "Text"),
    "help": pgettext_lazy("part of a step", "Hint"),
    "speak": pgettext_lazy("part of a step", "Spoken"),
    "button": pgettext_lazy("part of a step", "Button"),
    "for": pgettext_lazy("part of a step", "What is paid"),
    "slip": pgettext_lazy("part of a step", "Slip"),
    "label": pgettext_lazy("part of a step", "Label"),
    "detail": pgettext_lazy("part of a step", "Second line"),
    "empty": pgettext_lazy("part of a step", "When there is nothing to choose"),
    "pattern-says": pgettext_lazy("part of a step", "When it is written wrongly"),
}
_WIDE = 46
"""Letters that a line of a field has room for; a Chinese one takes two."""
_MOST_LINES = 8
_AMOUNT = re.compile(r"[0-9]{1,10}([.,][0-9]{1,2})?")
_NOT_AN_AMOUNT = _("An amount, please. Example: 12.50.")
_SPARE_HOURS = 2


@never_cache
@require_http_methods(["GET", "POST"])
def forms(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """All of a draft that can be changed in forms; sent, put into its text and saved as the next draft."""
    who, flow = flow_asked(request, slug, flow_id, changes=request.method == "POST")
    if request.method != "POST":
        return _page(request, who, flow)
    number = number_of(request.POST, "draft")
    if number is None:
        raise BadInput(errors={"draft": gettext("The number of the draft is missing.")})
    errors: dict[str, Any] = {}
    wanted = _wanted(request.POST, errors)
    if errors:
        return _page(request, who, flow, request.POST, errors=errors)
    try:
        saved = actions.amend_draft(flow_id=flow.pk, number=number, wanted=wanted, by=who.actor)
    except actions.DraftChanged:
        return _page(request, who, flow, request.POST, conflict=True)
    except actions.Unamendable as problem:
        return _page(request, who, flow, request.POST, errors=problem.errors)
    except services.Unreadable:
        return _page(request, who, flow)
    if saved.draft_number == number:
        messages.info(request, gettext("Nothing was different, so nothing was saved."))
    else:
        messages.success(request, gettext("The draft was saved. Customers still begin what is published."))
    return to("service-forms", who, flow)


# --- What was sent -------------------------------------------------------------------------------


def _wanted(sent: QueryDict, errors: dict[str, Any]) -> services.Amendment:
    texts: dict[str, dict[str, str]] = {}
    prices: dict[str, int] = {}
    added: dict[str, tuple[str, dict[str, str]]] = {}
    for name in sent:
        value = sent.get(name, "")
        kind, _colon, rest = name.partition(":")
        if kind == "text":
            path, _colon, tag = rest.rpartition(":")
            texts.setdefault(path, {})[tag] = value
        elif kind == "price":
            amount = _minor(value)
            if amount is None:
                errors[f"prices.{rest}"] = _NOT_AN_AMOUNT
            else:
                prices[rest] = amount
        elif kind == "new" and rest.endswith(":value"):
            path = rest.removesuffix(":value")
            label = {tag: sent.get(f"new:{path}:{tag}", "") for tag in FALLBACK}
            if any(one.strip() for one in (value, *label.values())):
                added[path] = (value.strip(), label)
    removed = tuple(sent.getlist("remove"))
    hours = tuple(_hours(sent)) if "hours" in sent else None
    return services.Amendment(texts, removed, added, prices, hours)


def _minor(typed: str) -> int | None:
    """An amount in minor units."""
    text = re.sub(r"[\s¥￥]", "", typed)
    if not _AMOUNT.fullmatch(text):
        return None
    whole, _dot, part = text.replace(",", ".").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _hours(sent: QueryDict) -> Iterator[services.Hours]:
    """The lines with something in them; one without days and times is gone."""
    for number in range(number_of(sent, "hours") or 0):
        days = tuple(day for day in DAYS if day in sent.getlist(f"days:{number}"))
        start, end = sent.get(f"from:{number}", "").strip(), sent.get(f"to:{number}", "").strip()
        if days or start or end:
            yield services.Hours(days, start, end)


# --- What is shown -------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    who: Asked,
    flow: Any,
    sent: QueryDict | None = None,
    *,
    errors: Errors | None = None,
    conflict: bool = False,
) -> HttpResponse:
    found, wrong = services.checked(who.organisation, flow.draft, flow.slug), dict(errors or {})
    context: dict[str, Any] = {
        **of_flow(flow, "forms"),
        "draft": flow.draft_number,
        "languages": [(tag, NAMES[tag]) for tag in FALLBACK],
        "findings": [one.told() for one in found],
        "faults": sum(one.level == "fault" for one in found),
        "conflict": conflict,
        "wrong": len(wrong),
    }
    try:
        now = services.amendable(flow.draft)
    except services.Unreadable:
        return shown(request, "ops/services/forms.html", who, {**context, "unreadable": True})
    shape = _Shape(sent, wrong)
    context |= {
        "groups": [shape.group(one) for one in now.groups],
        "missing": now.missing,
        "prices": [shape.price(name, price) for name, price in now.prices.items()],
        "currency": now.currency,
        "hours": [*shape.hours(now.hours)],
        "days": DAYS.items(),
        "others": shape.others(),
    }
    status = 409 if conflict else 422 if wrong else 200
    return shown(request, "ops/services/forms.html", who, context, status=status)


class _Shape:
    """Fields as the page has them: with what was sent, should it come back, and what is wrong."""

    def __init__(self, sent: QueryDict | None, errors: Errors) -> None:
        self.sent, self.errors, self.told = sent, errors, set[str]()

    def value(self, name: str, now: str) -> str:
        return now if self.sent is None else self.sent.get(name, now)

    def error(self, *names: str) -> str:
        self.told.update(names)
        return " ".join(str(self.errors[name]) for name in names if name in self.errors)

    def others(self) -> list[str]:
        """What is wrong that stands beside no field; asked for last."""
        return [str(words) for name, words in self.errors.items() if name not in self.told]

    def group(self, group: services.Group) -> dict[str, Any]:
        return {
            "kind": KINDS.get(group.kind, group.kind),
            "is_field": group.kind == "field",
            "name": group.name,
            "key": "-".join(("group", group.kind, group.name)),
            "missing": group.missing,
            "said": [self.said(one, PARTS.get(one.part, one.part)) for one in group.said],
            "options": [
                {
                    "path": one.path,
                    "value": one.value,
                    "label": self.said(one.label, one.value),
                    "removed": self.sent is not None and one.path in self.sent.getlist("remove"),
                    "error": self.error(one.path),
                }
                for one in group.options
            ],
            "new": self.new(group.options_path) if group.options else None,
            "error": self.error(group.options_path) if group.options else "",
        }

    def said(self, said: services.Wording, part: Any) -> dict[str, Any]:
        cells = [
            self.cell(
                f"text:{said.path}:{tag}",
                tag,
                said.texts.get(tag, ""),
                part,
                errors=(f"{said.path}:{tag}", *((said.path,) if tag == FALLBACK[0] else ())),
            )
            for tag in FALLBACK
        ]
        return {"part": part, "cells": cells, "single": said.texts.get("", "")}

    def cell(self, name: str, tag: str, now: str, part: Any, *, errors: tuple[str, ...]) -> dict[str, Any]:
        value = self.value(name, now.rstrip("\n"))
        return {
            "name": name,
            "key": re.sub(r"[^A-Za-z0-9]+", "-", name),
            "tag": tag,
            "language": NAMES[tag],
            "part": part,
            "value": value,
            "rows": _lines(value),
            "missing": not now.strip(),
            "error": self.error(*errors),
        }

    def new(self, path: str) -> dict[str, Any]:
        """The empty line below a list of options."""
        return {
            "value": self.cell(f"new:{path}:value", "en", "", "", errors=(f"{path}:value",)),
            "cells": [
                {**self.cell(f"new:{path}:{tag}", tag, "", "", errors=(f"{path}:{tag}",)), "missing": False}
                for tag in FALLBACK
            ],
        }

    def price(self, name: str, price: int) -> dict[str, Any]:
        return {
            "name": name,
            "value": self.value(f"price:{name}", f"{price / 100:.2f}"),
            "error": self.error(f"prices.{name}"),
        }

    def hours(self, now: tuple[services.Hours, ...]) -> Iterator[dict[str, Any]]:
        many = len(now) + _SPARE_HOURS
        if self.sent is not None:
            many = max(many, min(number_of(self.sent, "hours") or 0, 40))
        wrong = iter(range(many))
        for number in range(many):
            held = now[number] if number < len(now) else services.Hours((), "", "")
            days = held.days if self.sent is None else tuple(self.sent.getlist(f"days:{number}"))
            start, end = self.value(f"from:{number}", held.start), self.value(f"to:{number}", held.end)
            # Errors count the lines with something in them.
            error = self.error(f"open.{next(wrong)}") if days or start or end else ""
            yield {
                "number": number,
                "days": [(day, words, day in days) for day, words in DAYS.items()],
                "start": start,
                "end": end,
                "error": error,
            }


def _lines(value: str) -> int:
    wide = [sum(2 if ord(char) > 0x2E80 else 1 for char in line) for line in value.split("\n")]
    return min(_MOST_LINES, sum(max(1, -(-one // _WIDE)) for one in wide))
