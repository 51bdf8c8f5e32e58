"""What holds for every request: methods, headers, faults of ours, with and without Django's middleware."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from django.db import connections

from tests.channels.api.speaking import Place


def test_a_wrong_method_is_told_the_right_ones(mall: Place) -> None:
    refused = mall.api("desk", "zh")("DELETE", "/sites/mall/tickets")
    assert (refused.status, refused.kind) == (405, "method-not-allowed")
    assert refused.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert refused.json["title"] == "该地址不支持此请求方法"
    for method in ("PUT", "PATCH", "TRACE", "FOO"):
        assert mall.api("desk")(method, "/me").status == 405
    options = mall.api()("OPTIONS", "/sites/mall/board")
    assert (options.status, options.headers["Allow"], options.body) == (204, "GET, HEAD, OPTIONS", b"")


def test_head_is_get_without_the_body(mall: Place) -> None:
    whole, head = mall.api().get("/sites/mall/zones"), mall.api()("HEAD", "/sites/mall/zones")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/v2/sites", "/api/", "/sites/", "/sites/mall/"])
def test_addresses_that_do_not_exist(mall: Place, path: str) -> None:
    refused = mall.api("", "zh").get(path)
    assert (refused.status, refused.kind) == (404, "not-found")
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_every_answer_has_an_id_and_is_not_kept_by_caches(mall: Place) -> None:
    answer = mall.api().get("/sites")
    assert len(answer.headers["Request-Id"]) == 16
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert mall.api().get("/sites", Request_Id="abc-1").headers["Request-Id"] == "abc-1"
    assert mall.api().get("/sites", Request_Id="a b\u00e9").headers["Request-Id"] != "a b\u00e9"


def test_a_fault_of_ours_says_nothing_of_itself_and_is_logged(
    mall: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from servicehall.rooms.hall import queries

    def broken(*_args: Any, **_how: Any) -> Any:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(queries, "open_sites", broken)
    answer = mall.api("", "en").get("/sites", Request_Id="find-me")
    assert (answer.status, answer.kind, answer.json["request_id"]) == (500, "internal-error", "find-me")
    assert b"42" not in answer.body
    assert "find-me" in caplog.text
    assert "the secret is 42" in caplog.text


def test_a_database_that_is_away_is_worth_trying_again(mall: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from servicehall.rooms.hall import queries

    def away(*_args: Any, **_how: Any) -> Any:
        raise OperationalError("no connection")

    monkeypatch.setattr(queries, "open_sites", away)
    answer = mall.api().get("/sites")
    assert (answer.status, answer.kind, answer.headers["Retry-After"]) == (503, "unavailable", "2")


def _direct(path: str, **environ: Any) -> tuple[str, dict[str, str], bytes]:
    """A request to the web program's WSGI application, past Django's middleware."""
    from servicehall.wsgi import application

    answered: list[Any] = []
    given = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "x", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": io.BytesIO(b""), "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(), **environ,
    }  # fmt: skip
    body = b"".join(application(given, lambda status, headers: answered.extend([status, dict(headers)])))
    return answered[0], answered[1], body


@pytest.mark.filterwarnings("ignore:No directory at")
def test_the_answer_is_the_same_without_middleware(mall: Place) -> None:
    status, headers, body = _direct("/api/v1/sites/mall/zones")
    assert status == "200 OK"
    assert body == mall.api().get("/sites/mall/zones").body
    status, headers, body = _direct("/api/v1/sites/nowhere", HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert status.startswith("404")
    assert headers["Content-Language"] == "zh-Hans"
    assert body == mall.api("", "zh-CN").get("/sites/nowhere").body
    assert _direct("/api/nothing")[0].startswith("404")
    status, headers, _body = _direct("/api/v1/me", REQUEST_METHOD="POST", CONTENT_LENGTH="x")
    assert status.startswith("400")
    status, headers, _body = _direct("/api/v1/me", REQUEST_METHOD="POST", HTTP_TRANSFER_ENCODING="chunked")
    assert status.startswith("411")


@pytest.mark.filterwarnings("ignore:No directory at")
def test_the_language_of_one_request_is_not_that_of_the_next(mall: Place) -> None:
    from django.utils import translation

    before = translation.get_language()
    assert _direct("/api/v1/sites/nowhere", HTTP_ACCEPT_LANGUAGE="zh")[1]["Content-Language"] == "zh-Hans"
    assert translation.get_language() == before


class _Slow(io.RawIOBase):
    """A body that is still being sent."""

    def __init__(self, comes: threading.Event) -> None:
        self.asked, self.comes = threading.Event(), comes

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        self.asked.set()
        self.comes.wait(20)
        return b"{}"


@pytest.mark.filterwarnings("ignore:No directory at")
@pytest.mark.django_db(transaction=True)
def test_a_slow_sender_holds_up_nobody(mall: Place) -> None:
    comes = threading.Event()
    slow = _Slow(comes)
    sent = {"CONTENT_LENGTH": "2", "CONTENT_TYPE": "application/json", "wsgi.input": slow}
    answers: list[str] = []

    def send() -> None:
        answers.append(_direct("/api/v1/sites/mall/tickets", REQUEST_METHOD="POST", **sent)[0])
        connections.close_all()

    sender = threading.Thread(target=send)
    sender.start()
    assert slow.asked.wait(10)
    assert _direct("/api/v1/sites/mall/zones")[0].startswith("200")
    assert answers == []
    comes.set()
    sender.join(10)
    assert answers[0].startswith("401")


@pytest.mark.filterwarnings("ignore:No directory at")
def test_a_body_that_did_not_come_is_refused_in_the_api_and_on_pages(mall: Place) -> None:
    half = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "100", "CONTENT_TYPE": "application/json"}
    status, headers, _body = _direct(
        "/api/v1/sites/mall/tickets", **half, **{"wsgi.input": io.BytesIO(b"{}")}
    )
    assert (status.split()[0], headers["Content-Type"]) == ("400", "application/problem+json")
    status, headers, _body = _direct("/sign-in", **half, **{"wsgi.input": io.BytesIO(b"{}")})
    assert (status.split()[0], headers["Content-Type"]) == ("400", "text/html; charset=utf-8")
