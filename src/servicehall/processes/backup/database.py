"""Rows out of a database while its hall works, and into an empty one.

SQLite: a copy of the file as of one moment (``VACUUM INTO``: one read transaction, which under a write-ahead log
holds up no writer; what was deleted is not in the copy, as it would be in the pages of a plain one).
PostgreSQL: every table with COPY in one snapshot. Its programs are not needed, so neither have they to fit the
server; the tables are made by the product's own migrations, up to those that the backup had, then filled.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TABLE = "table/"
FILE = "database.sqlite3"
COPY = "COPY {} ({}) {} (FORMAT text)"


@dataclass(slots=True)
class Snapshot:
    """What a database held at the moment of the backup."""

    kind: str
    migrations: list[tuple[str, str]]
    columns: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    sequences: dict[str, tuple[str, int]] = field(default_factory=dict)
    root_keys: list[dict[str, Any]] = field(default_factory=list)
    """A wrapped key of each root key that keys in it are wrapped with."""


def applied() -> list[tuple[str, str]]:
    """The migrations that the database has."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(MigrationRecorder(connection).applied_migrations())


def known() -> set[tuple[str, str]]:
    """The migrations that this product knows."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    return set(loader.disk_migrations) | {
        key for one in loader.disk_migrations.values() for key in one.replaces
    }


# --- SQLite ----------------------------------------------------------------------------------------


def copy_sqlite(source: Path, copy: Path) -> None:
    """A copy of the database as of one moment, for its owner's eyes only."""
    copy.touch(mode=0o600)
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as handle:
        handle.execute("VACUUM INTO ?", (str(copy),))


def held_by(copy: Path) -> Snapshot:
    """What a copy holds. The copy itself is asked: the hall's own database has gone on since."""
    from servicehall.kernel.protection import keys

    with contextlib.closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as handle:

        def rows(statement: str) -> list[tuple[Any, ...]]:
            return handle.execute(statement).fetchall()

        tables = rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        return Snapshot(
            "sqlite",
            sorted((str(app), str(name)) for app, name in rows("SELECT app, name FROM django_migrations")),
            counts={name: rows(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in tables},  # noqa: S608 - its own name
            root_keys=keys.samples(rows),
        )


# --- PostgreSQL ------------------------------------------------------------------------------------


@contextlib.contextmanager
def snapshot() -> Iterator[tuple[Snapshot, Any]]:
    """What there is, and a cursor that goes on seeing exactly this until the block ends."""
    from django.db import connection
    from django.db.transaction import atomic

    from servicehall.kernel.protection import keys

    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = Snapshot("postgresql", applied(), root_keys=keys.samples())
        cursor.execute(
            "SELECT c.table_name, c.column_name,"
            " pg_get_serial_sequence(quote_ident(c.table_schema) || '.' || quote_ident(c.table_name), c.column_name)"
            " FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
            " AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position"
        )
        ours = {*connection.introspection.django_table_names(only_existing=True), "django_migrations"}
        for table, column, sequence in cursor.fetchall():
            if table not in ours:  # somebody else's, in the same schema
                continue
            found.columns.setdefault(table, []).append(column)
            if sequence:
                cursor.execute("SELECT pg_sequence_last_value(%s::regclass)", [sequence])
                found.sequences[table] = (column, cursor.fetchone()[0] or 0)
        for table in found.columns:
            cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")  # noqa: S608 - the catalogue's own name
            found.counts[table] = cursor.fetchone()[0]
        yield found, cursor


def _quoted(name: str) -> str:
    from django.db import connection

    return str(connection.ops.quote_name(name))


def _copy(table: str, columns: list[str], way: str) -> str:
    return COPY.format(_quoted(table), ", ".join(map(_quoted, columns)), way)


def rows_of(table: str, columns: list[str], cursor: Any) -> Iterator[bytes]:
    """A table's rows as COPY writes them, in blocks."""
    with cursor.copy(_copy(table, columns, "TO STDOUT")) as copying:
        held = bytearray()
        for line in copying:
            held += line
            if len(held) >= 1 << 18:
                yield bytes(held)
                held.clear()
        yield bytes(held)


def is_empty() -> bool:
    """Whether the database holds no table of ours or of anybody."""
    from django.db import connection

    return not connection.introspection.table_names()


def drop_all() -> None:
    """Every table of the schema goes."""
    from django.db import connection

    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        if names:
            cursor.execute(f"DROP TABLE {', '.join(map(_quoted, names))} CASCADE")


def load(found: Snapshot, folder: Path) -> None:
    """Make the tables that the backup had, and fill them; all rows or none.

    The constraints of the foreign keys are looked at when everything is in.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.transaction import atomic

    executor = MigrationExecutor(connection)
    executor.migrate(_last(executor.loader.graph, {(app, name) for app, name in found.migrations}))
    with atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(map(_quoted, found.columns))} CASCADE")
        for table, columns in found.columns.items():
            with (
                (folder / TABLE / table).open("rb") as file,
                cursor.copy(_copy(table, columns, "FROM STDIN")) as copying,
            ):
                while block := file.read(1 << 18):
                    copying.write(block)
        for table, (column, last) in found.sequences.items():
            if last:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [_quoted(table), column, last]
                )


def _last(graph: Any, wanted: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of these migrations the last of each app: Django takes a target before others for a wish to go back."""
    return sorted(
        key
        for key in wanted & graph.nodes.keys()
        if not any(child.key in wanted and child.key[0] == key[0] for child in graph.node_map[key].children)
    )


def write_anew() -> None:
    """Write the tables anew, so that what was deleted or replaced is in no page that was only given free."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
        elif names := connection.introspection.table_names(cursor):
            cursor.execute(f"VACUUM (FULL, ANALYZE) {', '.join(map(_quoted, names))}")


def counts() -> dict[str, int]:
    """Rows of each table of the database at hand."""
    from django.db import connection

    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")  # noqa: S608 - the catalogue's own name
            found[table] = cursor.fetchone()[0]
    return found
