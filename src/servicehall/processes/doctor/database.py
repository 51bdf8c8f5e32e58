"""Checks of the database: reachable, set as we need it, tables up to date. Needs Django's settings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from .findings import Finding, ok, problem, warning

POSTGRESQL_AT_LEAST = 15
QUICK_CHECK_UP_TO = 500 * 1024 * 1024
"""Larger SQLite files are not read through: that takes minutes."""
CLOCKS_APART = 2.0
CONNECTIONS_COMFORTABLE = 80
FULL = 2  # PRAGMA synchronous


def database() -> Iterator[Finding]:
    from django.db import DatabaseError, connection

    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        yield warning("No database yet", "The first `servicehall run` makes it.")
        return
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        yield problem(f"The database cannot be reached: {reason}", _advice(connection.vendor))
        return
    try:
        yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()
        yield from _tables()
    except DatabaseError as error:
        yield problem(
            f"The database cannot be read: {str(error).strip().splitlines()[0]}",
            "Keep a copy of the data folder as it is, then restore the last backup.",
        )
    finally:
        connection.close()


def _advice(vendor: str) -> str:
    if vendor == "sqlite":
        return (
            "Check who owns the files in the data folder, and that they are a copy made with nothing running."
        )
    return "Check that PostgreSQL runs, and DATABASE_URL: postgresql://user:password@host:5432/database"


def _value(sql: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _sqlite() -> Iterator[Finding]:
    from django.db import connection

    path = Path(str(connection.settings_dict["NAME"]))
    mode, synchronous = _value("PRAGMA journal_mode"), int(_value("PRAGMA synchronous"))
    if mode != "wal":
        yield problem(
            f"SQLite writes in mode {mode}, not WAL",
            "Stop everything that has the file open and start again.",
        )
    if synchronous < FULL:
        yield problem(
            "SQLite does not wait for the disk: a power cut may lose tickets",
            "Remove the setting that says so.",
        )
    if mode == "wal" and synchronous >= FULL:
        yield ok(f"Database: SQLite file {path.name}, safe against power cuts")
    if path.stat().st_size <= QUICK_CHECK_UP_TO:
        said = _value("PRAGMA quick_check(1)")
        if said == "ok":
            yield ok("The database file is sound")
        else:
            yield problem(
                f"The database file is damaged: {said}",
                "Keep a copy of it as it is, then restore the last backup.",
            )


def _postgresql() -> Iterator[Finding]:
    number = int(_value("SHOW server_version_num"))
    said = f"Database: PostgreSQL {_value('SHOW server_version')}"
    if number < POSTGRESQL_AT_LEAST * 10_000:
        yield problem(f"{said} is too old", f"Version {POSTGRESQL_AT_LEAST} or newer is needed.")
    else:
        yield ok(said)
    if _value("SHOW server_encoding") != "UTF8":
        yield problem(
            "The database does not store Chinese (its encoding is not UTF8)", "Make it with ENCODING 'UTF8'."
        )
    if (connections := int(_value("SHOW max_connections"))) < CONNECTIONS_COMFORTABLE:
        yield warning(
            f"PostgreSQL takes only {connections} connections",
            f"Raise max_connections to {CONNECTIONS_COMFORTABLE} or more.",
        )
    before = time.time()
    server = float(_value("SELECT extract(epoch FROM clock_timestamp())"))
    apart = server - (before + time.time()) / 2
    if abs(apart) > CLOCKS_APART:
        yield warning(
            f"The clocks of this machine and of PostgreSQL are {abs(apart):.0f} s apart",
            "Let both keep time by the network (NTP).",
        )


def _tables() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield problem(
            f"Tables are not up to date: {len(plan)} changes are missing",
            "`servicehall prepare` brings them up to date (`servicehall run` does it too).",
        )
    else:
        yield ok("Tables are up to date")
