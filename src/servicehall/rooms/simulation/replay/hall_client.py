"""Speaks to the hall's API: one connection, virtual moments, and a key with every write.

A write whose answer is lost is sent again with its key, so a hall that is restarted in the middle
of a replay neither loses nor doubles anything.
"""

from __future__ import annotations

import http.client
import json
import time
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

_TRIES = 20
_PAUSE = 0.5


class HallRefused(Exception):
    """The hall understood a request and refused it."""

    def __init__(self, request: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{request}: {status} {problem.get('detail') or problem}")
        self.status = status
        self.problem = problem


class HallUnreachable(Exception):
    """Nobody answers at the hall's address."""


class HallClient:
    """A caller with a token at one hall's address, such as ``http://127.0.0.1:8000``."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise HallUnreachable(f"{url} is not an address such as http://127.0.0.1:8000")
        self._url, self._path = url, parts.path.rstrip("/")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._run, self._count = uuid.uuid4().hex[:12], 0

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def read(self, path: str) -> Any:
        """The answer to a GET.

        Raises:
            HallRefused, HallUnreachable: see there.
        """
        return self._ask("GET", path, None, dict(self._headers))

    def write(self, path: str, body: dict[str, Any] | None = None, *, at: datetime) -> Any:
        """The answer to a POST that happens at the virtual moment ``at``; None when it is empty.

        Raises:
            HallRefused, HallUnreachable: see there.
        """
        self._count += 1
        headers = {
            **self._headers,
            "Servicehall-Time": at.isoformat(),
            "Idempotency-Key": f"replay-{self._run}-{self._count}",
        }
        return self._ask("POST", path, json.dumps(body or {}).encode(), headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        status, content = 0, b""
        for last in (False,) * (_TRIES - 1) + (True,):
            try:
                self._connection.request(method, f"{self._path}/api/v1{path}", body, headers)
                response = self._connection.getresponse()
                status, content = response.status, response.read()
            except (OSError, http.client.HTTPException) as problem:
                self._connection.close()
                if last or self._count <= 1:
                    raise HallUnreachable(f"{self._url} does not answer: {problem}") from problem
            else:
                if status != 503:
                    break
            time.sleep(_PAUSE)
        answer = json.loads(content) if content else None
        if status >= 400:
            raise HallRefused(f"{method} {path}", status, answer if isinstance(answer, dict) else {})
        return answer
