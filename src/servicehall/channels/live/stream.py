"""One open stream: a place in the log, and the loop that sends what comes after it.

It holds no queue. When the reader is slow, ``send`` waits, its place falls behind, and it is
served from the database or told to start afresh.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from servicehall.channels.live import messages
from servicehall.channels.live.credentials import Credentials
from servicehall.channels.live.feed import Entry, Feed
from servicehall.channels.live.hub import Hub
from servicehall.channels.live.places import Place
from servicehall.kernel.errors import BadInput

NUMBER = re.compile(r"[0-9]{1,18}")
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Line:
    """A reader's place in one site's log."""

    __slots__ = ("cursor", "feed", "topic")

    def __init__(self, feed: Feed, name: str, reader: Stream) -> None:
        self.feed = feed
        self.topic = feed.join(name, reader)
        self.cursor = feed.head


class Stream:
    """A reader of one topic at one site, or of all sites in a scope."""

    __slots__ = (
        "_hub",
        "_mark_of_sites",
        "_reset_due",
        "_ticked",
        "_waiter",
        "beat_due",
        "lines",
        "over",
        "place",
        "sending_since",
        "tick_due",
        "who",
    )

    def __init__(self, hub: Hub, place: Place, who: Credentials, feeds: Sequence[Feed]) -> None:
        self._hub = hub
        self.place = place
        self.who = who
        self.lines = [Line(feed, place.topic, self) for feed in feeds]
        self.over = False
        self.beat_due = True
        self.tick_due = False
        self.sending_since: float | None = None
        self._reset_due = False
        self._ticked = self.lines[0].cursor
        self._waiter: asyncio.Future[None] | None = None
        self._mark_of_sites = b""
        if place.many:
            digest = hashlib.sha256(b"".join(site.bytes for site in place.sites)).hexdigest()
            self._mark_of_sites = digest[:8].encode()

    # --- Where it stands ---

    @property
    def mark(self) -> bytes:
        """The place as an event id: the site's number, or one number a site behind a mark of the set."""
        if not self.place.many:
            return b"%d" % self.lines[0].cursor
        return b".".join([self._mark_of_sites, *(b"%d" % line.cursor for line in self.lines)])

    async def resume(self, after: str) -> None:
        """Go back to the place that the reader last had.

        Raises:
            BadInput: this was never an event id of such a stream.
        """
        numbers = self._numbers(after)
        if numbers is None:
            self._reset_due = True
            return
        for line, number in zip(self.lines, numbers, strict=True):
            if number > line.feed.head:
                # Its snapshot may be newer than our last look at the log.
                await self._hub.refresh(line.feed)
            if number > line.feed.head:
                self._reset_due = True
                line.cursor = line.feed.head
            else:
                line.cursor = number
        self._ticked = self.lines[0].cursor

    def _numbers(self, after: str) -> list[int] | None:
        """One number a line; None when the set of sites has changed since."""
        parts = after.split(".")
        if self.place.many and parts[0].encode() != self._mark_of_sites:
            return None
        if self.place.many:
            parts = parts[1:]
        if len(parts) != len(self.lines) or not all(map(NUMBER.fullmatch, parts)):
            raise BadInput(errors={"after": after[:80]})
        return [int(part) for part in parts]

    # --- Waiting ---

    def wake(self) -> None:
        """There may be something to send."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def end(self) -> None:
        """Send nothing more; the reader is gone, or has to ask anew."""
        self.over = True
        self.wake()

    def leave(self) -> None:
        """Give everything back."""
        for line in self.lines:
            line.feed.leave(self.place.topic, self)
            self._hub.release(line.feed)

    # --- Sending ---

    async def run(self, send: Send) -> None:
        """Send until the stream is over."""
        loop = asyncio.get_running_loop()
        while not self.over:
            for line in self.lines:
                if line.cursor < line.topic.floor:
                    await self._catch_up(line, send)
            if piece := self._take():
                await self._send(send, piece)
                continue
            self._waiter = loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    async def _send(self, send: Send, piece: bytes) -> None:
        self.sending_since = asyncio.get_running_loop().time()
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        self.sending_since = None

    def _take(self) -> bytes:
        """What is there to send now. Runs without a pause, so that every place is exact."""
        piece = self._news()
        head = self.lines[0].feed
        if self._reset_due:
            self._reset_due = False
            piece += messages.reset(self.mark, None if self.place.many else head.head)
        if self.tick_due:
            self.tick_due = False
            if head.moved > self._ticked:
                self._ticked = head.moved
                piece += messages.moved(self.mark, head.moved)
        if self.beat_due:
            self.beat_due = False
            piece += messages.beat(self.mark, {str(line.feed.site_id): line.cursor for line in self.lines})
        return piece

    def _news(self) -> bytes:
        if not self.place.many:
            line = self.lines[0]
            piece = line.topic.since(line.cursor)
            line.cursor = line.feed.head
            return piece
        pieces = []
        for line in self.lines:
            for seq, message in line.topic.after(line.cursor):
                line.cursor = seq
                pieces += [b"id: ", self.mark, b"\n", message.partition(b"\n")[2]]
            line.cursor = line.feed.head
        return b"".join(pieces)

    async def _catch_up(self, line: Line, send: Send) -> None:
        """Bring a line that fell behind what memory keeps back up, from the database."""
        while line.cursor < line.topic.floor and not self.over:
            entries: list[Entry] = []
            if line.feed.head - line.cursor <= self._hub.limits.reset_after:
                entries = await self._hub.page(line.feed.site_id, line.cursor)
            if not entries or entries[0].seq != line.cursor + 1:
                line.cursor = line.feed.head
                self._reset_due = True
                return
            pieces = []
            for entry in entries:
                line.cursor = entry.seq
                if text := entry.texts.get(self.place.topic):
                    pieces += [b"id: ", self.mark, b"\n", text]
            if pieces:
                await self._send(send, b"".join(pieces))

    def tick_wanted(self) -> bool:
        """Whether the queue moved since this reader was last told."""
        return self.place.ticks and self.lines[0].feed.moved > self._ticked
