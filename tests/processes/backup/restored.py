"""Takes backups of the test's hall and restores them elsewhere with the product's own command. No fixtures."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from servicehall.processes.backup import keys, taking
from tests.processes.running import COMMAND, environment


def take(file: Path, **rest: Any) -> taking.Taken:
    """A backup of the hall that this process has."""
    return taking.take(file, Path(settings.SERVICEHALL_DATA), **rest)


def ready(data: Path, *, leave_out: Collection[str] = ()) -> Path:
    """An empty folder with the keys that are kept apart from backups."""
    data.mkdir(mode=0o700)
    for name in {"root.keys", keys.NAME} - set(leave_out):
        shutil.copy2(Path(settings.SERVICEHALL_DATA) / name, data / name)
    return data


@dataclass
class Place:
    """Where a hall was restored to: a data folder, and an empty database of PostgreSQL if it is on that."""

    data: Path
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.data, **({"DATABASE_URL": self.url} if self.url else {}))

    def restore(self, file: Path, *options: object) -> tuple[int, str]:
        """The command's exit code and all that it said."""
        command = [COMMAND, "restore", str(file), "--data", str(self.data), *map(str, options)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds in the restored database, without the product."""
        if not self.url:
            with contextlib.closing(sqlite3.connect(self.data / "servicehall.sqlite3")) as handle:
                return handle.execute(statement).fetchall()
        import psycopg

        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()

    def run(self, statement: str) -> None:
        """Change the database on PostgreSQL."""
        import psycopg

        with psycopg.connect(self.url) as connection:
            connection.execute(statement)

    def dump(self) -> str:
        """Every value of every table."""
        tables = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            if self.url
            else "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        found = []
        for (table,) in self.rows(tables):
            for row in self.rows(f'SELECT * FROM "{table}"'):
                found += [bytes(v).hex() if isinstance(v, bytes | memoryview) else str(v) for v in row]
        return "\n".join(found)

    def pages(self) -> str:
        """The bytes of the database's files, with what nobody can ask for any more."""
        if not self.url:
            return (self.data / "servicehall.sqlite3").read_bytes().decode("latin-1")
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            files = connection.execute(
                "SELECT pg_read_binary_file(path) FROM pg_class, pg_relation_filepath(oid) path"
                " WHERE relkind IN ('r', 'i', 't') AND relnamespace <> 'pg_catalog'::regnamespace"
            ).fetchall()
        return "\n".join(bytes(content).decode("latin-1") for (content,) in files)

    def asks(self, program: str) -> Any:
        """What a program prints as JSON on its last line when it runs with the product over the restored hall."""
        start = "import os, django, json; os.environ['DJANGO_SETTINGS_MODULE'] = 'servicehall.settings'; django.setup()"
        done = subprocess.run(
            [sys.executable, "-c", f"{start}\n{program}"],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])
