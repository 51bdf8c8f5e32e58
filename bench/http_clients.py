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
    """One client's connection; made again when it broke."""

    def __init__(self, address: tuple[str, int], client: Client, head: bytes) -> None:
        self.address, self.client, self.head = address, client, head
        self.sock: socket.socket | None = None
        self.buffer = b""
        self.request = next(client)
        self.sent_at = 0.0

    def connect(self) -> bool:
        try:
            self.sock = socket.create_connection(self.address, timeout=5)
        except OSError:
            return False
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(0)
        return True

    @property
    def socket(self) -> socket.socket:
        """The open socket."""
        if self.sock is None:
            raise OSError("not connected")
        return self.sock

    def wire(self) -> bytes:
        request = self.request
        key = f"Idempotency-Key: {request.key}\r\n" if request.key else ""
        kind = "Content-Type: application/json\r\n" if request.body else ""
        start = (
            f"{request.method} {request.path} HTTP/1.1\r\n{key}{kind}Content-Length: {len(request.body)}\r\n"
        )
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


class _Run:
    """All connections in one selector."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.results = Results()
        self.waiting: list[tuple[float, _Connection]] = []
        self.active = 0

    def send(self, connection: _Connection) -> None:
        due = connection.request.wait_until
        if due > time.monotonic():
            self.waiting.append((due, connection))
            return
        # Measured from when it was due: a server that falls behind cannot hide it.
        connection.sent_at = due or time.monotonic()
        if connection.sock is None:
            if not connection.connect():
                self.waiting.append((time.monotonic() + 0.05, connection))
                return
            self.selector.register(connection.socket, selectors.EVENT_READ, connection)
        try:
            connection.socket.sendall(connection.wire())
        except OSError:
            self.drop(connection)
            self.answered(connection, Answer(0, b""))

    def drop(self, connection: _Connection) -> None:
        if connection.sock is not None:
            self.selector.unregister(connection.sock)
            connection.sock.close()
            connection.sock, connection.buffer = None, b""

    def receive(self, connection: _Connection) -> None:
        try:
            data = connection.sock.recv(65536) if connection.sock else b""
        except OSError:
            data = b""
        if not data:
            self.drop(connection)
            self.answered(connection, Answer(0, b""))
            return
        connection.buffer += data
        if (answer := connection.take_answer()) is not None:
            self.answered(connection, answer)

    def answered(self, connection: _Connection, answer: Answer) -> None:
        statuses = self.results.statuses
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        if answer.status:
            took = time.monotonic() - connection.sent_at
            self.results.latencies.setdefault(connection.request.name, []).append(took)
        try:
            connection.request = connection.client.send(answer)
        except StopIteration:
            self.active -= 1
            self.drop(connection)
            return
        self.send(connection)

    def turn(self) -> None:
        """Send what is due, take what has come."""
        now = time.monotonic()
        due = [connection for at, connection in self.waiting if at <= now]
        self.waiting = [pair for pair in self.waiting if pair[0] > now]
        for connection in due:
            self.send(connection)
        pause = min([0.2, *(at - now for at, _connection in self.waiting)])
        for key, _mask in self.selector.select(max(0.0, pause)):
            self.receive(key.data)


def run(port: int, token: str, clients: Sequence[Client], *, seconds: float = 120) -> Results:
    """Run all clients to their ends (or for so long); a broken connection answers with status 0."""
    head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nAccept-Language: en\r\n\r\n".encode()
    one = _Run()
    start = time.monotonic()
    for client in clients:
        one.active += 1
        one.send(_Connection(("127.0.0.1", port), client, head))
    while one.active and time.monotonic() < start + seconds:
        one.turn()
    one.results.seconds = time.monotonic() - start
    for key in list(one.selector.get_map().values()):
        one.drop(key.data)
    one.selector.close()
    return one.results
