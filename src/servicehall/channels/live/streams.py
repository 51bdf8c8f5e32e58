"""All open streams: their heartbeats and ticks, each at its own moment, and the right to stay.

One wheel turns for all of them. A stream sits at a random place on it, so a thousand phones
are told within two seconds that the queue moved, never all at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict
from typing import Any

from django.db import DatabaseError

from servicehall.channels.live.credentials import Credentials
from servicehall.channels.live.hub import Hub
from servicehall.channels.live.places import still_allowed
from servicehall.channels.live.stream import Stream
from servicehall.kernel.errors import NotSignedIn

log = logging.getLogger("servicehall.live")
STEP = 0.1
"""Seconds between two places of the wheel."""


class Streams:
    """The streams that are open in this process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._between_ticks = max(1, round(hub.limits.tick / STEP))
        turns = max(1, round(hub.limits.beat / hub.limits.tick))
        # A whole number of ticks fits into a turn, so that the places of a tick stay the same.
        self._wheel: list[set[Stream]] = [set() for _ in range(self._between_ticks * turns)]
        self._places: dict[Stream, tuple[int, asyncio.Task[Any] | None]] = {}
        self._jobs: list[asyncio.Task[None]] = []
        self.closing = False

    def __len__(self) -> int:
        return len(self._places)

    def start(self) -> None:
        """Begin to turn the wheel and to look at rights."""
        self._jobs = [asyncio.create_task(self._turn()), asyncio.create_task(self._recheck())]

    def add(self, stream: Stream) -> None:
        """Look after a stream that the current task sends."""
        place = random.randrange(len(self._wheel))  # noqa: S311 - spreads load, keeps no secret
        self._wheel[place].add(stream)
        self._places[stream] = (place, asyncio.current_task())

    def remove(self, stream: Stream) -> None:
        """Forget a stream."""
        if found := self._places.pop(stream, None):
            self._wheel[found[0]].discard(stream)

    def close(self) -> None:
        """End all streams; their readers connect again by themselves."""
        self.closing = True
        for stream in list(self._places):
            stream.end()

    async def stop(self, grace: float) -> None:
        """End all streams, break off those that take nothing, and stop the wheel."""
        self.close()
        if tasks := [task for _, task in self._places.values() if task is not None]:
            _, stuck = await asyncio.wait(tasks, timeout=grace)
            for task in stuck:
                task.cancel()
        for job in self._jobs:
            job.cancel()

    async def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        at, due = 0, loop.time()
        while True:
            for stream in self._wheel[at]:
                stream.beat_due = True
                stream.wake()
            for place in range(at % self._between_ticks, len(self._wheel), self._between_ticks):
                for stream in self._wheel[place]:
                    if stream.tick_wanted():
                        stream.tick_due = True
                        stream.wake()
            at = (at + 1) % len(self._wheel)
            # Late on a busy machine: the wheel goes on slower and never makes up for it in a burst.
            due = max(due + STEP, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(self._hub.limits.recheck)
            self._give_up_stuck()
            try:
                await self._end_those_without_right()
            except DatabaseError as error:
                # Nobody is sent away because the database is; reads of it are refused anyway.
                log.warning("rights cannot be checked, trying again: %s", error)

    def _give_up_stuck(self) -> None:
        now = asyncio.get_running_loop().time()
        for stream, (_, task) in list(self._places.items()):
            since = stream.sending_since
            if task is not None and since is not None and now - since > self._hub.limits.stuck:
                task.cancel()

    async def _end_those_without_right(self) -> None:
        by_reader: dict[Credentials, list[Stream]] = defaultdict(list)
        for stream in self._places:
            if stream.place.right:
                by_reader[stream.who].append(stream)
        for who, streams in by_reader.items():

            def lost(who: Credentials = who, streams: list[Stream] = streams) -> list[Stream]:
                try:
                    actor = who.actor()
                except NotSignedIn:
                    return streams
                allowed = {place: still_allowed(place, actor) for place in {s.place for s in streams}}
                return [stream for stream in streams if not allowed[stream.place]]

            for stream in await self._hub.ask(lost):
                stream.end()
