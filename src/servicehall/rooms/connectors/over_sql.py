"""Asks a database by named queries, which only read: SQLite or PostgreSQL.

    {"queries": {"open_orders": {
        "sql": "SELECT number, total FROM orders WHERE phone_tail = :tail",
        "parameters": {"tail": {"type": "string"}},
        "row": {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]}}}}

The answer is ``{"rows": […], "more": false}``; ``more`` says that rows were left out at the limit. Every parameter
travels as a parameter. The transaction is read-only, the statement has a time-out, and nothing can be attached.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

import psycopg
from django.conf import settings

from servicehall.kernel import outside_addresses
from servicehall.kernel.outside_addresses import Forbidden, Target, Unresolved

from .openapi import UnfitDocument
from .operations import JSON, Fault, Operation, Schema, Try, Types
from .schemas import UnfitSchema, check_schema, lie

if TYPE_CHECKING:
    from .models import Connector

LONGEST_QUERY = 10_000
_PIECES = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|::|:(?P<name>[A-Za-z_]\w*)|%", re.DOTALL
)
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_NOT_THERE = {"08", "53", "57"}
"""Classes of SQLSTATE: connection, resources, an operator's intervention."""
_LOADS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}


def operations(connector: Connector) -> Mapping[str, Operation]:
    """Raises:
    UnfitDocument: the queries cannot be used.
    """
    queries = connector.definition.get("queries") if isinstance(connector.definition, dict) else None
    if not isinstance(queries, dict) or not queries:
        raise UnfitDocument('Write {"queries": {"name": {"sql": "SELECT …", "parameters": {…}, "row": {…}}}}')
    try:
        return {name: _operation(name, query) for name, query in queries.items()}
    except UnfitSchema as problem:
        raise UnfitDocument(str(problem)) from None


def _operation(name: str, query: Any) -> Operation:
    if not isinstance(query, dict) or not isinstance(query.get("sql"), str):
        raise UnfitDocument(f'{name}: a query has its text in "sql"')
    text = query["sql"].strip().rstrip(";").strip()
    if len(text) > LONGEST_QUERY or not re.match(r"(?i)(?:select|with)\b", text) or ";" in _bare(text):
        raise UnfitDocument(f"{name}: one statement that begins with SELECT or WITH")
    parameters = query.get("parameters", {})
    if not isinstance(parameters, dict):
        raise UnfitDocument(f'{name}: "parameters" is an object of names and schemas')
    if unknown := sorted(set(named(text)) ^ set(parameters)):
        raise UnfitDocument(
            f'{name}: {unknown[0]} has to be both in the query (:{unknown[0]}) and in "parameters"'
        )
    row = query.get("row", {"type": "object"})
    inputs = {
        "type": "object",
        "properties": parameters,
        "required": sorted(parameters),
        "additionalProperties": False,
    }
    for schema, where in ((inputs, "parameters"), (row, "row")):
        check_schema(schema, f"{name}, {where}")
    return Operation(name, "read", Types(inputs, _answer_of(row)), str(query.get("title", ""))[:200])


def _answer_of(row: Schema) -> Schema:
    shared = {"$defs": row["$defs"]} if "$defs" in row else {}
    plain = {name: value for name, value in row.items() if name != "$defs"}
    return {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": plain}, "more": {"type": "boolean"}},
        "required": ["rows", "more"],
        **shared,
    }


def _bare(text: str) -> str:
    """The query without quoted texts and comments."""
    return _PIECES.sub(lambda piece: "" if len(piece[0]) > 1 and piece["name"] is None else piece[0], text)


def named(text: str) -> set[str]:
    """The parameters of a query, which stand in it as ``:name``."""
    return {piece["name"] for piece in _PIECES.finditer(text) if piece["name"]}


def for_psycopg(text: str) -> str:
    """The query with its parameters as the driver of PostgreSQL writes them."""

    def put(piece: re.Match[str]) -> str:
        if piece["name"]:
            return f"%({piece['name']})s"
        return piece[0].replace("%", "%%")

    return _PIECES.sub(put, text)


def perform(connector: Connector, one: Try) -> JSON:
    """One try.

    Raises:
        Fault: it brought no answer to give back.
    """
    text = connector.definition["queries"][one.operation]["sql"].strip().rstrip(";").strip()
    ask = _ask_sqlite if connector.address.startswith("sqlite:") else _ask_postgresql
    try:
        columns, rows = ask(connector, text, one)
    except (sqlite3.Error, psycopg.Error) as problem:
        raise _fault(problem) from None
    shown = [dict(zip(columns, map(_json, row), strict=True)) for row in rows[: one.budget.rows]]
    value = {"rows": shown, "more": len(rows) > one.budget.rows}
    if words := lie(operations(connector)[one.operation].types.output, value):
        raise Fault("lied", is_final=True, words=words)
    return value


def _fault(problem: Exception) -> Fault:
    """What a database's own error means. Its message is kept nowhere: it may quote a row."""
    if isinstance(problem, sqlite3.Error):
        code = getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        word = {sqlite3.SQLITE_INTERRUPT: "timeout", sqlite3.SQLITE_BUSY: "timeout"}.get(code)
        word = word or ("no-connection" if code == sqlite3.SQLITE_CANTOPEN else "query")
    elif isinstance(problem, psycopg.errors.QueryCanceled | psycopg.errors.ConnectionTimeout):
        word = "timeout"
    else:
        state = getattr(problem, "sqlstate", None)
        is_lost = isinstance(problem, psycopg.OperationalError) and (state is None or state[:2] in _NOT_THERE)
        word = "no-connection" if is_lost else "query"
    # No time heals a query that does not fit the database.
    return Fault(word, is_final=word == "query")


def _ask_sqlite(connector: Connector, text: str, one: Try) -> tuple[list[str], list[Any]]:
    until = time.monotonic() + one.budget.seconds
    place = file_of(connector.address)
    line = sqlite3.connect(f"{place.as_uri()}?mode=ro", uri=True, timeout=one.budget.seconds)
    try:
        line.execute("PRAGMA query_only=ON")
        line.set_authorizer(_may)
        line.set_progress_handler(lambda: time.monotonic() > until, 1000)
        cursor = line.execute(text, dict(one.inputs))
        return [column[0] for column in cursor.description], cursor.fetchmany(one.budget.rows + 1)
    finally:
        line.close()


def _may(action: int, _first: str | None, second: str | None, *_place: str | None) -> int:
    if action not in _READS or (action == sqlite3.SQLITE_FUNCTION and second in _LOADS):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def file_of(address: str) -> Path:
    """The file of a SQLite database, when it lies in a folder that may be read.

    Raises:
        Fault: it does not.
    """
    place = Path(unquote(urlsplit(address).path)).resolve()
    if not any(place.is_relative_to(Path(folder).resolve()) for folder in settings.CONNECTOR_FOLDERS):
        raise Fault("forbidden", is_final=True)
    return place


def target(address: str) -> Target:
    """Where a database is, in the form of an address by HTTP, which has the same rules.

    Raises:
        Forbidden: it may not be called, or its password stands in it.
    """
    parts = urlsplit(address)
    if (
        parts.password is not None
        or {"host", "hostaddr", "password", "service"} & dict(parse_qsl(parts.query)).keys()
    ):
        raise Forbidden("malformed")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return outside_addresses.target_of(f"https://{host}:{parts.port or 5432}/", settings.CONNECTOR_NETWORKS)


def _tls(url: str, address: outside_addresses.Address) -> dict[str, str]:
    """Outside of the networks that are meant only with TLS and a certificate that holds."""
    if outside_addresses.is_within(address, settings.CONNECTOR_NETWORKS):
        return {}
    own = dict(parse_qsl(urlsplit(url).query))
    return {"sslmode": "verify-full", "sslrootcert": own.get("sslrootcert", "system")}


def _ask_postgresql(connector: Connector, text: str, one: Try) -> tuple[list[str], list[Any]]:
    try:
        where = target(connector.address)
        address = outside_addresses.resolve(where, settings.CONNECTOR_NETWORKS)
    except Forbidden:
        raise Fault("forbidden", is_final=True) from None
    except Unresolved:
        raise Fault("no-address") from None
    if where.host not in connector.hosts:
        raise Fault("forbidden", is_final=True)
    line = psycopg.connect(
        psycopg.conninfo.make_conninfo(connector.address, **_tls(connector.address, address)),
        hostaddr=str(address),
        password=one.secret or None,
        connect_timeout=max(2, round(one.budget.connecting)),
        options=f"-c statement_timeout={max(1, round(one.budget.seconds * 1000))} -c default_transaction_read_only=on",
        application_name="servicehall connector",
    )
    try:
        line.read_only = True
        with line.cursor() as cursor:
            cursor.execute(for_psycopg(text).encode(), dict(one.inputs))
            columns = [column.name for column in cursor.description or ()]
            return columns, cursor.fetchmany(one.budget.rows + 1)
    finally:
        line.close()


def _json(value: Any) -> JSON:
    """A value of a database as JSON; amounts stay exact, as text."""
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise Fault("lied", is_final=True, words="a column of a type that JSON has not")
