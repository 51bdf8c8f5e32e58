"""Raw statements for the few hot paths, the same text for SQLite and PostgreSQL.

A statement goes to the driver without Django's cursor around it (a third of the time of a short
statement on SQLite, more on PostgreSQL), unless somebody counts or wraps the queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def is_postgresql() -> bool:
    """Whether the database is PostgreSQL (else SQLite)."""
    return connections[DEFAULT_DB_ALIAS].vendor == "postgresql"


def put(value: Any) -> Any:
    """A parameter in the form in which Django's own columns hold it."""
    return value if is_postgresql() else _as_sqlite_holds(value)


_HELD: dict[type[Any], Callable[[Any], Any]] = {
    UUID: lambda value: f"{value.int:032x}",
    datetime: lambda value: str(value.replace(tzinfo=None)),
    date: lambda value: value.isoformat(),
}


def _as_sqlite_holds(value: Any) -> Any:
    change = _HELD.get(type(value))
    return change(value) if change else value


def uuid(value: Any) -> UUID | None:
    """A UUID column as read by a raw statement."""
    return value if value is None or isinstance(value, UUID) else UUID(int=int(value, 16))


@lru_cache(maxsize=1024)
def _question_marks(statement: str) -> str:
    return re.sub(r"(?<!%)%s", "?", statement).replace("%%", "%")


def _driver_cursor(db: BaseDatabaseWrapper, statement: str, params: tuple[Any, ...]) -> Any:
    """Execute on the driver's own connection, inside Django's transaction and with its errors."""
    if db.connection is None:
        db.ensure_connection()
    elif db.needs_rollback:
        db.validate_no_broken_transaction()
    if db.vendor == "sqlite":
        with db.wrap_database_errors:
            return db.connection.execute(_question_marks(statement), [_as_sqlite_holds(v) for v in params])
    return _prepared(db, statement, params)


def _prepared(db: BaseDatabaseWrapper, statement: str, params: tuple[Any, ...]) -> Any:
    """Execute on PostgreSQL as a prepared statement: planned once a connection, bound by the server.

    A connection that broke while it was idle is made anew: this replaces Django's ``SELECT 1`` in front
    of each request.
    """
    from psycopg import Cursor

    handle = db.connection
    handle.prepare_threshold = 0  # for this statement only: the ORM's texts hold their values
    try:
        with db.wrap_database_errors:
            return Cursor(handle).execute(statement, params, prepare=True)
    except OperationalError:
        if db.in_atomic_block or not handle.closed:
            raise
    finally:
        handle.prepare_threshold = None
    db.close()
    return _driver_cursor(db, statement, params)


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run a statement (``%s`` placeholders) and return all its rows."""
    db = connections[DEFAULT_DB_ALIAS]
    if not db.execute_wrappers and not db.queries_logged:
        done = _driver_cursor(db, statement, params)
        found: list[tuple[Any, ...]] = done.fetchall() if done.description else []
        return found
    with db.cursor() as cursor:
        cursor.execute(statement, [put(value) for value in params])
        return cursor.fetchall() if cursor.description else []


def row(statement: str, *params: Any) -> tuple[Any, ...] | None:
    """The first row, or None."""
    found = rows(statement, *params)
    return found[0] if found else None


def run(statement: str, *params: Any) -> int:
    """Run a statement for its effect; returns the number of rows it touched."""
    db = connections[DEFAULT_DB_ALIAS]
    if not db.execute_wrappers and not db.queries_logged:
        return int(_driver_cursor(db, statement, params).rowcount)
    with db.cursor() as cursor:
        cursor.execute(statement, [put(value) for value in params])
        return int(cursor.rowcount)


@lru_cache(maxsize=256)
def placeholders(count: int) -> str:
    """``%s, %s, …``"""
    return ", ".join(["%s"] * count)
