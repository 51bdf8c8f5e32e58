"""One site's recent log in memory, cut into topics that readers share.

A message is built once per topic, whoever reads it. A reader holds nothing but the number of
the last event it has: there is no queue per reader, so a slow one costs no memory. Everything
here runs on the event loop and never waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Reader(Protocol):
    """Whoever is told that a topic has grown."""

    def wake(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, ready to be shown: which topics it belongs to and what each of them says of it."""

    seq: int
    texts: dict[str, bytes]
    """Topic → the message without its ``id:`` line."""
    moves: bool
    """Whether the order or number of the waiting may have changed."""


class Topic:
    """What one kind of reader of a site sees: the last few messages, and who waits for more."""

    __slots__ = ("_joined", "floor", "log", "readers")

    def __init__(self, floor: int, kept: int) -> None:
        self.floor = floor
        """Every message of this topic numbered above ``floor`` is in ``log``."""
        self.log: deque[tuple[int, bytes]] = deque(maxlen=kept)
        self.readers: set[Reader] = set()
        self._joined: tuple[int, int, bytes] = (0, 0, b"")

    def add(self, seq: int, text: bytes) -> None:
        """Append a message; the oldest makes room."""
        if len(self.log) == self.log.maxlen:
            self.floor = self.log[0][0]
        self.log.append((seq, b"id: %d\n%b" % (seq, text)))

    def after(self, cursor: int) -> list[tuple[int, bytes]]:
        """The messages after ``cursor``, oldest first."""
        missed: list[tuple[int, bytes]] = []
        for message in reversed(self.log):
            if message[0] <= cursor:
                break
            missed.append(message)
        return missed[::-1]

    def since(self, cursor: int) -> bytes:
        """The messages after ``cursor``, as one piece that all readers at that place share."""
        missed = self.after(cursor)
        if len(missed) < 2:
            return missed[0][1] if missed else b""
        first, last = missed[0][0], missed[-1][0]
        if self._joined[:2] != (first, last):
            self._joined = (first, last, b"".join(text for _, text in missed))
        return self._joined[2]


class Feed:
    """A site's log as far as it is known here."""

    def __init__(self, site_id: UUID, *, kept: int) -> None:
        self.site_id = site_id
        self.head = 0
        self.moved = 0
        """The number of the last event that moved the queue."""
        self.holders = 0
        """How many asked the hub to keep it."""
        self._kept = kept
        self._floor = 0
        self._recent: deque[Entry] = deque(maxlen=kept)
        self._topics: dict[str, Topic] = {}

    def begin(self, floor: int, entries: Iterable[Entry]) -> None:
        """Start after ``floor`` with these entries, in order."""
        self.head = self._floor = floor
        self.accept(entries)

    def accept(self, entries: Iterable[Entry]) -> None:
        """Take in entries in order. Known ones are passed over: two readers of the log may overlap.

        Raises:
            RuntimeError: there is a gap, which the log's numbering rules out.
        """
        woken: set[Reader] = set()
        for entry in entries:
            if entry.seq <= self.head:
                continue
            if entry.seq != self.head + 1:
                raise RuntimeError(f"gap in the log of {self.site_id}: {self.head} then {entry.seq}")
            self.head = entry.seq
            if entry.moves:
                self.moved = entry.seq
            if len(self._recent) == self._kept:
                self._floor = self._recent[0].seq
            self._recent.append(entry)
            for key, text in entry.texts.items():
                if topic := self._topics.get(key):
                    topic.add(entry.seq, text)
                    woken |= topic.readers
        for reader in woken:
            reader.wake()

    def join(self, key: str, reader: Reader) -> Topic:
        """The topic, with ``reader`` among those it wakes."""
        topic = self._topics.get(key)
        if topic is None:
            topic = self._topics[key] = Topic(self._floor, self._kept)
            for entry in self._recent:
                if key in entry.texts:
                    topic.add(entry.seq, entry.texts[key])
        topic.readers.add(reader)
        return topic

    def leave(self, key: str, reader: Reader) -> None:
        """Wake ``reader`` no more; a topic without readers is forgotten."""
        topic = self._topics.get(key)
        if topic is None:
            return
        topic.readers.discard(reader)
        if not topic.readers:
            del self._topics[key]
