"""What every answer of the live program has in common: headers, origins, refusals."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils import translation

from servicehall.channels.headers import of_data
from servicehall.channels.live.credentials import cookies
from servicehall.kernel.errors import Busy, NotSignedIn, Refused

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[bytes, bytes]
Lines = list[tuple[bytes, bytes]]

METHODS = b"GET, HEAD, OPTIONS"


def headers_of(scope: MutableMapping[str, Any]) -> Headers:
    """The request's headers by lower-case name; the last of a name counts, cookies are joined."""
    found: Headers = {}
    for name, value in scope["headers"]:
        # HTTP/2 lets a browser send its cookies in several lines (RFC 9113, section 8.2.3).
        found[name] = found[name] + b"; " + value if name == b"cookie" and name in found else value
    return found


def host_is_ours(headers: Headers) -> bool:
    """Whether the request names a host that this installation answers for."""
    domain, _ = split_domain_port(headers.get(b"host", b"").decode("latin-1"))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def shared_with(headers: Headers) -> Lines:
    """CORS: pages of the same host, on any port, may read with their cookies. Nobody else."""
    origin = headers.get(b"origin", b"")
    always: Lines = [(b"vary", b"Origin")]
    if not origin:
        return always
    try:
        name = urlsplit(origin.decode("latin-1")).hostname
    except ValueError:
        return always
    domain, _ = split_domain_port(headers.get(b"host", b"").decode("latin-1"))
    if not name or name != domain.strip("[]"):
        return always
    return [*always, (b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")]


def preflight() -> Lines:
    """What a page is told that asks before it asks."""
    return [
        (b"allow", METHODS),
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", b"Authorization, Last-Event-ID, Cache-Control"),
        (b"access-control-max-age", b"600"),
    ]


def guards() -> Lines:
    """What keeps browsers from taking an answer for anything but data."""
    return [(name.lower().encode(), value.encode()) for name, value in of_data().items()]


def stream_lines() -> Lines:
    """The headers of an event stream; proxies are told not to keep or to hold back any of it."""
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store, no-transform"),
        (b"x-accel-buffering", b"no"),
        *guards(),
    ]


@contextmanager
def language_of(headers: Headers) -> Iterator[str]:
    """The reader's language: the one chosen on our pages, else the browser's."""
    request = HttpRequest()
    request.COOKIES = cookies(headers)
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin-1")
    with translation.override(translation.get_language_from_request(request)):
        yield translation.get_language() or settings.LANGUAGE_CODE


async def answer(send: Send, status: int, lines: Lines, body: bytes = b"") -> None:
    """A whole answer."""
    lines = [*lines, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def refuse(send: Send, error: Refused, path: str, headers: Headers, *, bare: bool) -> None:
    """The problem document (RFC 9457) of a refusal, in the reader's language; ``bare``: without body."""
    with language_of(headers) as language:
        body = orjson.dumps(error.problem(path), default=str)
    lines: Lines = [
        (b"content-type", b"application/problem+json"),
        (b"content-language", language.encode()),
        (b"cache-control", b"no-store"),
        *guards(),
        *shared_with(headers),
    ]
    if isinstance(error, NotSignedIn):
        lines.append((b"www-authenticate", b'Bearer realm="servicehall"'))
    if isinstance(error, Busy):
        # Spread, so that those sent away do not come back together.
        lines.append((b"retry-after", b"%d" % random.randint(5, 20)))  # noqa: S311
    if error.status == 405:
        lines.append((b"allow", METHODS))
    await answer(send, error.status, lines, b"" if bare else body)
