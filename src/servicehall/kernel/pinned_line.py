"""One request by HTTP to another system: to the address that was looked at, without following anybody elsewhere.

It says whether anything was sent: what was not can be sent again without harm.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from . import outside_addresses
from .outside_addresses import Forbidden, Target, Unresolved


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request. ``problem`` is empty when there is an answer, else a word of this list:

    no-address, forbidden, no-connection, tls, timeout, no-answer, too-long.
    """

    status: int
    problem: str
    milliseconds: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    was_sent: bool = False
    """Whether the other side may have got the request, or a part of it."""


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was chosen before."""

    def __init__(self, target: Target, address: str, *, patience: float, connecting: float) -> None:
        super().__init__(target.host, target.port, timeout=patience)
        self._address = address
        self._is_tls = target.is_tls
        self._connecting = connecting
        self._wire: socket.socket | None = None
        self.is_open = False

    def connect(self) -> None:
        self.sock = self._wire = socket.create_connection((self._address, self.port), self._connecting)
        self.sock.settimeout(self.timeout)
        if self._is_tls:
            # The handshake apart, so that it can be cut short too.
            secured = _tls().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._wire = secured
            secured.do_handshake()
        self.is_open = True

    def hang_up(self) -> None:
        """End it from another thread, whatever it waits for."""
        with contextlib.suppress(OSError):
            if self._wire is not None:
                self._wire.shutdown(socket.SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    found = ssl.create_default_context()
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    return found


def exchange(
    method: str,
    target: Target,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    networks: Sequence[str],
    patience: float,
    connecting: float,
    longest: int,
) -> Reply:
    """Send a request and wait for the answer.

    Args:
        networks: those that may be called although they are not public.
        patience: seconds from the first byte to the last: who answers drop by drop gets no more.
        connecting: seconds of it until there is a connection.
        longest: bytes of an answer that are read.
    """
    begun = time.monotonic()
    try:
        address = outside_addresses.resolve(target, networks)
    except Forbidden:
        return Reply(0, "forbidden", _since(begun))
    except Unresolved:
        return Reply(0, "no-address", _since(begun))
    line = _Pinned(target, str(address), patience=patience, connecting=min(patience, connecting))
    over = threading.Event()
    alarm = threading.Timer(patience, _hang_up, (line, over))
    alarm.daemon = True
    try:
        alarm.start()
        line.request(
            method, target.path, body, {"Host": target.authority, "User-Agent": "Servicehall", **headers}
        )
        got = line.getresponse()
        read = got.read(longest + 1)
        if over.is_set():
            # Cut off in the middle of an answer whose length was not said: half of it looks like all of it.
            return Reply(0, "timeout", _since(begun), was_sent=True)
        if got.length and len(read) <= longest:
            # It said that there would be more; half an answer can look like all of it, too.
            return Reply(0, "no-answer", _since(begun), was_sent=True)
        said = {name.lower(): value for name, value in got.getheaders()}
        problem = "too-long" if len(read) > longest else ""
        return Reply(got.status, problem, _since(begun), read[:longest], said, was_sent=True)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Reply(0, _named(error, is_over=over.is_set()), _since(begun), was_sent=line.is_open)
    finally:
        alarm.cancel()
        line.close()


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _named(error: Exception, *, is_over: bool) -> str:
    if is_over or (isinstance(error, TimeoutError) and not isinstance(error, ssl.SSLError)):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "no-connection" if isinstance(error, ConnectionRefusedError) else "no-answer"


def _hang_up(line: _Pinned, over: threading.Event) -> None:
    over.set()
    line.hang_up()
