"""No secret and nobody's data in any log line: the product's real log configuration at debug level, used hard."""

from __future__ import annotations

import io
import logging
import logging.config
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from servicehall.kernel import log_lines
from servicehall.kernel.log_lines import Lines, on_one_line, without_secrets
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people import actions as people
from tests.hall import Hall, make_hall
from tests.processes.running import COMMAND, environment
from tests.rooms.customers.counter import code_for, organisation
from tests.rooms.people.keys import add_app, code_of

PASSWORD = "a long enough password"
PHONE = "13912345678"
MAIL = "needle.wang@example.com"


class Log:
    """What the product's own handlers wrote."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def said(self) -> str:
        return self.stream.getvalue()

    def holds_none_of(self, needles: dict[str, str]) -> None:
        said = self.said()
        found = [name for name, needle in needles.items() if needle and needle in said]
        assert not found, said


@pytest.fixture
def log() -> Iterator[Log]:
    """The settings' own configuration, at debug level, into a text instead of standard error."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    own: dict[str, Any] = dict(settings.LOGGING)
    logging.config.dictConfig({**own, "root": {**own["root"], "level": "DEBUG"}})
    found = Log()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        assert isinstance(handler.formatter, Lines)
        handler.setStream(found.stream)
    try:
        yield found
    finally:
        root.handlers[:], root.level = before, level
        for name, was in levels.items():
            logging.getLogger(name).setLevel(was)


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


@pytest.mark.one_database
@pytest.mark.django_db
def test_nothing_that_is_typed_sent_or_made_here_is_in_the_log(hall: Hall, log: Log) -> None:
    browser = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
    staff = hall.people["agent"]
    secret = add_app(staff)
    wrong, code = "a wrong Passw0rd needle", ""
    browser.post("/sign-in", {"username": staff.username, "password": wrong})
    browser.post("/sign-in", {"username": staff.username, "password": PASSWORD})
    code = code_of(secret, steps=1)
    browser.post("/sign-in/second-factor", {"code": "000000"})
    browser.post("/sign-in/second-factor", {"code": code})
    assert browser.get("/account").status_code == 200

    phone = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
    form = {"address": PHONE, "organisation": str(organisation(hall))}
    phone.post("/me/code", form)
    one_time = code_for(hall)
    phone.post("/me/enter", form | {"code": "000001"})
    phone.post("/me/enter", form | {"code": one_time})
    assert PHONE.encode() in phone.get("/me").content

    token = people.create_token(role="desk", site_id=hall.id, name="desk", by=SYSTEM)[1]
    program, guess = Client(raise_request_exception=False), f"sh_{secrets.token_urlsafe(32)}"
    assert program.get("/api/v1/sites", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert program.get("/api/v1/sites", headers={"Authorization": f"Bearer {guess}"}).status_code == 401
    ticket = hall.issue()
    program.get(f"/t/{ticket.code}/nowhere")
    program.get("/", headers={"Host": "evil.example\r\n2026 INFO forged"})
    logging.getLogger("servicehall.test").debug("the test was here")

    assert "the test was here" in log.said()
    log.holds_none_of(
        {
            "password": PASSWORD,
            "wrong password": wrong,
            "seed": secret,
            "code": code,
            "one-time code": one_time,
            "phone": PHONE,
            "token": token,
            "guessed token": guess,
            "ticket": ticket.code,
            "session": browser.cookies[settings.SESSION_COOKIE_NAME].value,
            "customer's session": phone.cookies[settings.SESSION_COOKIE_NAME].value,
            "signing secret": settings.SECRET_KEY,
        }
    )


@pytest.mark.one_database
@pytest.mark.django_db
def test_a_fault_is_logged_with_its_trace_and_without_what_it_held(
    hall: Hall, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servicehall.rooms.hall import queries

    def broken(*_: Any, **__: Any) -> Any:
        password, cookie = "hunter2-needle", "sessionid=abcdef-needle"
        raise RuntimeError(
            f"cannot connect to postgresql://hall:{password}@db.example/hall for {MAIL} ({PHONE}), Cookie: {cookie}"
        )

    monkeypatch.setattr(queries, "open_sites", broken)
    monkeypatch.setattr(queries, "site", broken)
    browser = Client(raise_request_exception=False)
    assert browser.get("/s/mall").status_code == 500
    assert "RuntimeError" in log.said()
    assert "postgresql://hall:***@db.example/hall" in log.said()
    assert "broken" in log.said()
    log.holds_none_of({"a": "hunter2", "b": "needle.wang", "c": PHONE, "d": "abcdef-needle"})


@pytest.mark.one_database
@pytest.mark.django_db
def test_no_record_can_be_forged(log: Log) -> None:
    forged = "2026-01-01 00:00:00,000 CRITICAL servicehall all is lost"
    for text in (
        f"x\n{forged}",
        f"x\r\n{forged}",
        f"x\u2028{forged}",
        f"x\x1b[2K\r{forged}",
        f"x\x00\x9b{forged}",
    ):
        logging.getLogger("servicehall.test").warning("name=%s", text)
        logging.getLogger("servicehall.test").error("it.failed", exc_info=ValueError(text))
    Client(raise_request_exception=False).get("/nowhere%0a2026-01-01 00:00:00,000 CRITICAL forged")
    lines = log.said().splitlines()
    assert not [line for line in lines if line.startswith("2026-01-01")]
    assert not [letter for letter in log.said() if letter != "\n" and not letter.isprintable()]
    assert any(line.startswith("    | ") for line in lines)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("DATABASE_URL=postgresql://hall:pa:ss@word@db/x", "DATABASE_URL=postgresql://hall:***@db/x"),
        ("password=hunter22 next", "password=*** next"),
        (
            '{"password": "hunter 22", "user": "a"}',
            '{"password": ***, "user": "a"}',
        ),
        ("Authorization: Bearer abc.def-ghi", "Authorization: ***"),
        ("sent Bearer abcdefghi to us", "sent Bearer *** to us"),
        ("Cookie: a=b; servicehall_session=xyz", "Cookie: ***"),
        ("Set-Cookie: servicehall_session=xyz; Path=/", "Set-Cookie: ***"),
        ("servicehall_session=xyz123; b", "servicehall_session=***; b"),
        ("code=482913 given", "code=*** given"),
        ("child.died role=web code=-9", "child.died role=web code=-9"),
        ("status code 200", "status code 200"),
        ("phone 13912345678.", "phone ***."),
        ("+86 139 1234 5678", "***"),
        ("call +44 20 7946 0958 now", "call *** now"),
        ("id 11010519491231002X", "id ***"),
        ("mail to wang.li+x@example.com", "mail to ***@example.com"),
        ("DETAIL:  Failing row contains (1, 王芳)", "DETAIL: ***"),
        ("eyJhbGciOi.eyJzdWIi.c2ln", "***"),
        ("argon2$argon2id$v=19$m=1$abc", "***"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", "***"),
        ("GET /t/abcdefghijklmnopqrstuv HTTP/1.1", "GET /t/*** HTTP/1.1"),
        ("POST /r/abcdefghijklmnopqrstuv/pay HTTP/1.1", "POST /r/***/pay HTTP/1.1"),
        ("GET /api/v1/requests/abcdefghijklmnopqrst-_?at=a", "GET /api/v1/requests/***?at=a"),
        ("POST /api/v1/tickets/abcdefghijklmnopqrstuv/rate", "POST /api/v1/tickets/***/rate"),
        ("POST /b/abcdefghijklmnopqrst-_/cancel HTTP/1.1", "POST /b/***/cancel HTTP/1.1"),
        ("GET /w/abcdefghijklmnopqrst-_ HTTP/1.1", "GET /w/*** HTTP/1.1"),
        ("GET /api/v1/appointments/abcdefghijklmnopqrst-_?a=b", "GET /api/v1/appointments/***?a=b"),
        ("GET /calendar/abcdefghijklmnopqrstuvwxyz01234_.ics HTTP/1.1", "GET /calendar/***.ics HTTP/1.1"),
        ("GET /desk/mall/calendar/2026-03-04/print", "GET /desk/mall/calendar/2026-03-04/print"),
        (
            "GET /api/v1/tickets/01a2152a-2658-735a-8c43-2e8f20ebb97f",
            "GET /api/v1/tickets/01a2152a-2658-735a-8c43-2e8f20ebb97f",
        ),
        (
            "site 01a2152a-2658-735a-8c43-2e8f20ebb97f seq=812",
            "site 01a2152a-2658-735a-8c43-2e8f20ebb97f seq=812",
        ),
        ("evidence.size 123456789012", "evidence.size 123456789012"),
    ],
)
def test_what_is_a_secret_is_known_by_its_form(text: str, cleaned: str) -> None:
    assert without_secrets(text) == cleaned


@pytest.mark.one_database
def test_the_very_secrets_of_this_process_are_known_whatever_their_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://hall:correct%20horse@db/x")
    monkeypatch.setenv("SERVICEHALL_OIDC", '[{"id": "corp", "secret": "battery-staple"}]')
    monkeypatch.setenv("SERVICEHALL_ROOT_KEY", "1:" + "ab" * 32)
    monkeypatch.setattr(log_lines, "_known", set())
    monkeypatch.setattr(log_lines, "_exactly", None)
    log_lines.know_environment()
    assert without_secrets("got correct horse and battery-staple, " + "ab" * 32) == "got *** and ***, ***"


@pytest.mark.one_database
def test_controls_are_escaped_and_words_are_not() -> None:
    assert on_one_line("王芳 Ünï \t\x1b[31m\u202e") == "王芳 Ünï \\x09\\x1b[31m\\u202e"


@pytest.mark.one_database
@pytest.mark.processes
def test_programs_that_fail_tell_no_password(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    url = "postgresql://hall:needle-pass@127.0.0.1:1/none?connect_timeout=1"
    done = subprocess.run(
        [COMMAND, "prepare", "--data", str(data)],
        env=environment(data, DATABASE_URL=url, SERVICEHALL_LOG="debug"),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode
    assert "needle-pass" not in done.stdout + done.stderr
    uncaught = (
        "from servicehall.processes import logs; logs.configure()\n"
        "import os; raise SystemError('at ' + os.environ['DATABASE_URL'] + '\\n2026-01-01 INFO forged')"
    )
    done = subprocess.run(
        [sys.executable, "-c", uncaught],
        env=environment(data, DATABASE_URL=url), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "program.failed" in done.stderr
    assert "needle-pass" not in done.stderr
    assert "\n2026-01-01" not in done.stderr


@pytest.mark.one_database
def test_lines_have_the_time_in_utc() -> None:
    record = logging.LogRecord("servicehall", logging.INFO, "", 0, "it.happened", (), None)
    record.created, record.msecs = 1_772_503_200.007, 7.0
    assert Lines().format(record) == "2026-03-03T02:00:00.007Z INFO servicehall it.happened"
