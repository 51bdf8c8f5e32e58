"""Hands one message over by HTTP: to the address that was looked at, without following anybody elsewhere."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from . import addresses
from .addresses import Target, UnfitAddress, Unresolved

PATIENCE = 15.0
"""Seconds from the first byte to the last: a receiver that answers drop by drop gets no more."""
CONNECTING = 5.0
LONGEST_ANSWER = 16 * 1024
GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try. ``problem`` is empty when it was taken, else a word of the program's own list:

    no-address, forbidden, no-connection, tls, timeout, no-answer, redirect, status.
    """

    status: int
    problem: str
    milliseconds: int
    wish: timedelta | None = None


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was chosen before."""

    def __init__(self, target: Target, address: str, patience: float) -> None:
        super().__init__(target.host, target.port, timeout=patience)
        self._address = address
        self._is_tls = target.is_tls
        self._wire: socket.socket | None = None

    def connect(self) -> None:
        self.sock = self._wire = socket.create_connection((self._address, self.port), CONNECTING)
        self.sock.settimeout(self.timeout)
        if self._is_tls:
            # The handshake apart, so that it can be cut short too.
            secured = _tls().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._wire = secured
            secured.do_handshake()

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


def post(url: str, body: bytes, headers: Mapping[str, str], *, patience: float = PATIENCE) -> Answer:
    """Send a message and wait for the answer, ``patience`` seconds at most."""
    begun = time.monotonic()

    def answer(status: int, problem: str, wish: timedelta | None = None) -> Answer:
        return Answer(status, problem, round((time.monotonic() - begun) * 1000), wish)

    try:
        target = addresses.target_of(url)
        address = addresses.resolve(target)
    except UnfitAddress:
        return answer(0, "forbidden")
    except Unresolved:
        return answer(0, "no-address")
    line = _Pinned(target, str(address), patience)
    over = threading.Event()
    alarm = threading.Timer(patience, _hang_up, (line, over))
    alarm.daemon = True
    try:
        alarm.start()
        sent = {
            "Host": target.authority,
            "Content-Type": "application/json",
            "User-Agent": "Servicehall",
            **headers,
        }
        line.request("POST", target.path, body, sent)
        got = line.getresponse()
        got.read(LONGEST_ANSWER)
        return answer(got.status, _judged(got.status), _wish(got.getheader("Retry-After", "")))
    except ssl.SSLError:
        return answer(0, "timeout" if over.is_set() else "tls")
    except TimeoutError:
        return answer(0, "timeout")
    except ConnectionRefusedError:
        return answer(0, "no-connection")
    except (OSError, http.client.HTTPException, ValueError):
        return answer(0, "timeout" if over.is_set() else "no-answer")
    finally:
        alarm.cancel()
        line.close()


def _hang_up(line: _Pinned, over: threading.Event) -> None:
    over.set()
    line.hang_up()


def _judged(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return "redirect" if 300 <= status < 400 else "status"


def _wish(given: str) -> timedelta | None:
    """Retry-After in seconds; a date is not asked for by anybody worth the trouble."""
    given = given.strip()
    return timedelta(seconds=int(given)) if given.isascii() and given.isdigit() and len(given) < 8 else None
