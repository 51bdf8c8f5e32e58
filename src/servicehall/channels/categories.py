"""What services by oneself are sorted by: the categories that definitions use, each with an icon and its words.

A category of somebody's own is among the others; it needs no change here to work.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel.errors import Words


@dataclass(frozen=True, slots=True)
class Category:
    """A group of services as customers see it."""

    slug: str
    icon: str
    label: Words


KNOWN = {
    one.slug: one
    for one in (
        Category("payments", "credit-card", _("Pay")),
        Category("health", "stethoscope", _("Hospital")),
        Category("documents", "file-stack", _("Documents")),
        Category("membership", "badge-check", _("Membership")),
        Category("after-sale", "undo-2", _("Returns")),
        Category("lost-and-found", "package-search", _("Lost and found")),
        Category("help", "messages-square", pgettext_lazy("category", "Help")),
    )
}
OTHERS = Category("other", "layout-grid", _("More services"))


def of(slug: str) -> Category:
    """The category of that short name, or the others'."""
    return KNOWN.get(slug, OTHERS)


def among(slugs: Iterable[str]) -> list[Category]:
    """The categories of some services, each once, in the order of the table."""
    found = {of(slug).slug for slug in slugs}
    return [one for one in (*KNOWN.values(), OTHERS) if one.slug in found]
