"""Numbers of versions and drafts as they stand in addresses and forms."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext

from servicehall.kernel.errors import BadInput


def number_of(query: QueryDict, name: str) -> int | None:
    """A number from 1 on; none when it is left out.

    Raises:
        BadInput: it is no such number.
    """
    value = query.get(name, "").strip()
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:10]) < 2**31:
        raise BadInput(errors={name: gettext("A whole number from 1 on.")})
    return int(value[:10])
