"""What one process of a run makes and all of them copy: migrated tables, data folders as a first start leaves them.

To make one takes ten seconds of processor time or more. They lie in a folder of the run, and go with it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg

from scripts.temporary_postgresql import programs
from tests.processes.running import COMMAND, environment

VARIABLE = "TEST_PREPARED"
TABLES = "servicehall.sqlite3"
DUMP = "tables.sql"


def begin(until_the_end: ExitStack) -> None:
    """Make the run's folder, unless the process that hands out the tests has done so."""
    if VARIABLE not in os.environ:
        folder = tempfile.mkdtemp(prefix="servicehall-prepared-")
        os.environ[VARIABLE] = folder
        until_the_end.callback(os.environ.pop, VARIABLE)
        until_the_end.callback(shutil.rmtree, folder, ignore_errors=True)


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder that ``make`` filled, whichever process asked first. It is to be read, or ``copied``."""
    folder = Path(os.environ[VARIABLE])
    place = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            coming = folder / f"{name}.coming"
            shutil.rmtree(coming, ignore_errors=True)  # of one that failed
            coming.mkdir(mode=0o700)
            make(coming)
            coming.rename(place)
    return place


def copied(place: Path, target: Path) -> Path:
    """A folder of one's own with the same in it; returns it."""
    subprocess.run(["cp", "-a", f"{place}/.", str(target)], check=True)
    return target


def _run(command: str, *options: str, data: Path, **variables: str) -> None:
    subprocess.run(
        [COMMAND, command, "--data", str(data), *options],
        env=environment(data, **variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def tables(data: Path) -> None:
    """Tables of SQLite as the migrations make them, in the file ``TABLES``."""
    _run("django", "migrate", "--run-syncdb", "--verbosity=0", data=data)


def fill_postgresql(url: str) -> None:
    """Make the tables in an empty database of PostgreSQL, from a dump that the run makes once."""

    def dump(folder: Path) -> None:
        data = folder / "data"
        data.mkdir(mode=0o700)
        _run("django", "migrate", "--run-syncdb", "--verbosity=0", data=data, DATABASE_URL=url)
        with (folder / DUMP).open("wb") as file:
            subprocess.run([programs() / "pg_dump", "--no-owner", url], stdout=file, check=True)

    file = once("postgresql", dump) / DUMP
    with psycopg.connect(url) as connection:
        made = connection.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,)
    if not made:
        options = ["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction"]
        command = [str(programs() / "psql"), *options, f"--file={file}", url]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


def _with_tables(data: Path) -> None:
    shutil.copyfile(once("tables", tables) / TABLES, data / TABLES)


def first_start(data: Path) -> None:
    """A data folder as the first start leaves it."""
    _with_tables(data)
    _run("prepare", data=data)


def demo(data: Path) -> None:
    """A data folder with the demo in it."""
    _with_tables(data)
    _run("prepare", "--demo", data=data)
