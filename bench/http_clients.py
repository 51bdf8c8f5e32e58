"""Many HTTP/1.1 clients with kept connections in one thread: cheap, so that the server is measured.

A client is a generator: it yields a request and is sent the answer.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What to send; ``name`` groups latencies, ``wait`` is slept before (seconds)."""

    name: str
    method: str
    path: str
    body: bytes = b""
    key: str = ""
    wait_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0: the connection broke."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Client = Generator[Request, Answer, None]


@dataclass
class Results:
    """Latencies in seconds by request name, errors by status, time from first to last."""

    latencies: dict[str, list[float]] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, name: str | None = None) -> int:
        return sum(len(v) for k, v in self.latencies.items() if name in (None, k))

    def rate(self) -> float:
        return self.count() / self.seconds if self.seconds else 0.0

    def percentile(self, share: float, name: str | None = None) -> float:
        """In milliseconds."""
        values = sorted(v for k, vs in self.latencies.items() if name in (None, k) for v in vs)
        return values[min(len(values) - 1, int(len(values) * share))] * 1000 if values else 0.0


class _Connection:
    def __init__(self, address: tuple[str, int], client: Client, head: bytes) -> None:
        self.address, self.client, self.head = address, client, head
        self.sock: socket.socket | None = None
        self.buffer = b""
        self.request: Request | None = None
        self.sent_at = 0.0

    def connect(self) -> bool:
        try:
            self.sock = socket.create_connection(self.address, timeout=5)
        except OSError:
            return False
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(0)
        return True

    def wire(self, request: Request) -> bytes:
        key = f"Idempotency-Key: {request.key}\r\n" if request.key else ""
        kind = "Content-Type: application/json\r\n" if request.body else ""
        start = f"{request.method} {request.path} HTTP/1.1\r\n{key}{kind}Content-Length: {len(request.body)}\r\n"
        return start.encode() + self.head + request.body

    def take_answer(self) -> Answer | None:
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.buffer[:end]
        status = int(head[9:12])
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < end + 4 + length:
            return None
        body, self.buffer = self.buffer[end + 4 : end + 4 + length], self.buffer[end + 4 + length :]
        return Answer(status, body)


def run(port: int, token: str, clients: Sequence[Client], *, seconds: float = 120) -> Results:
    """Run all clients to their ends (or for so long); a broken connection answers with status 0."""
    head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nAccept-Language: en\r\n\r\n".encode()
    selector = selectors.DefaultSelector()
    results = Results()
    waiting: list[tuple[float, _Connection]] = []
    active = 0

    def send(connection: _Connection, request: Request) -> None:
        connection.request = request
        if request.wait_until > time.monotonic():
            waiting.append((request.wait_until, connection))
            return
        connection.sent_at = max(request.wait_until, 0) or time.monotonic()
        if connection.sock is None:
            if not connection.connect():
                waiting.append((time.monotonic() + 0.05, connection))
                return
            assert connection.sock is not None
            selector.register(connection.sock, selectors.EVENT_READ, connection)
        try:
            connection.sock.sendall(connection.wire(request))
        except OSError:
            broken(connection)

    def broken(connection: _Connection) -> None:
        if connection.sock is not None:
            selector.unregister(connection.sock)
            connection.sock.close()
            connection.sock, connection.buffer = None, b""
        answered(connection, Answer(0, b""))

    def answered(connection: _Connection, answer: Answer) -> None:
        nonlocal active
        assert connection.request is not None
        results.statuses[answer.status] = results.statuses.get(answer.status, 0) + 1
        if answer.status:
            took = time.monotonic() - connection.sent_at
            results.latencies.setdefault(connection.request.name, []).append(took)
        try:
            following = connection.client.send(answer)
        except StopIteration:
            active -= 1
            if connection.sock is not None:
                selector.unregister(connection.sock)
                connection.sock.close()
                connection.sock = None
            return
        send(connection, following)

    start = time.monotonic()
    end = start + seconds
    for client in clients:
        active += 1
        send(_Connection(("127.0.0.1", port), client, head), next(client))
    while active and time.monotonic() < end:
        now = time.monotonic()
        due = [pair for pair in waiting if pair[0] <= now]
        if due:
            waiting[:] = [pair for pair in waiting if pair[0] > now]
            for _at, connection in due:
                assert connection.request is not None
                send(connection, connection.request)
        pause = min([0.2, *(pair[0] - now for pair in waiting)]) if waiting else 0.2
        for key, _mask in selector.select(max(0.0, pause)):
            connection = key.data
            try:
                data = connection.sock.recv(65536)
            except OSError:
                data = b""
            if not data:
                broken(connection)
                continue
            connection.buffer += data
            if (answer := connection.take_answer()) is not None:
                answered(connection, answer)
    results.seconds = time.monotonic() - start
    selector.close()
    return results
