"""The API as a WSGI program of its own, without Django's handler around it.

The API needs no session, CSRF token or messages, its list of addresses is short, and few requests work
at a time (docs/decisions/0005-few-turns-at-once.md); handler, middleware and signals would cost as much as an act.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import responses
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponse
from django.urls import URLPattern

from .door import View, door, nowhere
from .urls import urlpatterns

AT_ONCE = 8
"""Requests that work at a time on PostgreSQL; on SQLite it is one."""

_NOWHERE = door(nowhere)


class _Place:
    """A step in the tree of addresses."""

    def __init__(self) -> None:
        self.view: View | None = None
        self.fixed: dict[str, _Place] = {}
        self.any: tuple[str, _Place] | None = None

    def add(self, steps: list[str], view: View) -> None:
        """Put the view at the end of these steps; ``<name>`` is any text without a slash."""
        if not steps:
            self.view = view
        elif steps[0].startswith("<"):
            self.any = self.any or (steps[0].strip("<>"), _Place())
            self.any[1].add(steps[1:], view)
        else:
            self.fixed.setdefault(steps[0], _Place()).add(steps[1:], view)

    def find(self, steps: list[str], refs: dict[str, str]) -> View | None:
        """The view at the end of these steps; what stood for names comes into ``refs``."""
        here = self
        for step in steps:
            following = here.fixed.get(step)
            if following is None:
                if here.any is None or not step:
                    return None
                refs[here.any[0]], following = step, here.any[1]
            here = following
        return here.view


_root = _Place()
for _pattern in urlpatterns:
    if isinstance(_pattern, URLPattern) and _pattern.name:
        _root.add(["", "api", *str(_pattern.pattern).split("/")], _pattern.callback)


class _Turns:
    """Lets few requests work at a time.

    On SQLite one, always on the same connection: what it has read stays read (another connection's commit
    empties the cache of all others), and no thread waits for the interpreter while it holds the database.
    """

    def __init__(self) -> None:
        self.is_sqlite = connections["default"].vendor == "sqlite"
        self._line = threading.Lock() if self.is_sqlite else threading.BoundedSemaphore(AT_ONCE)
        self._shared: BaseDatabaseWrapper | None = None

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._line:
            own = connections["default"]
            # Who has a transaction open or watches the statements goes on with their own connection.
            if self.is_sqlite and not own.in_atomic_block and not own.execute_wrappers:
                connections["default"] = self._connection()
            try:
                yield
            finally:
                used = connections["default"]
                if used.errors_occurred:
                    used.close_if_unusable_or_obsolete()
                connections["default"] = own

    def _connection(self) -> BaseDatabaseWrapper:
        if self._shared is None:
            self._shared = connections.create_connection("default")
            self._shared.inc_thread_sharing()
        return self._shared


_turns = _Turns()


def has_turns_for(environ: dict[str, Any]) -> bool:
    """Whether a request is one of those that turns are for: of the API, and short.

    A body with a file may take its time to come, and looking at it takes time too; the pages' handler answers that.
    """
    path = str(environ.get("PATH_INFO", ""))
    return path.startswith("/api/") and not (path.endswith("/files") and environ["REQUEST_METHOD"] == "POST")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request under ``/api/``."""
    refs: dict[str, str] = {}
    request = WSGIRequest(environ)
    view = _root.find(request.path.split("/"), refs) or _NOWHERE
    with _turns.one():
        response: HttpResponse = view(request, **refs)
    status = response.status_code
    start_response(f"{status} {responses.get(status, '')}", list(response.items()))
    return [response.content]
