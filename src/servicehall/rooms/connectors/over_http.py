"""Asks a system by HTTP, as its OpenAPI document says."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import orjson
from django.conf import settings
from django.utils.translation import get_language

from servicehall.kernel import outside_addresses, pinned_line
from servicehall.kernel.languages import tag
from servicehall.kernel.outside_addresses import Forbidden, Target
from servicehall.kernel.pinned_line import Reply

from .openapi import FILE, Route, routes
from .operations import JSON, Fault, Operation, Try
from .schemas import lie

if TYPE_CHECKING:
    from .models import Connector

LONGEST_ANSWER = 2 * 1024 * 1024
_NOT_TAKEN = {429, 503}
"""They say that nothing was done."""
_LATER = {*_NOT_TAKEN, 408, 425}

_known: dict[UUID, tuple[datetime, dict[str, Route]]] = {}
_read: dict[bytes, dict[str, Route]] = {}
MOST_READ = 16
"""So many documents are remembered by what stands in them."""


def _routes(connector: Connector) -> dict[str, Route]:
    """Read once for each state of the row: a document may have hundreds of kilobytes."""
    kept = _known.get(connector.pk)
    if connector.changed_at is not None and kept is not None and kept[0] == connector.changed_at:
        return kept[1]
    found = _read_once(connector.definition)
    if connector.changed_at is not None:
        _known[connector.pk] = (connector.changed_at, found)
    return found


def _read_once(document: Any) -> dict[str, Route]:
    """A form is checked before it is saved and used after: the same document need not be read for each."""
    key = blake2b(repr(document).encode(), digest_size=32).digest()
    if (found := _read.get(key)) is None:
        found = routes(document)
        while len(_read) >= MOST_READ:
            _read.pop(next(iter(_read), b""), None)
        _read[key] = found
    return found


def operations(connector: Connector) -> Mapping[str, Operation]:
    """Raises:
    UnfitDocument: the document cannot be used.
    """
    return {name: route.operation for name, route in _routes(connector).items()}


def target(address: str, path: str = "") -> Target:
    """Where a request goes, when it may go there at all.

    Raises:
        Forbidden: the address may not be called.
    """
    return outside_addresses.target_of(address.rstrip("/") + path, settings.CONNECTOR_NETWORKS)


def perform(connector: Connector, one: Try) -> JSON:
    """One try.

    Raises:
        Fault: it brought no answer to give back.
    """
    route, inputs, budget = _routes(connector)[one.operation], one.inputs, one.budget
    try:
        where = target(connector.address, _path(route, inputs))
    except Forbidden:
        raise Fault("forbidden", is_final=True) from None
    if where.host not in connector.hosts:
        raise Fault("forbidden", is_final=True)
    ticket = secrets.token_hex(8)
    body = _body(route, inputs)
    got = pinned_line.exchange(
        route.method,
        where,
        body,
        {
            "Accept": "application/json, */*;q=0.5",
            "Accept-Language": f"{tag(get_language())}, en;q=0.5",
            "X-Request-Id": ticket,
            **({"Content-Type": "application/json"} if body is not None else {}),
            **({"Idempotency-Key": one.key} if one.key is not None else {}),
            **dict(_credentials(connector.secret_use, one.secret)),
            **_headers(route, inputs),
        },
        networks=settings.CONNECTOR_NETWORKS,
        patience=budget.seconds,
        connecting=budget.connecting,
        longest=LONGEST_ANSWER,
    )
    return _value(route, got, ticket)


def _path(route: Route, inputs: Mapping[str, JSON]) -> str:
    path = route.path
    query: list[tuple[str, str]] = []
    for one in route.parameters:
        if one.name not in inputs or inputs[one.name] is None:
            continue
        given = inputs[one.name]
        if one.place == "path":
            text = quote(_text(given), safe="")
            # "." and ".." are letters of a path, and mean another one to whoever reads it.
            path = path.replace(
                "{" + one.name + "}", text.replace(".", "%2E") if set(text) == {"."} else text
            )
        elif one.place == "query":
            query += [(one.name, _text(value)) for value in (given if isinstance(given, list) else [given])]
    return path + (f"?{urlencode(query)}" if query else "")


def _headers(route: Route, inputs: Mapping[str, JSON]) -> dict[str, str]:
    return {
        one.name: quote(_text(inputs[one.name]), safe=" !#$&'()*+,/:;=?@[]~")
        for one in route.parameters
        if one.place == "header" and inputs.get(one.name) is not None
    }


def _text(value: JSON) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _body(route: Route, inputs: Mapping[str, JSON]) -> bytes | None:
    if route.body is None:
        return None
    if route.is_whole:
        return orjson.dumps(inputs["body"]) if "body" in inputs else None
    return orjson.dumps({name: inputs[name] for name in route.body if name in inputs})


def _credentials(use: str, secret: str) -> Iterator[tuple[str, str]]:
    if use == "bearer":
        yield "Authorization", f"Bearer {secret}"
    elif use == "basic":
        yield "Authorization", f"Basic {base64.b64encode(secret.encode()).decode()}"
    elif use == "api-key":
        yield "X-API-Key", secret


def _value(route: Route, got: Reply, ticket: str) -> JSON:
    changes = route.operation.kind != "read"
    if not got.status:
        raise Fault(
            got.problem,
            may_have_happened=changes and got.was_sent,
            is_final=got.problem in {"forbidden", "tls"},
        )
    if got.status >= 500 or got.status in _LATER:
        maybe = changes and got.status not in _NOT_TAKEN
        wait = _seconds(got.headers.get("retry-after", ""))
        raise Fault("status", got.status, may_have_happened=maybe, retry_after=wait)
    if got.status >= 400:
        code, words = _refusal(got)
        raise Fault("refused", got.status, is_final=True, code=code, words=words)
    lied = Fault("lied", got.status, may_have_happened=changes, is_final=True)
    if got.problem:
        lied.words = "answer: too long"
        raise lied
    if got.headers.get("x-request-id", ticket) != ticket:
        lied.words = "X-Request-Id: the answer to another request"
        raise lied
    if got.status not in route.answers:
        lied.words = f"status: {got.status} is not described"
        raise lied
    return _checked(route.answers[got.status], got, lied)


def _checked(schema: dict[str, Any] | None, got: Reply, lied: Fault) -> JSON:
    if schema is None:
        return None
    kind = got.headers.get("content-type", "").partition(";")[0].strip().lower()
    if schema is FILE:
        return {"media_type": kind, "base64": base64.b64encode(got.body).decode()}
    try:
        value = orjson.loads(got.body)
    except ValueError:
        lied.words = "answer: no JSON"
        raise lied from None
    if lied_about := lie(schema, value):
        lied.words = lied_about
        raise lied
    return value


def _refusal(got: Reply) -> tuple[str, str]:
    """The other side's own code and words: of a problem document, or of the forms that many use beside it."""
    try:
        said = orjson.loads(got.body)
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    inner = said.get("error")
    said = {**inner, **said} if isinstance(inner, dict) else said
    code = next(
        (said[name] for name in ("code", "error_code", "type") if isinstance(said.get(name), str)), ""
    )
    words = next(
        (said[name] for name in ("detail", "message", "title") if isinstance(said.get(name), str)), ""
    )
    return (code or str(got.status))[:80], words[:500]


def _seconds(given: str) -> float:
    given = given.strip()
    return float(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0.0


def host_of(address: str) -> str:
    """The host of an address, for the list of those that are allowed."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
