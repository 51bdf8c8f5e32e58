"""A pretended reader of identity cards, for trying the hall out without hardware and for its tests.

It speaks the commands of GA 467-2013 over a TCP socket, as a reader behind a serial server does, and is as strict:
a command with a wrong check byte, length or order is answered with that error, and a card is read once until it
is laid down again. It shares no code with the reader's driver, so that a mistake in one is not believed by the other.
"""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass
from functools import reduce
from operator import xor

_START = bytes.fromhex("AAAAAA9669")
_ANSWERS = {
    "wrong check": bytes.fromhex("000010"),
    "wrong length": bytes.fromhex("000011"),
    "unknown command": bytes.fromhex("000021"),
    "not found": bytes.fromhex("000080"),
    "not selected": bytes.fromhex("000081"),
    "not read": bytes.fromhex("000041"),
    "done": bytes.fromhex("000090"),
    "found": bytes.fromhex("00009F"),
}
_PHOTO = bytes(1024)
"""The place of the photo, which the hall leaves on the card."""


@dataclass(frozen=True, slots=True)
class PretendedCard:
    """What the chip says; ``until`` as it is written there (20301231, or 长期), ``mark`` is J for a permit."""

    name: str
    number: str
    until: str = "长期"
    mark: str = ""

    def record(self) -> bytes:
        """The text record: places of fixed width, filled with spaces."""
        widths = (
            (self.name, 15), ("1", 1), ("01", 2), (self.number[6:14], 8), ("", 35), (self.number, 18), ("", 15),
            ("20200101", 8), (self.until, 8), ("", 14), (self.mark, 1), ("", 3),
        )  # fmt: skip
        return "".join(f"{text:<{width}.{width}}" for text, width in widths).encode("utf-16-le")


class PretendedReader(socketserver.ThreadingTCPServer):
    """A reader with a card on it, or none."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, card: PretendedCard | None = None) -> None:
        super().__init__((host, port), _Line)
        self._lock = threading.Lock()
        self._card, self._fresh = card, True

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def lay(self, card: PretendedCard | None) -> None:
        """Lay a card down, or the same again; None lifts it."""
        with self._lock:
            self._card, self._fresh = card, True

    def taken(self) -> PretendedCard | None:
        """The card that lies there and was not read since it was laid down."""
        with self._lock:
            return self._card if self._fresh else None

    def was_read(self) -> None:
        """The card has to be laid down again."""
        with self._lock:
            self._fresh = False


class _Line(socketserver.StreamRequestHandler):
    """One connection: commands in, answers out, in the order find, select, read."""

    server: PretendedReader
    timeout = 10

    def handle(self) -> None:
        step = 0
        while head := self._exactly(len(_START) + 2):
            if not head.startswith(_START):
                return  # noise on the line: a reader stays silent
            length = int.from_bytes(head[-2:], "big")
            if length != 3:
                self._answer("wrong length")
                return
            body = self._exactly(length)
            if len(body) < length:
                return
            if reduce(xor, head[-2:] + body[:-1]) != body[-1]:
                self._answer("wrong check")
                continue
            step = self._obey(bytes(body[:2]), step)

    def _obey(self, command: bytes, step: int) -> int:
        card = self.server.taken()
        match command:
            case b"\x20\x01":
                self._answer(*(("found", bytes(4)) if card else ("not found",)))
                return 1 if card else 0
            case b"\x20\x02":
                self._answer(*(("done", bytes(8)) if card and step == 1 else ("not selected",)))
                return 2 if card and step == 1 else 0
            case b"\x30\x01":
                if card is None or step != 2:
                    self._answer("not read")
                    return 0
                text = card.record()
                lengths = len(text).to_bytes(2, "big") + len(_PHOTO).to_bytes(2, "big")
                self.server.was_read()  # before the answer: whoever has it may lay the next card down
                self._answer("done", lengths + text + _PHOTO)
                return 0
            case _:
                self._answer("unknown command")
                return step

    def _exactly(self, count: int) -> bytes:
        try:
            return self.rfile.read(count)
        except OSError:
            return b""

    def _answer(self, state: str, data: bytes = b"") -> None:
        content = _ANSWERS[state] + data
        body = (len(content) + 1).to_bytes(2, "big") + content
        self.wfile.write(_START + body + bytes((reduce(xor, body),)))
