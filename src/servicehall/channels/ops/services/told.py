"""What changes for customers between two definitions, in words and grouped for a page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext

from servicehall.kernel.languages import NAMES
from servicehall.rooms.services import queries as services

TONES = {
    "added": ("good", "plus"),
    "removed": ("bad", "minus"),
    "changed": ("info", "pencil"),
    "moved": ("held", "move-vertical"),
}


def changes_told(before: str | None, after: str) -> list[dict[str, Any]] | None:
    """The changes by kind; None when one of the texts is no flow, so that nothing can be said."""
    found = services.changes(before, after)
    if found is None:
        return None
    acts = {
        "added": pgettext("change", "new"),
        "removed": pgettext("change", "gone"),
        "changed": pgettext("change", "changed"),
        "moved": pgettext("change", "moved"),
    }
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        tone, icon = TONES[one.act]
        told = {
            "act": acts[one.act],
            "tone": tone,
            "icon": icon,
            "where": one.where,
            "part": one.part,
            "before": one.before,
            "after": one.after,
            "language": one.language,
            "language_name": NAMES.get(one.language, ""),
        }
        groups.setdefault(one.kind, []).append(told)
    return [{"title": services.KINDS_OF_CHANGES[kind], "items": items} for kind, items in groups.items()]
