"""What staff is asked and told when a restriction of use is set, kept or lifted: the same at the desk and in operations."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from servicehall.kernel.errors import BadInput


def day_of(request: HttpRequest, name: str) -> date | None:
    """A day that was chosen in a form; None: none was.

    Raises:
        BadInput: it is not a day.
    """
    value = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadInput(errors={name: _("Write the day like 2026-12-31.")}) from None


def words_of_restriction(*, restricted: bool, told: str) -> str:
    """What was done, and whether the customer learns of it by themselves."""
    if restricted:
        return _("The use of this data is restricted.")
    if told == "email":
        return _("The restriction is lifted. The customer is told by e-mail.")
    if told == "sms":
        return _("The restriction is lifted. The customer is told by text message.")
    return _("The restriction is lifted. No address of the customer is proved: please tell them yourself.")
