"""What a first test built through the product's actions, put into the tables again for the next ones.

To build a hall takes a tenth of a second of processor time, and a thousand tests want one. Rows are read back
as they were written and inserted with the same ids; what is built in a database that holds something else is not kept.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.core.management.commands import flush
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection, transaction

Made = TypeVar("Made")


@dataclass(frozen=True)
class _Rows:
    statement: str
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class _Kept:
    made: Any
    parts: list[_Rows]
    counters: list[str]
    """Statements that move a table's own numbering behind the rows (PostgreSQL)."""


_kept: dict[Hashable, _Kept] = {}


def built(key: Hashable, build: Callable[[], Made], *, empty: str) -> Made:
    """What ``build`` makes; from the second time on by its rows alone, when the table ``empty`` is so."""
    if _count(empty):
        return build()
    if key not in _kept:
        before = {table: _ids(table) for table in _tables()}
        made = build()
        _kept[key] = _keep(made, before)
        return made
    kept = _kept[key]
    with transaction.atomic(), connection.cursor() as cursor:
        for part in kept.parts:
            cursor.executemany(part.statement, part.rows)
        for statement in kept.counters:
            cursor.execute(statement)
    again: Made = copy.deepcopy(kept.made)
    return again


def remember_after_flush() -> None:
    """What Django puts into tables that a test has emptied (kinds of things, permissions) is remembered as well.

    To find it out takes longer than most of these tests, and they are a quarter of all.
    """
    found_out = emit_post_migrate_signal

    def put(verbosity: int, interactive: bool, db: str, **more: Any) -> None:
        def find_out() -> None:
            found_out(verbosity, interactive, db, **more)

        if db == DEFAULT_DB_ALIAS:
            built("after a flush", find_out, empty="django_content_type")
        else:
            find_out()

    flush.__dict__["emit_post_migrate_signal"] = put


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def _first_column(table: str) -> str:
    model = next((m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table), None)
    assert model is not None
    return str(model._meta.pk.column)


def _ids(table: str) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{_first_column(table)}" FROM "{table}"')
        return {row[0] for row in cursor.fetchall()}


def _put(value: Any) -> Any:
    """As SQLite keeps it; its driver reads moments whole and writes none."""
    return str(value) if connection.vendor == "sqlite" and isinstance(value, date | time) else value


def _keep(made: Any, before: dict[str, set[Any]]) -> _Kept:
    parts = []
    with connection.cursor() as cursor:
        for table, known in before.items():
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            first = columns.index(_first_column(table))
            rows = [tuple(map(_put, row)) for row in cursor.fetchall() if row[first] not in known]
            if rows:
                names = ", ".join(f'"{c}"' for c in columns)
                places = ", ".join(["%s"] * len(columns))
                parts.append(_Rows(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows))
    filled = {part.statement.split('"')[1] for part in parts}
    models = [m for m in apps.get_models(include_auto_created=True) if m._meta.db_table in filled]
    return _Kept(copy.deepcopy(made), parts, list(connection.ops.sequence_reset_sql(no_style(), models)))
