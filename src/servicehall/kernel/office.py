"""What the back office's pages must know and the kernel cannot: filled in by the rooms' ``admin.py``.

Who acts, which act writes a row, and which place (site, region, organisation) a row belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from .rights import Actor
from .transactions import INSTALLATION

SEE, CHANGE = "setup.see", "setup.change"


def _unfilled(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a room's admin.py has to fill in the office first")


@dataclass
class Office:
    """What the kernel cannot know: who acts, what writes, which place a row belongs to."""

    actor_of: Callable[[Any, str], Actor] = _unfilled
    save: Callable[..., None] = _unfilled
    remove: Callable[..., None] = _unfilled
    touch: Callable[[UUID], None] = _unfilled
    sites: type[Model] | None = None
    scopes: dict[type[Model], str] = field(default_factory=dict)
    """The path from a table's row to its place's id, such as ``service__site``; "pk" for places."""
    hours_watches: list[Callable[[UUID], Callable[[], str]]] = field(default_factory=list)
    """Asked before a form that can change hours of a site is saved; what they give back says after it what is wrong."""

    def actor(self, request: HttpRequest) -> Actor:
        """The signed-in person, resolved once a request."""
        kept: Actor | None = getattr(request, "_office_actor", None)
        if kept is None:
            kept = self.actor_of(request.user, "admin")
            request._office_actor = kept  # type: ignore[attr-defined]
        return kept

    def place(self, row: Model) -> UUID:
        """The place that a stored row belongs to; the installation when it belongs to none."""
        path = self.scopes.get(type(row))
        if not path:
            return INSTALLATION
        found: Any = row
        *steps, last = path.split("__")
        for step in steps:
            found = getattr(found, step)
        place: UUID = found.pk if last == "pk" else getattr(found, f"{last}_id")
        return place

    def site(self, row: Model) -> UUID | None:
        """The site that a stored row belongs to, or is."""
        if isinstance(row, self.sites or ()):
            key: UUID = row.pk
            return key
        return self.place(row) if self.scopes.get(type(row), "").endswith("site") else None

    def within(self, rows: QuerySet[Any], actor: Actor, right: str) -> QuerySet[Any]:
        """Only the rows at places where the actor has the right."""
        places, path = actor.sites(right), self.scopes.get(rows.model)
        if places is None or (not path and INSTALLATION in places):
            return rows
        return rows.filter(**{f"{path}__in": places}) if path else rows.none()

    def at_site(self, rows: QuerySet[Any], site: UUID) -> QuerySet[Any]:
        """Only the rows of a site, of tables that belong to sites."""
        path = self.scopes.get(rows.model, "")
        return rows.filter(**{path: site}) if path.endswith("site") else rows


office = Office()


def site_of(request: HttpRequest) -> UUID | None:
    """The site whose row this request adds or changes."""
    found: UUID | None = getattr(request, "_office_site", None)
    return found
