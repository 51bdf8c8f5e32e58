"""Reading the fields of a form; what does not fit is refused in the reader's language."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from servicehall.kernel.errors import BadInput, NotFound


def id_in(form: QueryDict, name: str) -> UUID:
    """An id.

    Raises:
        BadInput: there is none, or it is not an id.
    """
    found = id_or_none(form, name)
    if found is None:
        raise BadInput(_("Choose one of the offered answers."))
    return found


def id_or_none(form: QueryDict, name: str) -> UUID | None:
    """An id, or None where the field is empty.

    Raises:
        BadInput: it is not an id.
    """
    if not (text := form.get(name)):
        return None
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(_("Choose one of the offered answers.")) from None


def ticket_in(form: QueryDict) -> UUID:
    """The ticket that a form is about.

    Raises:
        NotFound: it names none.
    """
    try:
        return UUID(form.get("ticket", ""))
    except ValueError:
        raise NotFound from None


def number_in(form: QueryDict, name: str, least: int, most: int) -> int:
    """A whole number; an empty field is the least one.

    Raises:
        BadInput: it is no number, or outside the bounds.
    """
    text = form.get(name, "").strip() or str(least)
    # Python refuses to read thousands of digits; nine hold whatever is asked here.
    if not text.isdecimal() or len(text) > 9 or not least <= int(text) <= most:
        raise BadInput(_("Enter a whole number from %(least)d to %(most)d.") % {"least": least, "most": most})
    return int(text)


def text_in(form: QueryDict, name: str, most: int) -> str:
    """A short text.

    Raises:
        BadInput: it is too long.
    """
    text = form.get(name, "").strip()
    if len(text) > most:
        raise BadInput(_("Write at most %(most)d characters.") % {"most": most})
    return text
