"""Databases that are only read, and plug-ins."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
import pytest
from django.core.exceptions import ValidationError

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.connectors import actions, breaker, over_sql, queries
from servicehall.rooms.connectors.actions import (
    ConnectorLied,
    ConnectorRefused,
    ConnectorUnavailable,
    OutcomeUnknown,
    UnfitInputs,
)
from servicehall.rooms.connectors.models import Connector
from tests.hall import make_hall

TABLES = "CREATE TABLE purchase (number TEXT, total NUMERIC(10, 2), phone_tail TEXT)"
ROWS = [("A1", "12.50", "6621"), ("A2", "3.00", "6621"), ("A3", "7.00", "0907")]
ROW = {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]}
QUERIES = {
    "queries": {
        "by_tail": {
            "sql": "SELECT number, total FROM purchase WHERE phone_tail = :tail AND number LIKE 'A%' -- :no\n ORDER BY 1;",
            "parameters": {"tail": {"type": "string", "maxLength": 4}},
            "row": ROW,
        },
        "everything": {"sql": "SELECT number FROM purchase ORDER BY number", "row": ROW},
        "lie": {"sql": "SELECT total FROM purchase", "row": ROW},
        "gone": {"sql": "SELECT number FROM nowhere"},
    }
}


def add(organisation: Any, **other: Any) -> Connector:
    return actions.add_connector(
        organisation_id=organisation, slug="orders", names={"en": "Orders"}, by=SYSTEM, **other
    )


@pytest.fixture
def organisation(db: None) -> Any:
    breaker.forget()
    return make_hall("mall").site.region.organisation_id


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    settings.CONNECTOR_FOLDERS = [str(tmp_path)]
    place = tmp_path / "orders.sqlite3"
    made = sqlite3.connect(place)
    made.execute(TABLES)
    made.executemany("INSERT INTO purchase VALUES (?, ?, ?)", ROWS)
    made.commit()
    made.close()
    return place


@pytest.fixture
def in_sqlite(organisation: Any, file: Path) -> Connector:
    return add(organisation, kind="sql", address=f"sqlite://{file}", definition=QUERIES, row_limit=2)


@pytest.fixture
def relay(postgresql_url: str) -> Iterator[int]:
    """A port that leads to the socket of the test's server, which listens on no network."""
    folder = dict(parse_qsl(urlsplit(postgresql_url).query))["host"]
    with socket.create_server(("127.0.0.1", 0)) as door, contextlib.ExitStack() as opened:

        def carry(one: socket.socket, other: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while data := one.recv(65536):
                    other.sendall(data)
                other.shutdown(socket.SHUT_WR)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    line, _where = door.accept()
                    inner = opened.enter_context(socket.socket(socket.AF_UNIX))
                    opened.enter_context(line)
                    inner.connect(f"{folder}/.s.PGSQL.5432")
                    for pair in ((line, inner), (inner, line)):
                        threading.Thread(target=carry, args=pair, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def in_postgresql(
    organisation: Any, relay: int, postgresql_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Connector:
    with psycopg.connect(postgresql_url, autocommit=True) as made:
        made.execute(TABLES)
        made.cursor().executemany("INSERT INTO purchase VALUES (%s, %s, %s)", ROWS)
        name, user = made.info.dbname, made.info.user
    settings.CONNECTOR_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setenv("SERVICEHALL_CONNECTOR_SECRET_MALL_GROUP__ORDERS", "only for this test")
    return add(
        organisation, kind="sql", address=f"postgresql://{user}@127.0.0.1:{relay}/{name}", definition=QUERIES,
        allowed_hosts="127.0.0.1", secret_use="password", secret_name="orders", row_limit=2,
    )  # fmt: skip


def ask(row: Connector, operation: str, **inputs: Any) -> Any:
    return actions.call(row, operation, inputs, deadline=5).value


def check_queries(row: Connector) -> None:
    """What holds on either database."""
    found = ask(row, "by_tail", tail="6621")
    assert [one["number"] for one in found["rows"]] == ["A1", "A2"]
    assert not found["more"]
    assert ask(row, "by_tail", tail="' OR 1=1 --"[:4]) == {"rows": [], "more": False}
    assert ask(row, "everything") == {"rows": [{"number": "A1"}, {"number": "A2"}], "more": True}
    with pytest.raises(UnfitInputs):
        ask(row, "by_tail")
    with pytest.raises(ConnectorLied) as lied:
        ask(row, "lie")
    assert lied.value.where == "rows.0: required: number"
    with pytest.raises(ConnectorUnavailable) as problem:
        ask(row, "gone")
    assert problem.value.fault == "query"


def test_named_queries_read_sqlite(in_sqlite: Connector) -> None:
    check_queries(in_sqlite)
    assert queries.types(in_sqlite, "by_tail").output["properties"]["rows"]["items"] == ROW


def test_named_queries_read_postgresql(in_postgresql: Connector) -> None:
    check_queries(in_postgresql)
    assert ask(in_postgresql, "by_tail", tail="6621")["rows"][0]["total"] == "12.50", "amounts stay exact"


def without_check(row: Connector, text: str) -> Connector:
    """As somebody who can write to the hall's database would leave it."""
    row.definition = {"queries": {"act": {"sql": text}}}
    return row


@pytest.mark.parametrize(
    "text",
    [
        "WITH x AS (SELECT 1) DELETE FROM purchase",
        "WITH x AS (SELECT 1) INSERT INTO purchase SELECT '1', 1, '1'",
    ],
)
def test_nothing_is_written_in_sqlite(in_sqlite: Connector, file: Path, text: str) -> None:
    with pytest.raises(ConnectorUnavailable):
        ask(without_check(in_sqlite, text), "act")
    assert sqlite3.connect(file).execute("SELECT count(*) FROM purchase").fetchone() == (3,)


def test_nothing_is_written_in_postgresql_and_no_statement_takes_forever(in_postgresql: Connector) -> None:
    written = "WITH x AS (DELETE FROM purchase RETURNING 1) SELECT * FROM x"
    with pytest.raises(ConnectorUnavailable) as problem:
        ask(without_check(in_postgresql, written), "act")
    assert problem.value.fault == "query"
    in_postgresql.whole_seconds = 0.3
    with pytest.raises(ConnectorUnavailable) as problem:
        ask(without_check(in_postgresql, "SELECT pg_sleep(20)"), "act")
    assert problem.value.fault == "timeout"


def test_an_endless_query_of_sqlite_is_cut_short(in_sqlite: Connector) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    in_sqlite.whole_seconds = 0.2
    with pytest.raises(ConnectorUnavailable) as problem:
        ask(without_check(in_sqlite, endless), "act")
    assert problem.value.fault == "timeout"


def test_a_database_that_is_not_there_is_unavailable(in_sqlite: Connector, file: Path) -> None:
    in_sqlite.address += ".gone"
    with pytest.raises(ConnectorUnavailable) as problem:
        ask(in_sqlite, "everything")
    assert problem.value.fault == "no-connection"


def test_files_elsewhere_are_not_read(in_sqlite: Connector, settings: Any, tmp_path: Path) -> None:
    settings.CONNECTOR_FOLDERS = [str(tmp_path / "other")]
    with pytest.raises(ConnectorUnavailable) as problem:
        ask(in_sqlite, "everything")
    assert problem.value.fault == "forbidden"


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM purchase",
        "SELECT 1; SELECT 2",
        "SELECT :a",
        "PRAGMA user_version",
        "SELECT 1 FROM purchase WHERE total = :tail",
    ],
)
def test_queries_that_do_not_fit_are_refused_when_they_are_set_up(in_sqlite: Connector, text: str) -> None:
    with pytest.raises(ValidationError, match="definition"):
        actions.save_connector(without_check(in_sqlite, text), by=SYSTEM)


def test_parameters_are_found_outside_of_texts_and_comments() -> None:
    text = "SELECT ':a', x::int, \":b\" /* :c */ FROM t WHERE y = :d AND z LIKE '5%' -- :e"
    assert over_sql.named(text) == {"d"}
    assert over_sql.for_psycopg(text) == text.replace(":d", "%(d)s").replace("'5%'", "'5%%'")


def test_the_password_of_a_database_stands_in_no_address(organisation: Any, settings: Any) -> None:
    settings.CONNECTOR_NETWORKS = ["127.0.0.0/8"]
    for address in ("postgresql://me:word@127.0.0.1/x", "postgresql://me@127.0.0.1/x?host=10.0.0.1"):
        with pytest.raises(ValidationError, match="address"):
            add(organisation, kind="sql", address=address, allowed_hosts="127.0.0.1", definition=QUERIES)
        assert urlsplit(address).hostname == "127.0.0.1"


@pytest.fixture
def pets(organisation: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Connector:
    settings.CONNECTOR_PLUGINS = {"pets": "tests.rooms.connectors.pets.Pets"}
    monkeypatch.setenv("SERVICEHALL_CONNECTOR_SECRET_MALL_GROUP__PETS", "meow-meow")
    return add(
        organisation, kind="python", address="pets", definition={"greeting": "Hello"}, secret_use="bearer",
        secret_name="pets", whole_seconds=0.5, connect_seconds=0.5,
    )  # fmt: skip


def test_a_plug_in_answers_refuses_and_is_cut_short(pets: Connector) -> None:
    assert ask(pets, "find", name="Tom") == "Hello Tom meow-meow"
    with pytest.raises(ConnectorRefused) as refused:
        ask(pets, "find", name="nobody")
    assert (refused.value.code, refused.value.words) == ("no-pet", "There is no such pet.")
    with pytest.raises(ConnectorLied):
        ask(pets, "feed", name="Tom")
    with pytest.raises(OutcomeUnknown):
        ask(pets, "feed", name="odd")
    with pytest.raises(OutcomeUnknown):
        ask(pets, "feed", name="sleepy")
    with pytest.raises(ConnectorUnavailable) as problem:
        actions.call(pets, "find", {"name": "sleepy"}, deadline=0.3)
    assert problem.value.fault == "timeout"


def test_no_class_is_imported_because_a_row_says_so(pets: Connector) -> None:
    pets.address = "tests.rooms.connectors.pets.Pets"
    with pytest.raises(ValidationError, match="address"):
        actions.save_connector(pets, by=SYSTEM)
    assert queries.operations(pets) == {}
