"""What people type stays what it is: text on pages, values in statements, one header in one answer."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import outgoing
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as setup
from servicehall.rooms.people import actions as people
from servicehall.rooms.queueing.models import Ticket
from tests.hall import Hall, make_hall

MARKUP = "</script><img src=x onerror=alert(1)>\"'&{{7*7}}"
STATEMENT = "'; DROP TABLE queueing_ticket; --"


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


@pytest.mark.one_database
def test_texts_of_the_hall_are_text_on_every_page(hall: Hall) -> None:
    texts = {"en": MARKUP, "zh-Hans": MARKUP}
    hall.site.names = texts
    hall.zone.names = texts
    for row in (hall.site, hall.zone, *hall.services.values(), *hall.counters.values()):
        row.names = texts
        setup.save_setup(row, by=SYSTEM)
    hall.open()
    hall.issue()
    hall.next()
    waiting = hall.issue()
    staff = Client()
    staff.force_login(hall.people["manager"])
    pages = {
        "/": Client(), "/s/mall": Client(), "/s/mall/take/consult": Client(), f"/t/{waiting.code}": Client(),
        "/kiosk/mall-door": Client(), "/board/mall": Client(), "/board/mall/main": Client(),
        "/desk/mall/queue": staff, "/ops/mall": staff, "/ops/mall/tickets": staff, "/admin/hall/site/": staff,
    }  # fmt: skip
    seen = 0
    for path, client in pages.items():
        answer = client.get(path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert "<img src=x" not in text, path
        assert "49" not in text or "{{7*7}}" in text, path
        seen += "&lt;img src=x" in text or "\\u003Cimg src=x" in text
    assert seen >= 8


@pytest.mark.one_database
def test_texts_in_data_stay_data(hall: Hall) -> None:
    hall.site.names = {"en": MARKUP}
    setup.save_setup(hall.site, by=SYSTEM)
    answer = Client().get("/board/mall/state")
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content)


@pytest.mark.django_db
def test_statements_take_what_was_typed_as_a_value(hall: Hall) -> None:
    hall.issue()
    staff = Client(raise_request_exception=False)
    staff.force_login(hall.people["manager"])
    for path in (
        "/ops/mall/tickets?number={}", "/ops/mall/tickets?service={}", "/ops/mall?day={}", "/ops/evidence?number={}",
        "/s/{}", "/board/mall/{}", "/t/{}", "/api/v1/sites/{}/services", "/kiosk/{}",
    ):  # fmt: skip
        assert staff.get(path.format(STATEMENT)).status_code < 500, path
    found = staff.post("/desk/mall/customers", {"q": STATEMENT, "value": STATEMENT})
    assert found.status_code < 500
    assert Ticket.objects.count() == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "typed",
    [
        "/desk\r\nSet-Cookie: a=b",
        "//evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
    ],
)
def test_no_address_that_was_sent_leads_elsewhere_or_makes_a_header(hall: Hall, typed: str) -> None:
    client = Client()
    form = {"username": hall.people["agent"].username, "password": "a long enough password", "next": typed}
    for answer in (
        client.post("/sign-in", form),
        client.post("/i18n/setlang/", {"language": "en", "next": typed}),
    ):
        assert answer.status_code == 302
        assert "\r" not in answer["Location"]
        assert "\n" not in answer["Location"]
        assert not answer["Location"].lower().startswith(("//", "http", "javascript", "/\\"))
        assert "a" not in answer.cookies


# --- Requests of ours ---


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    """Leads on to a secret."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302 if self.path == "/public" else 200)
        self.send_header("Location", "/internal")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.one_database
def test_a_redirect_leads_us_nowhere(elsewhere: str) -> None:
    _Elsewhere.asked.clear()
    with pytest.raises(OSError, match="302"):
        outgoing.ask(urllib.request.Request(f"{elsewhere}/public"), timeout=5)
    assert _Elsewhere.asked == ["/public"]
    with outgoing.ask(urllib.request.Request(f"{elsewhere}/there"), timeout=5) as answer:
        assert answer.status == 200


@pytest.mark.one_database
@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x"])
def test_only_http_and_https_are_asked(address: str) -> None:
    with pytest.raises(OSError, match="unknown url type"):
        outgoing.ask(urllib.request.Request(address), timeout=1)


@pytest.mark.one_database
def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def shake_hands() -> None:
            line, _address = listening.accept()
            with contextlib.suppress(OSError), context.wrap_socket(line, server_side=True):
                pass
            line.close()

        thread = threading.Thread(target=shake_hands)
        thread.start()
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            outgoing.ask(
                urllib.request.Request(f"https://127.0.0.1:{listening.getsockname()[1]}/"), timeout=5
            )
        thread.join()


@pytest.mark.one_database
def test_of_parameters_sent_twice_the_last_counts_everywhere(hall: Hall) -> None:
    """Checked and used is the same one, so nothing passes behind a harmless first value."""
    agent, browser = hall.people["agent"], Client()
    form = f"username=nobody&password=wrong&username={agent.username}&password=a+long+enough+password"
    assert browser.post("/sign-in", form, content_type="application/x-www-form-urlencoded").status_code == 302
    assert browser.session["_auth_user_id"] == str(agent.pk)
    # What stands in the address does not count for a form.
    stranger = Client()
    address = f"/sign-in?username={agent.username}&password=a+long+enough+password"
    assert stranger.post(address, {"username": "nobody", "password": "wrong"}).status_code == 422
    token = people.create_token(role="desk", site_id=hall.id, name="", by=SYSTEM)[1]
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/v1/sites/mall/queue?limit=0&limit=1").status_code == 200
    assert program.get("/api/v1/sites/mall/queue?limit=1&limit=0").status_code == 422
    twice = '{"service": "nothing", "service": "consult"}'
    made = program.post("/api/v1/sites/mall/tickets", twice, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["service"]["slug"] == "consult"
