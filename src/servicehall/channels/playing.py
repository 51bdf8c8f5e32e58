"""What every player of flows that is made of pages shares: a sent form becomes an answer, a screen becomes context.

Phone and kiosk differ in frames and sizes; what a step shows stands in look/flow/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import languages
from servicehall.kernel.errors import Refused
from servicehall.kernel.uploads import FileTooLarge
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries

from . import uploads
from .headers import allow_camera
from .look import faces

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
    "signature": "pinyin name",
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
FILES = ("photo", "file")
_MANY = (*FILES, "choices")


def answer(shown: Mapping[str, Any], sent: QueryDict) -> Any:
    """What a form sent as the answer to the step that was shown."""
    match shown["kind"]:
        case "form":
            return {one["id"]: _sent(one["type"], PREFIX + one["id"], sent) for one in shown["fields"]}
        case "book":
            return {"day": sent.get("day") or sent.get("day-shown", ""), "slot": sent.get("slot", "")}
        case "choose":
            return sent.get("choice", "")
        case "survey":
            score = sent.get("score", "")
            return int(score) if score.isascii() and score.isdigit() else None
    return True


def is_typed(sent: QueryDict) -> bool:
    """Whether what stands in a form came along, with the form itself or with something else."""
    return any(name.startswith(PREFIX) for name in sent)


def unsent(found: queries.Instance, sent: QueryDict) -> services.Unsent | None:
    """What stands in the form of the step that waits, when something else was sent than the form; files by their ids."""
    shown = queries.screen(found) if is_typed(sent) else {}
    if shown.get("kind") != "form" or sent.get("step") != shown["step"]:
        return None
    # Which questions are asked depends on what stands there.
    shown = queries.screen(found, given=answer(shown, sent))
    return services.Unsent(shown["step"], answer(shown, sent))


def _sent(kind: str, name: str, sent: QueryDict) -> Any:
    """The answer to one question."""
    if kind == "signature":
        typed = {"name": sent.get(f"{name}.name", ""), "yes": f"{name}.yes" in sent}
        return {"strokes": sent.get(name, ""), **typed} if sent.get(name) or typed["name"] else {}
    return sent.getlist(name) if kind in _MANY else sent.get(name, "")


def keep_files(
    request: HttpRequest,
    shown: Mapping[str, Any],
    answer: dict[str, Any],
    keep: Callable[[str, UploadedFile[Any]], Mapping[str, Any]],
) -> dict[str, str]:
    """Has the files of a form kept, each for its question, and puts them into the answer; says what was not taken.

    Args:
        keep: keeps one file for a question, and returns what the answer names it by; refuses with a Refused.
    """
    wrong: dict[str, str] = {}
    for one in shown.get("fields", ()):
        name = PREFIX + one["id"]
        if one["type"] not in FILES:
            continue
        if name in uploads.too_large(request):
            wrong[one["id"]] = FileTooLarge().sentences
        # More than asked for are not even looked at; that there are too many is said by the rules of the question.
        for file in request.FILES.getlist(name)[: one["most"] + 1]:
            try:
                answer[one["id"]].append(keep(one["id"], file)["id"])
            except Refused as refused:
                wrong[one["id"]] = f"{refused} {refused.advice}" if refused.detail else refused.sentences
    return wrong


def answered(response: HttpResponse, shown: Mapping[str, Any]) -> HttpResponse:
    """The page of a screen: one that asks for a code may use the camera."""
    if any(one["type"] == "scan" for one in shown.get("fields", ())):
        allow_camera(response)
    return response


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
            in_summary(label, problem),
        )
        for name, label, problem in told
    ]
    if "choice" in sent or "day-shown" in sent or (wrong and not fields):
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
        "faces": faces.FACES,
    }


def in_summary(label: str, problem: str) -> str:
    """What is wrong with a question, as it stands in the summary above a form: with its name, for several may lack the same."""
    return gettext("%(label)s: %(problem)s") % {"label": label.rstrip("?？:："), "problem": problem}


def _field(one: Mapping[str, Any], wrong: Mapping[str, str], sent: QueryDict) -> dict[str, Any]:
    """A question with what its control needs."""
    name = PREFIX + one["id"]
    value = one.get("value")
    if sent and one["type"] not in (*FILES, "signature"):
        value = sent.getlist(name) if one["type"] == "choices" else sent.get(name, "")
    if one["type"] == "money" and isinstance(value, int):
        value = f"{value / 100:.2f}"
    options = [
        {"value": option["value"], "label": option["label"], "hint": option["detail"]}
        for option in one.get("options", ())
    ]
    held = one.get("masked")
    told = gettext("%(masked)s is entered. Leave it empty to keep that.") % {"masked": held} if held else ""
    return {
        **one,
        "help": " ".join(part for part in (one.get("help", ""), told) if part),
        **_brought(one, value),
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


def _brought(one: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """What the control of a file or a signature needs beyond its value."""
    if one["type"] == "signature":
        given = value if isinstance(value, dict) else {}
        return {"lines": queries.drawn(given), "strokes": queries.strokes(given), "signed": given}
    if one["type"] not in FILES:
        return {}
    held = [file for file in value or () if isinstance(file, dict) and file.get("id")]
    return {
        "files": [{**file, "words": filesizeformat(file["size"])} for file in held],
        "is_full": len(held) >= one["most"],
        "accepts": ",".join(one["accept"]),
        "largest": one["megabytes"] * uploads.MEGABYTE,
    }
