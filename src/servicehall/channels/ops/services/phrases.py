"""What the text editor's scripts say, in the reader's language: our own words, and those of CodeMirror by their English."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words() -> dict[str, dict[str, str]]:
    """The words of both."""
    return {"own": _own(), "library": _library()}


def _own() -> dict[str, str]:
    return {
        "label": _("Definition"),
        "unsaved": _("Not saved yet"),
        "saving": _("Saving…"),
        "checking": _("Checking…"),
        "unchecked": _("It could not be checked: the connection is cut. It is tried again."),
        "unsaved_cut": _("It could not be saved: the connection is cut. Your text is still here."),
        "none": _("Nothing is wrong: it can be published."),
        "fault": _("Fault"),
        "doubt": _("Doubt"),
        "place": _("line %(line)s, column %(column)s"),
        "needed": pgettext("part of a definition", "needed"),
    }


def _library() -> dict[str, str]:
    return {
        "Find": _("Find"),
        "Replace": _("Replace"),
        "next": pgettext("find", "next"),
        "previous": pgettext("find", "previous"),
        "all": pgettext("find", "all"),
        "match case": pgettext("find", "match case"),
        "by word": pgettext("find", "by word"),
        "regexp": pgettext("find", "pattern"),
        "replace": pgettext("find", "replace"),
        "replace all": pgettext("find", "replace all"),
        "close": pgettext("find", "close"),
        "current match": pgettext("find", "current match"),
        "replaced match on line $": _("replaced match on line $"),
        "replaced $ matches": _("replaced $ matches"),
        "on line": pgettext("find", "on line"),
        "Go to line": _("Go to line"),
        "go": pgettext("go to line", "go"),
        "Diagnostics": _("What is wrong"),
        "No diagnostics": _("Nothing is wrong"),
        "Completions": _("Completions"),
        "Fold line": _("Fold line"),
        "Unfold line": _("Unfold line"),
        "folded code": _("folded lines"),
        "unfold": pgettext("editor", "unfold"),
        "Selection deleted": _("Selection deleted"),
        "Control character": _("Control character"),
    }
