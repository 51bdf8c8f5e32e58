"""Whose word counts about where a request comes from: a named proxy's, and nobody else's."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory

from servicehall.channels.addresses import address_of, settle
from servicehall.channels.live.callers import RELAYED, caller, relayed

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def trusted(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/24"), ip_network("::1")]


def settled(peer: str, **said: str) -> tuple[str, str]:
    """(address, scheme) that the program believes."""
    environ: dict[str, Any] = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in said.items()}
    settle(environ)
    assert not [name for name in environ if "FORWARDED" in name or "REAL_IP" in name]
    return environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "believed"),
    [
        ("10.0.0.2", "192.0.2.7", "192.0.2.7"),
        ("::ffff:10.0.0.2", "192.0.2.7", "192.0.2.7"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.2", "203.0.113.9, 192.0.2.7", "192.0.2.7"),  # the first was written by the customer
        ("10.0.0.2", "192.0.2.7, 10.0.0.3", "192.0.2.7"),  # two proxies of ours
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("10.0.0.2", "192.0.2.7, <script>", "10.0.0.2"),
        ("198.51.100.4", "192.0.2.7", "198.51.100.4"),  # a stranger
        ("", "192.0.2.7", ""),
    ],
)
def test_the_last_address_that_is_no_proxys_counts(peer: str, forwarded_for: str, believed: str) -> None:
    assert settled(peer, x_forwarded_for=forwarded_for)[0] == believed


def test_the_scheme_is_a_proxys_word_too() -> None:
    assert settled("10.0.0.2", x_forwarded_proto="https")[1] == "https"
    assert settled("10.0.0.2", x_forwarded_proto="https, http")[1] == "http"
    assert settled("198.51.100.4", x_forwarded_proto="https")[1] == "http"


def test_other_ways_to_say_it_are_dropped_from_everybody() -> None:
    said = {"forwarded": "for=192.0.2.7", "x_real_ip": "192.0.2.7", "x_forwarded_host": "evil.example"}
    assert settled("10.0.0.2", **said) == ("10.0.0.2", "http")


def test_without_a_named_proxy_nobody_is_believed(settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    assert settled("127.0.0.1", x_forwarded_for="192.0.2.7", x_forwarded_proto="https") == (
        "127.0.0.1",
        "http",
    )


def test_pages_see_no_header_that_was_not_settled() -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "192.0.2.7"}, REMOTE_ADDR="198.51.100.4")
    assert address_of(request) == "198.51.100.4"


def asked(peer: str, **headers: str) -> tuple[str, bool]:
    """The same at the live program."""
    scope = {"client": (peer, 4711), "scheme": "http"}
    return caller(scope, {name.replace("_", "-").encode(): v.encode() for name, v in headers.items()})


def test_the_live_program_believes_the_same() -> None:
    assert asked("10.0.0.2", x_forwarded_for="192.0.2.7", x_forwarded_proto="https") == ("192.0.2.7", True)
    assert asked("198.51.100.4", x_forwarded_for="192.0.2.7", x_forwarded_proto="https") == (
        "198.51.100.4",
        False,
    )


def test_what_the_relay_tells_is_signed() -> None:
    name = RELAYED.lower().replace("-", "_")
    told = relayed("192.0.2.7", encrypted=True)
    assert asked("127.0.0.1", **{name: told}) == ("192.0.2.7", True)
    assert asked("127.0.0.1", **{name: told[:-1] + ("A" if told[-1] != "A" else "B")}) == ("127.0.0.1", False)
