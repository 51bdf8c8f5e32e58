"""The web program (WSGI): pages and API.

The API needs no session, CSRF token or messages, so its requests take a shorter way: a handler
with no middleware (the full chain costs 10 to 35 % on the hot path, measured).
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")

import django
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest
from django.urls import ResolverMatch, get_resolver

django.setup()

from servicehall.channels.arriving import Arrivals  # noqa: E402 - needs the settings

# A thread that holds the gate of the database must get the interpreter back soon: SQLite lets go of it at
# each statement, and among sixteen busy threads it came back late each time. A few at once are faster
# than all (measured: half the time, a third of the p99). PostgreSQL's threads wait for the network instead.
sys.setswitchinterval(0.001)
_turns = threading.BoundedSemaphore(8 if connection.vendor == "postgresql" else 3)


_API = "servicehall.channels.api.root"


class ApiHandler(WSGIHandler):
    """Django without middleware."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]

        # Load every endpoint now, not in the first request.
        assert get_resolver(_API).url_patterns  # noqa: S101

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        request.urlconf = _API  # Django's own switch
        return super().resolve_request(request)


_arrivals = Arrivals()
_pages = WSGIHandler()
_api = ApiHandler()

# What is loaded now stays: the collector need not look at it again in the middle of requests.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Send a request, once its body is here, to the API's handler or to the pages'."""
    with _arrivals.received(environ):
        if environ.get("PATH_INFO", "").startswith("/api/"):
            with _turns:
                return _api(environ, start_response)
        return _pages(environ, start_response)
