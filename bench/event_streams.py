"""A reader of Server-Sent Events for measuring and testing: thousands in one event loop.

It does what a browser's EventSource does (WHATWG HTML, section 9.2): parses the stream, keeps the
last id, waits as told by ``retry:`` and connects again with ``Last-Event-ID``.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it came in; ``at`` is the monotonic clock's time in seconds."""

    id: str
    kind: str
    data: str
    at: float


class _Chunks:
    """Takes the chunks of HTTP/1.1 (RFC 9112, section 7.1) apart, as they come."""

    def __init__(self) -> None:
        self._raw = b""
        self.ended = False

    def feed(self, data: bytes) -> bytes:
        raw = self._raw + data
        out: list[bytes] = []
        at = 0
        while True:
            line = raw.find(b"\r\n", at)
            if line < 0:
                break
            size = int(raw[at:line].split(b";")[0], 16)
            if size == 0:
                self.ended = True
                break
            if len(raw) < line + 2 + size + 2:
                break
            out.append(raw[line + 2 : line + 2 + size])
            at = line + 2 + size + 2
        self._raw = raw[at:]
        return b"".join(out)


class _Wire(asyncio.Protocol):
    """One connection: head, chunks, events."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._head = b""
        self._chunks: _Chunks | None = None
        self._plain = False
        self._text = b""
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        if self._chunks is None and not self._plain:
            self._head += data
            head, blank, data = self._head.partition(b"\r\n\r\n")
            if not blank:
                return
            self._read_head(head)
        if self._chunks is not None:
            data = self._chunks.feed(data)
        self._text += data
        self._reader.received += len(data)
        if self._reader.status != 200:
            self._reader.body = self._text
        elif b"\n\n" in self._text:
            *blocks, self._text = self._text.split(b"\n\n")
            now = time.monotonic()
            for block in blocks:
                self._reader.take(block, now)
        if self._chunks is not None and self._chunks.ended and not self.gone.done():
            self.gone.set_result(None)

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self._reader.status = int(first.split(" ")[1])
        self._reader.answer = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        if self._reader.answer.get("transfer-encoding") == "chunked":
            self._chunks = _Chunks()
        else:
            self._plain = True
        self._reader.answered.set()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.gone.done():
            self.gone.set_result(None)


@dataclass
class Reader:
    """Follows one address for as long as it is told to; ``on_event`` hears every event."""

    host: str
    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    on_event: Callable[[Event], None] | None = None
    keep: bool = True
    """Whether events are kept in ``events``."""
    wait_at_most: float = 4.0
    """Seconds between two connections are never more than this, whatever ``retry:`` says."""

    status: int = 0
    body: bytes = b""
    received: int = 0
    connections: int = 0
    last_id: str = ""
    retry: float = 1.0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answered = asyncio.Event()
        self.answer: dict[str, str] = {}
        self._news = asyncio.Event()
        self._transport: asyncio.BaseTransport | None = None

    async def connect(self) -> _Wire:
        """Open a connection and ask."""
        loop = asyncio.get_running_loop()
        self.status, self.body = 0, b""
        self.answered.clear()
        transport, wire = await loop.create_connection(lambda: _Wire(self), self.host, self.port)
        self._transport = transport
        asked = {"Host": f"{self.host}:{self.port}", "Accept": "text/event-stream", **self.headers}
        if self.last_id:
            asked["Last-Event-ID"] = self.last_id
        lines = [f"GET {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items())]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.connections += 1
        return wire

    async def once(self) -> None:
        """One connection, to its end; a refused one ends at once."""
        wire = await self.connect()
        try:
            await wire.gone
        finally:
            self.leave()

    async def follow(self) -> None:
        """Connect again and again, until cancelled."""
        while True:
            with contextlib.suppress(OSError):
                await self.once()
            await asyncio.sleep(min(self.retry, self.wait_at_most))

    def leave(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.close()

    async def until(self, seen: Callable[[list[Event]], bool], within: float = 5.0) -> list[Event]:
        """Wait until the kept events satisfy ``seen``.

        Raises:
            TimeoutError: they did not in time.
        """
        async with asyncio.timeout(within):
            while not seen(self.events):
                self._news.clear()
                await self._news.wait()
        return self.events

    def take(self, block: bytes, now: float) -> None:
        """Read one block of the stream, as far as its blank line."""
        kind, data = "message", []
        for line in block.decode().split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "id":
                self.last_id = value
            elif name == "event":
                kind = value
            elif name == "data":
                data.append(value)
            elif name == "retry":
                self.retry = int(value) / 1000
        if not data:
            return
        event = Event(self.last_id, kind, "\n".join(data), now)
        if self.keep:
            self.events.append(event)
        if self.on_event is not None:
            self.on_event(event)
        self._news.set()
