"""The statements of a step, which customers wait for: a row found by its code, read, and written.

Django composes the same text anew each time, which costs more than all else of a step. Fields read and write as
their own column says, so a column that is added is read and written here too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from servicehall.kernel import sql

from .models import Instance, Version

_FIELDS: list[models.Field[Any, Any]] = [*Instance._meta.concrete_fields]
_OF_VERSION: list[models.Field[Any, Any]] = [
    one for one in Version._meta.concrete_fields if one.name != "text"
]
_WRITTEN = [field for field in _FIELDS if not field.primary_key]
_COLUMNS = ", ".join(
    [*(f"i.{field.column}" for field in _FIELDS), *(f"v.{field.column}" for field in _OF_VERSION)]
)
_READ = f"SELECT {_COLUMNS} FROM services_instance i JOIN services_version v ON v.id = i.version_id WHERE "
_WRITE = (
    f"UPDATE services_instance SET {', '.join(f'{field.column} = %s' for field in _WRITTEN)} WHERE id = %s"
)
Change = Callable[[Any, Any, Any], Any]


@lru_cache(maxsize=2)
def _changes(_vendor: str) -> tuple[tuple[models.Expression, tuple[Change, ...]], ...]:
    """How what the driver gives becomes a field's value, as Django does it."""
    found = []
    for field in (*_FIELDS, *_OF_VERSION):
        column: Any = field.get_col(
            field.model._meta.db_table
        )  # of a reference: with the type of what it points at
        changes = (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
        found.append((column, changes))
    return tuple(found)


def _made(row: tuple[Any, ...] | None) -> Instance | None:
    if row is None:
        return None
    values = []
    for value, (column, changes) in zip(row, _changes(connection.vendor), strict=True):
        held = value
        for change in changes:
            held = change(held, column, connection)
        values.append(held)
    count = len(_FIELDS)
    instance: Instance = Instance.from_db(connection.alias, [one.attname for one in _FIELDS], values[:count])
    instance.version = Version.from_db(connection.alias, [one.attname for one in _OF_VERSION], values[count:])
    return instance


def read(instance_id: UUID, site_id: UUID) -> Instance | None:
    """An instance of a site, with its version but for the text."""
    return _made(sql.row(f"{_READ} i.id = %s AND i.site_id = %s", instance_id, site_id))


def by_code(code_hash: str) -> Instance | None:
    """The instance of a code, with its version but for the text."""
    return _made(sql.row(f"{_READ} i.code_hash = %s", code_hash))


def place(code_hash: str) -> tuple[UUID, UUID] | None:
    """(instance, site) of a code."""
    found = sql.row("SELECT id, site_id FROM services_instance WHERE code_hash = %s", code_hash)
    if found is None:
        return None
    instance_id, site_id = (sql.uuid(one) for one in found)
    return (instance_id, site_id) if instance_id and site_id else None


def write(instance: Instance) -> None:
    """All of an instance that is there, as ``save()`` does."""
    values = [field.get_db_prep_save(field.pre_save(instance, add=False), connection) for field in _WRITTEN]
    if sql.run(_WRITE, *values, instance.pk) != 1:
        raise Instance.DoesNotExist
