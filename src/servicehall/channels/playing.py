"""What every player of flows that is made of pages shares: a sent form becomes an answer, a screen becomes context.

Phone and kiosk differ in frames and sizes; what a step shows stands in look/flow/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel import languages

PREFIX = "q."
_TYPES = {"phone": "tel", "email": "email", "date": "date", "time": "time"}
_MODES = {"digits": "numeric", "whole": "numeric", "money": "decimal", "number": "decimal", "phone": "tel"}
_FILLS = {"name": "name", "phone": "tel", "email": "email", "address": "street-address"}
_LONG_LIST = 7
_KEYBOARDS = {
    "text": "pinyin",
    "long": "pinyin",
    "address": "pinyin",
    "name": "pinyin name",
    "phone": "phone",
    "email": "email",
    "id-number": "id",
    "digits": "numeric",
    "whole": "numeric",
    "money": "decimal",
    "number": "decimal",
    "date": "date",
    "time": "time",
}
"""The keys on a kiosk's screen for each type (look/keyboard); Chinese can be written wherever words are."""
_WRITTEN = {
    "date": _("Year, month and day in eight digits, such as 20260520."),
    "time": _("Hour and minute in four digits, such as 1430."),
}
"""How to write by keys what other devices have a calendar or a clock for."""
FACES = (
    (1, "angry", pgettext_lazy("rating", "Very bad")),
    (2, "frown", pgettext_lazy("rating", "Bad")),
    (3, "meh", pgettext_lazy("rating", "So-so")),
    (4, "smile", pgettext_lazy("rating", "Good")),
    (5, "laugh", pgettext_lazy("rating", "Very good")),
)
"""A survey's scores: the score, its face, its words."""


def answer(shown: Mapping[str, Any], sent: QueryDict) -> Any:
    """What a form sent as the answer to the step that was shown."""
    match shown["kind"]:
        case "form":
            return {
                one["id"]: sent.getlist(PREFIX + one["id"])
                if one["type"] == "choices"
                else sent.get(PREFIX + one["id"], "")
                for one in shown["fields"]
            }
        case "choose":
            return sent.get("choice", "")
        case "survey":
            score = sent.get("score", "")
            return int(score) if score.isascii() and score.isdigit() else None
    return True


def page(
    request: HttpRequest,
    shown: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    touch: bool = False,
) -> dict[str, Any]:
    """A screen as the templates have it; with errors, also what was sent, so that nobody types it twice.

    Args:
        touch: for a kiosk, whose only keys are those on its screen.
    """
    wrong = dict(errors or {})
    sent = request.POST if wrong else QueryDict()
    fields = [_field(one, wrong, sent) for one in shown.get("fields", ())]
    if touch:
        fields = [one | _touched(one) for one in fields]
    told = [(one["id"], one["label"], one["error"]) for one in fields if one.get("error")]
    # A finger needs no link to what stands below it, and a line of text is too small a target.
    listed = [
        (
            "" if touch else f"q-{name}",
            _("%(label)s: %(problem)s") % {"label": label.rstrip("?？:："), "problem": problem},
        )
        for name, label, problem in told
    ]
    if "choice" in sent or (wrong and not fields):
        listed = [("" if touch else "choice", text) for text in wrong.values()]
    done, total = shown.get("progress", {}).get("done", 0), shown.get("progress", {}).get("of", 0)
    return {
        "shown": shown,
        "fields": fields,
        "errors": listed,
        "steps_done": done,
        "steps_all": total,
        "step_number": min(done + 1, total) if total else 0,
        "at": request.GET.get("at", "") or request.POST.get("step", ""),
        "faces": FACES,
    }


def _field(one: Mapping[str, Any], wrong: Mapping[str, str], sent: QueryDict) -> dict[str, Any]:
    """A question with what its control needs."""
    name = PREFIX + one["id"]
    value = one.get("value")
    if sent:
        value = sent.getlist(name) if one["type"] == "choices" else sent.get(name, "")
    if one["type"] == "money" and isinstance(value, int):
        value = f"{value / 100:.2f}"
    options = [
        {"value": option["value"], "label": option["label"], "hint": option["detail"]}
        for option in one.get("options", ())
    ]
    return {
        **one,
        "name": name,
        "may_stay_open": not one["required"],
        "key": f"q-{one['id']}",
        "value": value,
        "options": options,
        "pairs": [(option["value"], option["label"]) for option in options],
        "is_long_list": len(options) > _LONG_LIST,
        "input": "password" if one.get("secret") else _TYPES.get(one["type"], "text"),
        "mode": _MODES.get(one["type"], ""),
        "fills": _FILLS.get(one["type"], ""),
        "error": wrong.get(one["id"], one.get("error", "")),
    }


def _touched(one: Mapping[str, Any]) -> dict[str, Any]:
    """What a question needs where it is answered by touch: keys of its own, cards instead of a list that opens."""
    keys = _KEYBOARDS.get(one["type"], "latin")
    if one.get("secret"):
        # What nobody may see is not composed above the keys.
        keys = "pin" if keys == "numeric" else "latin"
    elif languages.current() == "en":
        keys = keys.replace("pinyin", "latin")
    written = _WRITTEN.get(one["type"])
    return {
        "keyboard": keys,
        "input": "text" if written else one["input"],
        "help": one.get("help") or written or "",
        "size": "kiosk",
        "columns": "2" if one["is_long_list"] else "",
        "is_long_list": False,
    }
