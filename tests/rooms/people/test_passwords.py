"""Rules for new passwords; the list of breached ones is asked without being told the password."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import translation

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as hall
from tests.hall import make_site, text

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]
KNOWN = "correct horse battery staple"
asked: list[tuple[str, str | None]] = []


class BreachList(BaseHTTPRequestHandler):
    """The range form of Have I Been Pwned: digests that begin so, with how often each was seen."""

    def do_GET(self) -> None:
        asked.append((self.path, self.headers.get("Add-Padding")))
        digest = hashlib.sha1(KNOWN.encode()).hexdigest().upper()
        lines = [f"{'0' * 35}:0", f"{digest[5:]}:{3 if self.path.endswith(digest[:5]) else 0}"]
        body = "\r\n".join(lines).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Quiet."""


@pytest.fixture
def breaches() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), BreachList)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    asked.clear()
    yield f"http://127.0.0.1:{server.server_port}/range"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "weak", ["elevenchars", "aaaaaaaaaaaaaa", "123123123123", "iloveyou1234"[:11], "1qaz2wsx3edc"]
)
def test_short_simple_and_common_passwords_are_refused(weak: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(weak)


@pytest.mark.parametrize(
    "good", ["rain on the roof", "rain-on-the-roof-77", "雨落在屋顶上我在窗边看书", "tulip9orbit2sand"]
)
def test_words_together_are_good(good: str) -> None:
    validate_password(good)


def test_a_breached_password_is_refused_and_does_not_leave_the_house(breaches: str) -> None:
    with override_settings(BREACH_URL=breaches), translation.override("en"):
        with pytest.raises(ValidationError, match="breach"):
            validate_password(KNOWN)
        validate_password("rain on the roof")
    digests = [hashlib.sha1(p.encode()).hexdigest().upper() for p in (KNOWN, "rain on the roof")]
    assert asked == [(f"/range/{digest[:5]}", "true") for digest in digests]


def test_without_the_setting_nobody_is_asked(breaches: str) -> None:
    validate_password(KNOWN)
    assert asked == []


def test_a_list_that_is_away_keeps_nobody_from_work() -> None:
    with override_settings(BREACH_URL="http://127.0.0.1:9/range"):
        validate_password(KNOWN)


@pytest.mark.parametrize(
    "weak",
    [
        "Servicehall-2026!",
        "s3rv1ceh@ll 123456",
        "harbour-plaza-88",
        "HarbourHarbour1",
        "港湾广场港湾广场2026ab",
        "plaza harbour plaza",
    ],
)
def test_words_of_the_house_do_not_make_a_password(weak: str) -> None:
    organisation = hall.add_organisation(slug="harbour", names=text("Harbour Plaza", "港湾广场"), by=SYSTEM)
    hall.add_region(organisation=organisation, slug="east", names=text("East", "东区"), by=SYSTEM)
    with translation.override("en"), pytest.raises(ValidationError, match="name of the house"):
        validate_password(weak)


def test_a_word_of_the_house_among_others_is_no_fault() -> None:
    hall.add_organisation(slug="harbour", names=text("Harbour Plaza", "港湾广场"), by=SYSTEM)
    for good in ("harbour tulip orbit sand", "rain on the plaza roof", "雨落在屋顶上我在港湾广场看书"):
        validate_password(good)


def test_a_sites_names_count_as_the_organisations_do() -> None:
    make_site("mall")
    with translation.override("en"), pytest.raises(ValidationError, match="name of the house"):
        validate_password("mall hall 123 group")
