"""A receiver of webhooks for trying things out: it checks signatures as the specification says, and behaves as told.

A program of its own without the hall's database. What comes twice is answered well and counted once; what is not
signed, or signed too long ago, gets 401. It can be told to fail, to wait, to send elsewhere, to be gone.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from servicehall.kernel.signed_messages import SignatureRefused, check

log = logging.getLogger(__name__)
LONGEST_BODY = 1024 * 1024
PATIENCE = 10


@dataclass(slots=True)
class Behaviour:
    """What the receiver does with a message whose signature is right.

    The next ``failures`` are answered with ``status``; every answer waits ``delay`` seconds; ``redirect`` sends
    elsewhere; ``drip`` seconds lie between two bytes of the answer.
    """

    failures: int = 0
    status: int = 500
    delay: float = 0.0
    redirect: str = ""
    retry_after: int = 0
    drip: float = 0.0


@dataclass(frozen=True, slots=True)
class Received:
    """A message that was taken, or why it was not."""

    message_id: str
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Desk:
    """What the receiver knows: secrets, what to do, what came."""

    secrets: Collection[str]
    behaviour: Behaviour = field(default_factory=Behaviour)
    received: list[Received] = field(default_factory=list)
    tell: Callable[[Received], None] | None = None
    _line: threading.Lock = field(default_factory=threading.Lock)
    _known: set[str] = field(default_factory=set)

    @property
    def taken(self) -> list[Received]:
        """What was answered well, each message once."""
        return [one for one in self.received if one.status == 204 and one.reason != "duplicate"]

    def take(self, headers: dict[str, str], body: bytes) -> Received:
        """Judge a message and remember it."""
        try:
            message_id = check(self.secrets, headers, body, at=datetime.now(UTC))
            status, reason = self._answer(message_id)
        except SignatureRefused as refused:
            message_id, status, reason = headers.get("webhook-id", ""), 401, refused.reason
        found = Received(message_id, status, reason, headers, body)
        with self._line:
            self.received.append(found)
        if self.tell is not None:
            self.tell(found)
        return found

    def _answer(self, message_id: str) -> tuple[int, str]:
        with self._line:
            if self.behaviour.redirect:
                return 307, "told to send elsewhere"
            if self.behaviour.failures > 0:
                self.behaviour.failures -= 1
                return self.behaviour.status, "told to fail"
            if message_id in self._known:
                return 204, "duplicate"
            self._known.add(message_id)
            return 204, ""


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server: ReceiverServer

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        behaviour = self.server.desk.behaviour
        time.sleep(behaviour.delay)
        self._answer(self.server.desk.take(headers, body).status)

    def do_GET(self) -> None:
        """Somebody followed a redirect that nobody may follow."""
        self.server.desk.received.append(Received("", 405, "GET", {}, b""))
        self._answer(405)

    def _answer(self, status: int) -> None:
        behaviour = self.server.desk.behaviour
        if behaviour.drip:
            for letter in b"HTTP/1.1 204 No Content\r\nX-Slow: " + b"." * 10_000:
                self.wfile.write(bytes((letter,)))
                time.sleep(behaviour.drip)
        self.send_response(status)
        if status == 307:
            self.send_header("Location", behaviour.redirect)
        if behaviour.retry_after:
            self.send_header("Retry-After", str(behaviour.retry_after))
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        log.info("webhook_receiver.request " + format, *args)  # noqa: G003 - the library's form


class ReceiverServer(ThreadingHTTPServer):
    """Serves one receiver."""

    daemon_threads = True

    def __init__(self, host: str, port: int, desk: Desk) -> None:
        super().__init__((host, port), _Door)
        self.desk = desk

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the library's form
        """The sender hung up: it has no patience, which is what was tried out."""
        log.info("webhook_receiver.hung_up")


def serve(server: ReceiverServer) -> int:
    """Serve until SIGTERM or SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # From another thread: the loop that is told to end must not be the one that waits for it.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0
