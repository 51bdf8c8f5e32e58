"""The door of the sample back office: HTTP, the secret, the document, and misbehaviour as told."""

from __future__ import annotations

import hmac
import json
import logging
import signal
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .describing import Contents, Operation, Refusal
from .modes import Behaviour, Modes, UnfitMode, happens
from .office import DOCUMENT, OPERATIONS, Office, refused

log = logging.getLogger(__name__)
LONGEST_BODY = 64 * 1024
Reply = tuple[int, str, bytes, dict[str, str]]


def found_at(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation at an address, with what stands in it; names that are written out come first."""
    parts = path.split("/")
    best: tuple[Operation, dict[str, str]] | None = None
    for one in OPERATIONS.values():
        wanted = one.path.split("/")
        if one.method != method or len(wanted) != len(parts):
            continue
        pairs = list(zip(wanted, parts, strict=True))
        if all(want == part or (want.startswith("{") and part) for want, part in pairs):
            named = {want[1:-1]: unquote(part) for want, part in pairs if want.startswith("{")}
            if best is None or len(named) < len(best[1]):
                best = one, named
    return best


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: BackOffice

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._send(_json(413, {}))
            return
        sent, where = self.rfile.read(int(length)), urlsplit(self.path)
        if where.path in {"/", "/openapi.json"}:
            self._send(_json(200, DOCUMENT))
        elif not self._is_known():
            self._send(self._refusal(refused(401, "not-known")))
        elif where.path == "/_modes":
            self._send(self._modes(sent))
        else:
            self._act(where.path, where.query, sent)

    def _is_known(self) -> bool:
        given = self.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.server.secret}".encode())

    def _modes(self, sent: bytes) -> Reply:
        behaviour = self.server.behaviour
        try:
            if self.command == "POST":
                behaviour.change(json.loads(sent))
        except (UnfitMode, ValueError, AttributeError) as problem:
            return _json(422, {"code": "modes-unfit", "title": str(problem)})
        return _json(200, asdict(behaviour.modes))

    def _act(self, path: str, query: str, sent: bytes) -> None:
        found = found_at(self.command, path)
        if found is None:
            self._send(self._refusal(refused(404, "operation-unknown")))
            return
        operation, named = found
        modes = self.server.behaviour.for_next(operation.name)
        self.server.count(operation.name)
        time.sleep(modes.slow / 1000)
        if happens(modes.failing):
            more = {"Retry-After": str(modes.retry_after)} if modes.retry_after else {}
            self._send(
                _json(modes.status, {"code": "out-of-order", "title": "Out of order · 系统故障"}, more)
            )
            return
        reply = self._answer(
            operation, {**dict(parse_qsl(query, keep_blank_values=True)), **named}, sent, modes
        )
        earlier = self.server.remember(reply)
        if happens(modes.drop_answer):
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(earlier if modes.duplicate_answer == "earlier" and earlier is not None else reply)
        if modes.duplicate_answer == "twice":
            self._send(reply)

    def _answer(self, operation: Operation, given: dict[str, Any], sent: bytes, modes: Modes) -> Reply:
        echoed = {"X-Request-Id": found} if (found := self.headers.get("X-Request-Id")) else {}
        try:
            body = json.loads(sent) if sent else {}
            if not isinstance(body, dict):
                raise refused(422, "inputs-unfit")
            answer = self.server.office.act(operation, {**body, **given}, self.headers.get("Idempotency-Key"))
        except ValueError:
            return self._refusal(refused(422, "inputs-unfit"))
        except Refusal as refusal:
            return self._refusal(refusal, echoed)
        if isinstance(answer, Contents):
            return 200, answer.media_type, answer.data, echoed
        if happens(modes.lying):
            answer.pop(next(iter(answer)))
        return _json(200, answer, echoed)

    def _refusal(self, refusal: Refusal, more: dict[str, str] | None = None) -> Reply:
        """In the reader's language."""
        is_chinese = self.headers.get("Accept-Language", "").lower().startswith("zh")
        words = refusal.words["zh-Hans" if is_chinese else "en"]
        said = {"code": refusal.code, "title": words, "detail": words}
        status, _kind, body, headers = _json(refusal.status, said, more)
        return status, "application/problem+json", body, headers

    def _send(self, reply: Reply) -> None:
        status, kind, body, headers = reply
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Addresses hold numbers of phones and accounts."""


def _json(status: int, said: Any, more: dict[str, str] | None = None) -> Reply:
    return status, "application/json", json.dumps(said, ensure_ascii=False).encode(), more or {}


class BackOffice(ThreadingHTTPServer):
    """Serves one sample back office."""

    daemon_threads = True
    request_queue_size = 256
    """Clients that may knock at the same moment; the library's five would let the others wait for a second."""

    def __init__(
        self, host: str, port: int, office: Office, secret: str, behaviour: Behaviour | None = None
    ) -> None:
        super().__init__((host, port), _Door)
        self.office, self.secret, self.behaviour = office, secret, behaviour or Behaviour()
        self.asked: Counter[str] = Counter()
        self._line = threading.Lock()
        self._last: Reply | None = None

    def remember(self, reply: Reply) -> Reply | None:
        """Keep an answer; returns the one before it."""
        with self._line:
            before, self._last = self._last, reply
            return before

    def count(self, operation: str) -> None:
        """How often each operation was asked for, for tests."""
        with self._line:
            self.asked[operation] += 1

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the library's form
        """The client hung up: it has no patience, which is what was tried out."""
        log.info("sample_backoffice.hung_up")


def serve(server: BackOffice) -> int:
    """Serve until SIGTERM or SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # From another thread: the loop that is told to end must not be the one that waits for it.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    server.office.close()
    return 0
