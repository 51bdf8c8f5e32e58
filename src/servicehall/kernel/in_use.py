"""What hangs on a row: which tables hold it fast, which rows would go with it.

Asked by "is there any" and "how many", never by loading: a service may have a million tickets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import CASCADE, PROTECT, RESTRICT, Model


def _relations(model: type[Model]) -> Iterator[Any]:
    """The foreign keys of other tables that point here, also those without a name on our side."""
    for relation in model._meta.get_fields(include_hidden=True):
        pointing = relation.auto_created and not relation.concrete
        if pointing and (relation.one_to_many or relation.one_to_one):
            found: Any = relation
            if not found.related_model._meta.auto_created:
                yield found


def holders(row: Model) -> list[str]:
    """The tables (in the reader's words) with rows that forbid removing this one, itself or what goes with it."""
    found: dict[str, None] = {}
    _look(type(row), [row.pk], found, {})
    return list(found)


def cascade(row: Model) -> dict[str, int]:
    """How many rows of which tables go with this one."""
    counts: dict[str, int] = {}
    _look(type(row), [row.pk], {}, counts)
    return counts


def _look(model: type[Model], ids: Any, held: dict[str, None], counts: dict[str, int]) -> None:
    for relation in _relations(model):
        other = relation.related_model
        rows = other._base_manager.filter(**{f"{relation.field.name}__in": ids})
        name = str(other._meta.verbose_name_plural)
        if relation.on_delete in {PROTECT, RESTRICT}:
            if rows.exists():
                held[name] = None
        elif relation.on_delete is CASCADE and (count := rows.count()):
            counts[name] = counts.get(name, 0) + count
            _look(other, rows.values("pk"), held, counts)
