"""The hub: one follower of the log, the feeds that it fills, and the work in the background.

It runs in the live program's event loop. The database is read in threads: one waits for the
log to grow, a few others answer questions (see ``places.py``).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError, close_old_connections, connections

from servicehall.channels.live.feed import Entry, Feed
from servicehall.channels.live.limits import Limits
from servicehall.channels.live.messages import entry_of
from servicehall.kernel import events, wake

log = logging.getLogger("servicehall.live")
T = TypeVar("T")
LOOK_ANYWAY = 1.0
"""Seconds after which the log is read even if nobody said that it grew."""
SETTLE = 0.005
"""Seconds in which further commits join a batch, so that a burst wakes readers once."""


class Hub:
    """Fills feeds from the log for as long as somebody reads them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._feeds: dict[UUID, Feed] = {}
        self._opening: dict[UUID, asyncio.Task[Feed]] = {}
        self._pages: dict[tuple[UUID, int], asyncio.Task[list[Entry]]] = {}
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live-ask")
        self._stopping = threading.Event()
        self._tail: threading.Thread | None = None

    def start(self) -> None:
        """Begin to follow the log; call it in the running loop."""
        loop = asyncio.get_running_loop()
        self._tail = threading.Thread(target=self._follow, args=(loop,), daemon=True, name="live-tail")
        self._tail.start()

    async def stop(self) -> None:
        """Let go of threads and connections."""
        self._stopping.set()
        if self._tail is not None:
            await asyncio.to_thread(self._tail.join, 3.0)
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def sites(self) -> int:
        """How many sites are being read."""
        return len(self._feeds)

    async def ask(self, question: Callable[[], T]) -> T:
        """Run a read of the database in a thread of the pool."""

        def run() -> T:
            close_old_connections()
            return question()

        return await asyncio.get_running_loop().run_in_executor(self._pool, run)

    async def feed(self, site_id: UUID) -> Feed:
        """The site's feed, opened for the first who asks and kept until :meth:`release`."""
        while (feed := self._feeds.get(site_id)) is None:
            task = self._opening.get(site_id)
            if task is None:
                task = self._opening[site_id] = asyncio.create_task(self._open(site_id))
                task.add_done_callback(lambda _: self._opening.pop(site_id, None))
            await asyncio.shield(task)
        feed.holders += 1
        return feed

    async def _open(self, site_id: UUID) -> Feed:
        kept = self.limits.kept

        def recent() -> tuple[int, list[Entry]]:
            last = events.last_seq(site_id)
            found = [entry_of(event) for event in events.after(site_id, max(last - kept, 0), kept)]
            return (found[0].seq - 1 if found else last), found

        feed = Feed(site_id, kept=kept)
        feed.begin(*await self.ask(recent))
        self._feeds[site_id] = feed
        # What was committed between that read and the follower's next look must not wait for a
        # later commit to be seen, so read once more now that the follower knows the feed.
        await self.refresh(feed)
        return feed

    def release(self, feed: Feed) -> None:
        """Let go of a feed; the site is read no more when nobody holds it."""
        feed.holders -= 1
        if feed.holders == 0 and self._feeds.get(feed.site_id) is feed:
            del self._feeds[feed.site_id]

    async def refresh(self, feed: Feed) -> None:
        """Bring the feed up to what is committed now."""
        while True:
            entries = await self.page(feed.site_id, feed.head)
            feed.accept(entries)
            if len(entries) < self.limits.page:
                return

    async def page(self, site_id: UUID, after: int) -> list[Entry]:
        """Up to a page of entries from the database; readers at the same place share the query."""
        key = (site_id, after)
        task = self._pages.get(key)
        if task is None:
            task = self._pages[key] = asyncio.create_task(
                self.ask(lambda: [entry_of(e) for e in events.after(site_id, after, self.limits.page)])
            )
            task.add_done_callback(lambda _: self._pages.pop(key, None))
        return await asyncio.shield(task)

    # --- The follower: a thread that waits for commits ---

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        waiter = wake.Waiter()
        try:
            while not self._stopping.is_set():
                try:
                    close_old_connections()
                    if waiter.wait(LOOK_ANYWAY):
                        self._stopping.wait(SETTLE)
                    self._read_what_grew(loop)
                except DatabaseError as error:
                    log.warning("the log cannot be read, trying again: %s", error)
                    self._stopping.wait(0.5)
                except Exception:
                    log.exception("the follower of the log stumbled")
                    self._stopping.wait(0.5)
        finally:
            waiter.close()
            connections.close_all()

    def _read_what_grew(self, loop: asyncio.AbstractEventLoop) -> None:
        feeds = dict(self._feeds)
        if not feeds:
            return
        heads = events.heads() if len(feeds) > 1 else {}
        for site_id, feed in feeds.items():
            after = feed.head
            if heads and heads.get(site_id, 0) <= after:
                continue
            while found := events.after(site_id, after, self.limits.page):
                after = found[-1].seq
                self._hand_over(loop, feed, [entry_of(event) for event in found])
                if len(found) < self.limits.page:
                    break

    def _hand_over(self, loop: asyncio.AbstractEventLoop, feed: Feed, entries: list[Entry]) -> None:
        try:
            loop.call_soon_threadsafe(feed.accept, entries)
        except RuntimeError:  # the loop is closed: the program ends
            self._stopping.set()
