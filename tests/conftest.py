"""What every test may rely on. Product code is not replaced here, except the slow password hash.

One process uses one database, chosen by TEST_DATABASE=sqlite|postgresql (default sqlite). `make test` runs
five at once, named by TEST_PART: what each database has to pass on either (each), and what need pass only once (once1,
once2, once3). Rooms, kernel, live push and the API's document pass on both; pages, which only show what rooms answer, on
one of them. Which process takes which file stands in shares.py; what one makes and all copy, in prepared.py.
For PostgreSQL a server of our own is started in a temporary folder.

Marks:
    @pytest.mark.one_database   reads no table or chooses its database itself, so it runs once; with
                                django_db: on SQLite only
    @pytest.mark.only_postgresql    takes long and asks the stricter of the two
    @pytest.mark.browser        drives Chromium; tried once more when it fails (tests/second_try.py)
    @pytest.mark.processes      starts the product's programs

Fixtures (beside pytest-django's `db`, `transactional_db`, `client`, `django_assert_num_queries`, …):
    database_kind    "sqlite" or "postgresql"
    data_folder      an empty folder for a program started by the test (its SERVICEHALL_DATA)
    free_port        a port that nobody listens on, and neither on the next two
    postgresql_url   a DATABASE_URL of an empty database, whatever TEST_DATABASE is
    postgresql_tables_url   the same, of one with empty tables
    servicehall_command   how to start the product from this environment
    play             Playwright, the one of this run; browsers are launched from it
"""

from __future__ import annotations

import contextlib
import gc
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from scripts import messages
from scripts.temporary_postgresql import cluster
from tests import prepared, shares
from tests.second_try import pytest_runtest_protocol, pytest_terminal_summary

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

__all__ = ["pytest_runtest_protocol", "pytest_terminal_summary"]

ROOT = Path(__file__).resolve().parent.parent
KIND = os.environ.get("TEST_DATABASE", "sqlite")
PART = shares.part(KIND, os.environ.get("TEST_PART", "all"))
_open = contextlib.ExitStack()
_server_url: str | None = None


def _server() -> str:
    """The URL of this run's PostgreSQL server, started when first asked for."""
    global _server_url  # noqa: PLW0603 - one server per run
    if _server_url is None:
        _server_url = _open.enter_context(cluster())
    return _server_url


def _only_hands_out(config: pytest.Config) -> bool:
    """With xdist, the process that people see runs no test itself."""
    return config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")


gc.disable()  # until all that stays is loaded


def pytest_collection_finish(session: pytest.Session) -> None:
    """As the web program does: what is loaded now stays, and the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Choose database and data folder before Django reads its settings (pytest-django does so last)."""
    if KIND not in {"sqlite", "postgresql"}:
        raise pytest.UsageError(f"TEST_DATABASE is sqlite or postgresql, not {KIND!r}")
    # Hundreds of programs are started: none should compile the product again, whatever is usual on this machine.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    prepared.begin(_open)
    if _only_hands_out(config):
        # Nothing is set here: the other processes inherit it, and Django would be ready before they choose.
        messages.compile_catalogues()
        config.pluginmanager.register(shares.Clock(ROOT / "build" / "seconds.txt"))
        return
    folder = Path(tempfile.mkdtemp(prefix="servicehall-test-"))
    (folder / "static").mkdir()  # WhiteNoise warns when it is missing; nothing is collected in tests
    _open.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "servicehall.settings"
    os.environ["SERVICEHALL_DATA"] = str(folder)
    os.environ["SERVICEHALL_GALLERY"] = "1"  # components are tried on it
    os.environ["TEST_SQLITE_FILE"] = str(folder / "test.sqlite3")
    os.environ["DATABASE_URL"] = _server() if KIND == "postgresql" else ""
    if not hasattr(config, "workerinput"):
        messages.compile_catalogues()
    from django.conf import settings

    # Every client of a test makes WhiteNoise look through three hundred files; so each is looked up when asked for.
    settings.WHITENOISE_AUTOREFRESH = True
    # Nothing of a test's database has to survive a power cut. PostgreSQL's server is started alike.
    options = settings.DATABASES["default"]["OPTIONS"]
    if KIND == "sqlite":
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    # In the test's own thread, which sees what its transaction has written.
    settings.MESSAGE_THREADS = 0
    # Argon2 is slow on purpose; tests sign in hundreds of times.
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]


def pytest_unconfigure(config: pytest.Config) -> None:
    _open.close()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {'both' if _only_hands_out(config) else KIND}"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file that another process passes is not even read."""
    is_tests = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    if not is_tests or _only_hands_out(config):
        return None
    return None if shares.takes(PART, collection_path) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep this process's part. Tests with Playwright come last: its event loop stays in the thread."""
    out = {item for item in items if not _is_ours(item)}
    if out:
        config.hook.pytest_deselected(items=list(out))
        items[:] = [item for item in items if item not in out]
    items.sort(key=lambda item: "play" in getattr(item, "fixturenames", ()))


def _is_ours(item: pytest.Item) -> bool:
    once = item.get_closest_marker("one_database") is not None
    if once and item.get_closest_marker("django_db") and KIND != "sqlite":
        return False
    if PART == "sqlite" and item.get_closest_marker("only_postgresql"):
        return False
    return shares.has(PART, shares.unit(item.path, once=once))


@pytest.fixture(scope="session")
def database_kind() -> str:
    return KIND


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The test's database goes with its folder or its server."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The tables are a copy of those that the first process of the run made."""
    from django.db import connection

    connection.settings_dict["TEST"]["MIGRATE"] = False
    if KIND == "postgresql":
        name = str(connection.settings_dict["TEST"]["NAME"] or f"test_{connection.settings_dict['NAME']}")
        if _make_database(name):
            prepared.fill_postgresql(_url_of(name))
    else:
        file = Path(os.environ["TEST_SQLITE_FILE"])
        if not file.exists():  # a second try sets up again what is open
            shutil.copyfile(prepared.once("tables", prepared.tables) / prepared.TABLES, file)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """As pytest-django makes it; before it is taken down, the waking thread lets go of it."""
    from tests.remembered import remember_after_flush

    remember_after_flush()
    yield
    from servicehall.kernel import wake

    wake.stop()


@pytest.fixture(autouse=True)
def nobodys_language() -> None:
    """A page of the test before has left its language in this thread."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def _nobody_listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def a_free_port() -> int:
    """A port that nobody listens on, and neither on the next two."""
    # Below the range that the system gives to outgoing connections, so that nobody takes it meanwhile.
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        if all(_nobody_listens(p) for p in (port, port + 1, port + 2)):
            return port


@pytest.fixture
def free_port() -> int:
    return a_free_port()


def _url_of(name: str) -> str:
    return _server().replace("/servicehall?", f"/{name}?")


def _make_database(name: str) -> bool:
    """Whether it was not there before."""
    with psycopg.connect(_server(), autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return True


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    name = f"made_{secrets.token_hex(6)}"
    _make_database(name)
    yield _url_of(name)
    with psycopg.connect(_server(), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgresql_tables_url(postgresql_url: str) -> str:
    prepared.fill_postgresql(postgresql_url)
    return postgresql_url


@pytest.fixture(scope="session")
def servicehall_command() -> list[str]:
    """How to start the product from this environment: the list of its program and nothing else."""
    return [str(Path(sys.executable).with_name("servicehall"))]


@pytest.fixture(scope="session")
def play() -> Iterator[Playwright]:
    """Playwright. One for the whole run: in one thread it refuses to be started twice."""
    from playwright.sync_api import sync_playwright

    # It keeps an event loop in this thread, and Django would refuse its database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as running:
        yield running
