"""Bodies are received before a request gets a turn, few at once from one address."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest

from servicehall.channels.arriving import WHOLE, Arrivals
from servicehall.channels.refusals import NOT_RECEIVED, Malformed
from servicehall.kernel.errors import Busy

pytestmark = pytest.mark.one_database


class Trickle:
    """A body whose sender takes its time."""

    def __init__(self) -> None:
        self.asked, self.sent = threading.Event(), threading.Event()

    def read(self, _size: int) -> bytes:
        self.asked.set()
        assert self.sent.wait(10)
        return b"x"


def _request(address: str = "10.0.0.1", size: int = 1, body: Any = None, **more: Any) -> dict[str, Any]:
    given = io.BytesIO(b"x" * size) if body is None else body
    return {"CONTENT_LENGTH": str(size), "REMOTE_ADDR": address, "wsgi.input": given, **more}


def _received(arrivals: Arrivals, environ: dict[str, Any]) -> Any:
    with arrivals.received(environ):
        return environ.get(NOT_RECEIVED)


def _trickling(arrivals: Arrivals, address: str) -> tuple[Trickle, threading.Thread]:
    body = Trickle()
    sender = threading.Thread(target=_received, args=(arrivals, _request(address, body=body)))
    sender.start()
    assert body.asked.wait(10)
    return body, sender


def test_who_sends_slowly_holds_up_neither_others_nor_more_than_a_few_places() -> None:
    arrivals = Arrivals(most=3, most_of_one=2, patience=0)
    slow = [_trickling(arrivals, "10.0.0.1") for _ in range(2)]
    assert isinstance(_received(arrivals, _request("10.0.0.1")), Busy)
    assert _received(arrivals, _request("10.0.0.2")) is None
    assert _received(arrivals, _request("10.0.0.1", size=0)) is None
    slow.append(_trickling(arrivals, "10.0.0.3"))
    assert isinstance(_received(arrivals, _request("10.0.0.2")), Busy)
    for body, sender in slow:
        body.sent.set()
        sender.join()
    assert _received(arrivals, _request("10.0.0.1")) is None


def test_who_comes_on_top_waits_for_a_place() -> None:
    arrivals = Arrivals(most_of_one=1)
    body, sender = _trickling(arrivals, "10.0.0.1")
    threading.Timer(0.1, body.sent.set).start()
    assert _received(arrivals, _request("10.0.0.1")) is None
    sender.join()


def test_a_body_is_read_whole_and_half_of_one_is_refused() -> None:
    arrivals = Arrivals()
    whole = _request(size=5)
    assert _received(arrivals, whole) is None
    assert whole["wsgi.input"].read() == b"xxxxx"
    assert isinstance(_received(arrivals, _request(size=5, body=io.BytesIO(b"xx"))), Malformed)


def test_a_file_streams_and_keeps_its_place_to_the_end() -> None:
    arrivals = Arrivals(most_of_one=1, patience=0)
    file = _request(size=WHOLE + 1)
    with arrivals.received(file):
        assert len(file["wsgi.input"].read()) == WHOLE + 1
        assert isinstance(_received(arrivals, _request()), Busy)
    assert _received(arrivals, _request()) is None
