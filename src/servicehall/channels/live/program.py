"""The live program: a plain ASGI application that answers ``/live/…`` with event streams.

No framework: an idle reader costs two small tasks and a few hundred bytes. It never writes to
the database.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.conf import settings
from django.db import DatabaseError

from servicehall.channels.live import messages, places, refusals
from servicehall.channels.live.answers import (
    Headers,
    Lines,
    Send,
    answer,
    guards,
    headers_of,
    host_is_ours,
    preflight,
    refuse,
    shared_with,
    stream_lines,
)
from servicehall.channels.live.callers import caller
from servicehall.channels.live.credentials import Credentials
from servicehall.channels.live.feed import Feed
from servicehall.channels.live.hub import Hub
from servicehall.channels.live.limits import Limits
from servicehall.channels.live.places import Place
from servicehall.channels.live.shutdown import on_termination
from servicehall.channels.live.stream import Stream
from servicehall.channels.live.streams import Streams
from servicehall.channels.transport import NotEncrypted
from servicehall.kernel.errors import Refused

log = logging.getLogger("servicehall.live")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
GRACE = 0.5
"""Seconds in which streams may end by themselves when the program stops; then they are broken off."""


class Program:
    """The ASGI application."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits.from_settings()
        self.hub = Hub(self.limits)
        self.streams = Streams(self.hub)
        self._opening = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:  # WebSockets: declined
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.hub.start()
        self.streams.start()
        # The server waits for open answers before it says "shutdown", and ours never end by
        # themselves; so they are ended at the signal.
        on_termination(lambda: asyncio.create_task(self.streams.stop(GRACE)))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.streams.stop(GRACE)
        await self.hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        bare = scope["method"] == "HEAD"
        try:
            await self._answer(scope, headers, receive, send)
        except Refused as error:
            await refuse(send, error, scope["path"], headers, bare=bare)
        except DatabaseError as error:
            log.warning("a stream could not be opened: %s", error)
            await refuse(send, refusals.LogOutOfReach(), scope["path"], headers, bare=bare)

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        if not host_is_ours(headers):
            raise refusals.UnknownHost
        address, encrypted = caller(scope, headers)
        if settings.HTTPS and not encrypted:
            raise NotEncrypted
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            await answer(send, 204, [*preflight(), *shared_with(headers)])
            return
        if method not in {"GET", "HEAD"}:
            raise refusals.OnlyReading
        if path == "/live/health":
            await self._health(send)
            return
        find = places.finder(path)
        if not _accepts_events(headers):
            raise refusals.OnlyEventStreams
        if self.streams.closing:
            raise refusals.LiveProgramAway
        if len(self.streams) + self._opening >= self.limits.max_streams:
            raise refusals.TooManyStreams
        who = Credentials.from_headers(headers, address)
        self._opening += 1
        try:
            place = await self.hub.ask(lambda: find(who))
            lines = [*stream_lines(), *shared_with(headers)]
            if method == "HEAD":
                await answer(send, 200, lines)
                return
            stream = await self._open(place, who, _after(scope, headers))
        finally:
            self._opening -= 1
        await self._stream(stream, lines, receive, send)

    async def _health(self, send: Send) -> None:
        body = orjson.dumps({"status": "ok", "streams": len(self.streams), "sites": self.hub.sites})
        await answer(
            send,
            200,
            [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *guards()],
            body,
        )

    async def _open(self, place: Place, who: Credentials, after: str) -> Stream:
        stream = Stream(self.hub, place, who, await self._feeds(place))
        try:
            if after:
                await stream.resume(after)
        except BaseException:
            stream.leave()
            raise
        return stream

    async def _feeds(self, place: Place) -> list[Feed]:
        feeds: list[Feed] = []
        try:
            for site_id in place.sites:
                feed = await self.hub.feed(site_id)
                feeds.append(feed)
        except BaseException:
            for feed in feeds:
                self.hub.release(feed)
            raise
        return feeds

    async def _stream(self, stream: Stream, lines: Lines, receive: Receive, send: Send) -> None:
        watch = asyncio.create_task(_until_gone(receive, stream))
        self.streams.add(stream)
        try:
            if self.streams.closing:
                stream.end()
            await send({"type": "http.response.start", "status": 200, "headers": lines})
            await send({"type": "http.response.body", "body": _first_words(), "more_body": True})
            await stream.run(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except DatabaseError as error:
            # The reader connects again and is then refused or served.
            log.warning("a stream ended: %s", error)
        finally:
            watch.cancel()
            self.streams.remove(stream)
            stream.leave()


def _first_words() -> bytes:
    # Everybody comes back at another moment after a restart.
    return messages.retry(random.randint(1_000, 4_000))  # noqa: S311


def _accepts_events(headers: Headers) -> bool:
    accept = headers.get(b"accept", b"").decode("latin-1").lower()
    kinds = {part.partition(";")[0].strip() for part in accept.split(",")}
    return bool(kinds & {"", "*/*", "text/*", "text/event-stream"})


def _after(scope: Scope, headers: Headers) -> str:
    """The last event that the reader has: a reconnecting browser's word counts before the address."""
    if last := headers.get(b"last-event-id", b""):
        return last.decode("latin-1").strip()
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=False)
    return str(query.get("after", [""])[-1]).strip()


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()
