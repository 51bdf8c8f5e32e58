"""What the text editor's scripts say, in the reader's language.

Our own words; those of CodeMirror, and what the published schema (which speaks English) says of a name, by their English.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words() -> dict[str, dict[str, str]]:
    """The words of all three."""
    return {"own": _own(), "library": _library(), "about": _about()}


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


def _about() -> dict[str, str]:
    return {
        "An expression in CEL.": _("An expression in CEL."),
        "A text in every language; ${…} is an expression.": _(
            "A text in every language; ${…} is an expression."
        ),
        "Where it goes on: a step's name, or a list of {when, go}.": _(
            "Where it goes on: a step's name, or a list of {when, go}."
        ),
        "The list that is chosen from.": _("The list that is chosen from."),
        "The property of an item that is stored.": _("The property of an item that is stored."),
        "The step that goes on when the other system says no.": _(
            "The step that goes on when the other system says no."
        ),
        "The service's short name.": _("The service's short name."),
        "Where customers and staff can use it.": _("Where customers and staff can use it."),
        "Why it takes more than five steps.": _("Why it takes more than five steps."),
    }
