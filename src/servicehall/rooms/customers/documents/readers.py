"""Readers of identity cards: the port, and the reader with a security module as GA 467-2013 describes its commands.

Such readers have a serial line; a serial server (ser2net, or a converter with a network socket) brings it to the
hall's machine. `servicehall idreader` pretends to be one, for trying things out without hardware.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused

from .cards import Card, CardProblem, read

HEAD = b"\xaa\xaa\xaa\x96\x69"
FIND, SELECT, READ = b"\x20\x01", b"\x20\x02", b"\x30\x01"
FOUND, DONE = b"\x00\x00\x9f", b"\x00\x00\x90"
NO_CARD = b"\x00\x00\x80"
LONGEST = 4096
"""Bytes of an answer that are read at most; a record with photo and fingerprints has less."""
PATIENCE = 3.0
"""Seconds that a reader may take for the next part of an answer."""


class ReaderAway(Refused):
    """The reader does not answer, or says what no reader says."""

    kind = "reader-away"
    status = 503
    title = _("The card reader does not answer")
    advice = _("Look at its cable and light. Meanwhile compare the document yourself.")


class NoCard(Refused):
    """No card lies on the reader."""

    kind = "no-card"
    title = _("There is no card on the reader")
    advice = _("Lay the card on the reader, lift it and lay it down again if it was read before.")


class CardUnreadable(Refused):
    """The chip's record cannot be used; ``reason`` says which part."""

    kind = "card-unreadable"
    title = _("This card cannot be read")
    advice = _("Compare the document yourself, and note which one it is.")


class CardReader(Protocol):
    """A reader of identity cards."""

    def read(self) -> Card:
        """The card that lies there.

        Raises:
            NoCard: none does.
            CardUnreadable: it cannot be used.
            ReaderAway: the reader does not answer.
        """


class ModuleReader:
    """A reader with a security module, reached over a TCP socket."""

    def __init__(self, host: str, port: int, *, patience: float = PATIENCE) -> None:
        self._where, self._patience = (host, port), patience

    def read(self) -> Card:
        with self._line() as line:
            if self._ask(line, FIND)[0] != FOUND:
                raise NoCard
            if self._ask(line, SELECT)[0] != DONE:
                raise NoCard
            state, data = self._ask(line, READ)
        if state != DONE:
            raise CardUnreadable(reason="chip")
        length = int.from_bytes(data[:2], "big")
        try:
            return read(data[4 : 4 + length])
        except CardProblem as problem:
            raise CardUnreadable(reason=problem.reason) from None

    @contextlib.contextmanager
    def _line(self) -> Iterator[socket.socket]:
        try:
            with socket.create_connection(self._where, timeout=self._patience) as line:
                yield line
        except OSError as problem:
            raise ReaderAway from problem

    def _ask(self, line: socket.socket, command: bytes) -> tuple[bytes, bytes]:
        """One command; the three bytes of state and the data of its answer."""
        line.sendall(framed(command))
        head = _exactly(line, len(HEAD) + 2)
        length = int.from_bytes(head[-2:], "big")
        if not head.startswith(HEAD) or not 4 <= length <= LONGEST:
            raise ReaderAway
        body = _exactly(line, length)
        if check(head[-2:] + body[:-1]) != body[-1]:
            raise ReaderAway
        return body[:3], body[3:-1]


def _exactly(line: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = line.recv(count - len(found))
        if not part:
            raise ReaderAway
        found += part
    return found


def check(content: bytes) -> int:
    """The check byte: all bytes from the length on, exclusive or."""
    found = 0
    for byte in content:
        found ^= byte
    return found


def framed(content: bytes) -> bytes:
    """A command or an answer as it goes over the line."""
    body = (len(content) + 1).to_bytes(2, "big") + content
    return HEAD + body + bytes((check(body),))


def readers_at(site: str) -> dict[str, CardReader]:
    """The readers of a site by their names, from the setting ``SERVICEHALL_ID_READERS``."""
    found: dict[str, CardReader] = {}
    for where, name, address in settings.ID_READERS:
        parts = urlsplit(address)
        if where == site and parts.hostname and parts.port:
            found[name] = ModuleReader(parts.hostname, parts.port)
    return found
