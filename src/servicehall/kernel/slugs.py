"""Short names that are part of addresses, and words that they cannot be because a page has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Model
from django.urls import get_resolver
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

slug_validator = RegexValidator(
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$", _("Use small letters, digits and single hyphens, for example north-gate.")
)
_OPEN = re.compile(r"<(?:\w+:)?(\w+)>")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def demand_free(row: Model, *, parameters: tuple[str, ...]) -> None:
    """Refuse a short name that stands where an address has a page of its own; one that is stored already stays.

    Args:
        parameters: what the routes call the part of the address that the short name fills.

    Raises:
        ValidationError: the name is a page's.
    """
    slug = str(getattr(row, "slug", ""))
    if not is_taken(slug, parameters):
        return
    if type(row)._base_manager.filter(pk=row.pk, slug=slug).exists():  # noqa: SLF001 - public in all but name
        return
    words = gettext("“%(slug)s” is the address of a page. Choose another short name, for example %(other)s.")
    raise ValidationError({"slug": words % {"slug": slug[:40], "other": f"{slug[:34]}-hall"}})


def is_taken(slug: str, parameters: tuple[str, ...]) -> bool:
    """Whether a page has the address that something with this short name would have; ids have addresses too."""
    return slug in _words(get_resolver(), parameters) or bool(_ID.fullmatch(slug))


@lru_cache
def _words(resolver: Any, parameters: tuple[str, ...]) -> frozenset[str]:
    """The words that routes have where others have one of these parameters, after the same beginning."""
    routes = [route.strip("/").split("/") for route in _routes(resolver)]
    begins = {
        tuple(parts[:at])
        for parts in routes
        for at, part in enumerate(parts)
        if (found := _OPEN.fullmatch(part)) and found[1] in parameters
    }
    return frozenset(
        parts[len(begin)]
        for begin in begins
        for parts in routes
        if tuple(parts[: len(begin)]) == begin and len(parts) > len(begin) and "<" not in parts[len(begin)]
    )


def _routes(resolver: Any, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _routes(one, route)
        else:
            yield route
