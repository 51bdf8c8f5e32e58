"""Answers that are no words: files that a customer sent, a name that they signed. Pure.

A file is known by its id here (its contents are sealed in a table of their own, see actions/bringing.py); a
signature is lines on a field of 1000 by 400, or a name that was typed with a yes to it standing for one.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import uploads

from .language.definition import Field
from .language.kinds import FILES

PICTURE, PDF = "picture", "pdf"
KINDS: dict[str, uploads.Kind] = {PICTURE: uploads.PHOTO, PDF: uploads.PDF}
WIDE, HIGH = 1000, 400
MOST_STROKES, MOST_POINTS, LEAST_POINTS = 120, 3_000, 6
_NO_SIGNATURE = _("Sign in the field, or type your name and say that it stands for your signature.")


class Misfit(ValueError):
    """What was brought is no answer; ``words`` says why."""

    def __init__(self, words: Any) -> None:
        super().__init__(str(words))
        self.words = words


def kinds(field: Field) -> tuple[str, ...]:
    """What a file of a question may be."""
    return (PICTURE,) if field.type == "photo" else field.kinds or (PICTURE, PDF)


def types(field: Field) -> list[str]:
    """The same as media types, for a browser to offer only such."""
    return sorted({one for kind in kinds(field) for one in KINDS[kind].types.values()})


def most(field: Field) -> int:
    """How many files a question takes."""
    return int(field.most or max(1, field.least or 1))


def is_brought(field: Field) -> bool:
    """Whether the answer to a question is of this file's kinds."""
    return field.type in FILES or field.type == "signature"


def read(field: Field, value: Any) -> Any:
    """The answer as it is kept.

    Raises:
        Misfit: it is none.
    """
    return _signature(value) if field.type == "signature" else _files(field, value)


def _files(field: Field, value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else []
    if not found or not all(isinstance(one, dict) and {"id", "type", "size"} <= one.keys() for one in found):
        raise Misfit(_("This file is not here any more. Choose it again."))
    if len(found) > most(field):
        words = gettext("At most %(n)s files. Remove some of them.")
        raise Misfit(words % {"n": most(field)})
    if field.least and len(found) < field.least:
        raise Misfit(gettext("At least %(n)s files are needed.") % {"n": int(field.least)})
    if any(one["type"] not in types(field) for one in found):
        raise Misfit(_("This file is not of the kind that is asked for."))
    return [{"id": str(one["id"]), "type": str(one["type"]), "size": int(one["size"])} for one in found]


def _signature(value: Any) -> dict[str, Any]:
    given = value if isinstance(value, dict) else {}
    name, yes = given.get("name"), given.get("yes") is True
    try:
        lines = _strokes(given.get("strokes"))
    except Misfit:
        if not (name and yes):
            raise
        lines = []  # touched by mistake: the typed name counts
    if lines:
        return {"way": "drawn", "strokes": lines}
    name = " ".join(name.split()) if isinstance(name, str) else ""
    if name and len(name) <= 100 and name.isprintable():
        if not yes:
            raise Misfit(_("Say yes to your typed name standing for your signature."))
        return {"way": "typed", "name": name, "yes": True}
    raise Misfit(_NO_SIGNATURE)


def _strokes(value: Any) -> list[list[int]]:
    """Lines as flat lists x, y, x, y …; nothing when nothing was drawn.

    Raises:
        Misfit: it is no drawing, or not one of a name.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value) if value else []
        except (ValueError, RecursionError):
            raise Misfit(_NO_SIGNATURE) from None
    if not value:
        return []
    if not isinstance(value, list) or len(value) > MOST_STROKES:
        raise Misfit(_NO_SIGNATURE)
    points = 0
    for line in value:
        if not isinstance(line, list) or len(line) % 2 or not all(type(one) is int for one in line):
            raise Misfit(_NO_SIGNATURE)
        if any(not 0 <= x <= WIDE for x in line[::2]) or any(not 0 <= y <= HIGH for y in line[1::2]):
            raise Misfit(_NO_SIGNATURE)
        points += len(line) // 2
    across = [x for line in value for x in line[::2]]
    if not LEAST_POINTS <= points <= MOST_POINTS or max(across) - min(across) < WIDE // 50:
        raise Misfit(_("This is too little for a signature. Sign once more, or type your name."))
    return [list(line) for line in value]


def strokes(value: Any) -> str:
    """The lines of a signature, or what was sent as such, as JSON; nothing when they cannot be drawn."""
    try:
        lines = _strokes(value.get("strokes") if isinstance(value, dict) else None)
    except Misfit:
        return ""
    return json.dumps(lines, separators=(",", ":")) if lines else ""


def drawn(value: Any) -> str:
    """The same as the data of an SVG path."""
    lines = json.loads(strokes(value) or "[]")
    return " ".join(
        "M" + " L".join(f"{x} {y}" for x, y in zip(line[::2], line[1::2], strict=True))
        for line in lines
        if line
    )


def told(field: Field, value: Any, language: str) -> str:
    """The answer as people read it again."""
    with translation.override(language.lower()):
        if field.type == "signature":
            name = value.get("name", "") if isinstance(value, dict) else ""
            return gettext("Signed as %(name)s") % {"name": name} if name else gettext("Signed by hand")
        n = len(value)
        if field.type == "photo":
            return ngettext("%(n)s photo", "%(n)s photos", n) % {"n": n}
        return ngettext("%(n)s file", "%(n)s files", n) % {"n": n}
