"""Raw statements for the few hot paths, the same text for SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection


def is_postgresql() -> bool:
    """Whether the database is PostgreSQL (else SQLite)."""
    return connection.vendor == "postgresql"


def put(value: Any) -> Any:
    """A parameter in the form in which Django's own columns hold it."""
    if connection.vendor != "postgresql":
        if isinstance(value, UUID):
            return value.hex
        if isinstance(value, datetime):
            return str(value.replace(tzinfo=None))
    return value


def uuid(value: Any) -> UUID | None:
    """A UUID column as read by a raw statement."""
    return value if value is None or isinstance(value, UUID) else UUID(hex=value)


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run a statement (``%s`` placeholders) and return all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [put(value) for value in params])
        return cursor.fetchall() if cursor.description else []


def row(statement: str, *params: Any) -> tuple[Any, ...] | None:
    """The first row, or None."""
    found = rows(statement, *params)
    return found[0] if found else None


def run(statement: str, *params: Any) -> int:
    """Run a statement for its effect; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [put(value) for value in params])
        return int(cursor.rowcount)


def placeholders(count: int) -> str:
    """``%s, %s, …``"""
    return ", ".join(["%s"] * count)
