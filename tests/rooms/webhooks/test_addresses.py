"""Where events may go: nowhere inside, not even by a name that changes its mind."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from servicehall.kernel import outside_addresses
from servicehall.rooms.webhooks import addresses, posting
from servicehall.rooms.webhooks.addresses import UnfitAddress
from tests.rooms.webhooks.receiving import Receiver

pytestmark = pytest.mark.one_database

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1", "192.0.2.1", "2001:db8::1",
    "192.0.0.192", "::ffff:192.0.0.192", "168.63.129.16", "64:ff9b::a83f:8110", "fec0::1", "feff::1", "::127.0.0.1", "64:ff9b:1::7f00:1",
]  # fmt: skip
OUTSIDE = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_public(address: str) -> None:
    assert not outside_addresses.is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(UnfitAddress):
        addresses.target_of(f"https://{host}/hook")


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_public(address: str) -> None:
    assert outside_addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "", "hook", "//example.com", "ftp://example.com/", "file:///etc/passwd", "https://", "https:///x", "http://example.com/",
        "https://user:pass@example.com/", "https://user@example.com/", "https://@example.com/", "https://example.com/#part", "https://example.com:99999/",
        "https://example.com:x/", "https://exa mple.com/", "https://example.com/\r\nX: 1", "https://example.com\\@127.0.0.1/",
        "https://localhost/", "https://printer.local/", "https://db.internal/", "https://bücher.example/", "https://[::1", "https://example.com/" + "x" * 1000,
    ],
)  # fmt: skip
def test_what_is_no_fitting_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(UnfitAddress):
        addresses.target_of(url)


def test_a_fitting_address_is_taken_in_parts() -> None:
    assert addresses.target_of("https://example.com:8443/a/b?c=d") == outside_addresses.Target(
        is_tls=True, host="example.com", port=8443, path="/a/b?c=d"
    )
    assert addresses.target_of("https://example.com").path == "/"


def test_every_address_of_a_name_has_to_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_name: Any, **_how: Any) -> list[Any]:
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.5", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    assert posting.post("https://rebinding.example/", b"{}", {}).problem == "forbidden"


def test_the_connection_goes_to_the_address_that_was_looked_at(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = socket.getaddrinfo, []

    def changes_its_mind(host: Any, *rest: Any, **how: Any) -> Any:
        asked.append(host)
        if host == "rebinding.example":
            return real("127.0.0.1" if asked.count(host) == 1 else "192.0.2.1", *rest, **how)
        return real(host, *rest, **how)

    monkeypatch.setattr(socket, "getaddrinfo", changes_its_mind)
    url = receiver.url.replace("127.0.0.1", "rebinding.example")
    assert posting.post(url, b"{}", {}).status == 401, "the receiver got it; it was not signed"
    assert asked.count("rebinding.example") == 1
    [got] = receiver.desk.received
    assert got.headers["host"].startswith("rebinding.example:")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.behave(redirect=receiver.url)
    receiver.desk.secrets = ["whsec_" + "A" * 32]
    from servicehall.kernel import clock, signed_messages

    headers = signed_messages.headers(receiver.desk.secrets, "msg_1", clock.now(), b"{}")
    answer = posting.post(receiver.url, b"{}", headers)
    assert (answer.status, answer.problem) == (307, "redirect")
    assert receiver.statuses() == [307]


def test_without_the_setting_the_same_receiver_is_forbidden(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    assert posting.post(receiver.url, b"{}", {}).problem == "forbidden"
    settings.WEBHOOK_NETWORKS = ["10.0.0.0/8"]
    assert posting.post(receiver.url, b"{}", {}).problem == "forbidden"
    assert receiver.desk.received == []


def test_plain_http_stays_inside(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    assert posting.post("http://93.184.216.34/", b"{}", {}).problem == "forbidden"


def test_who_does_not_answer_costs_no_more_than_the_patience(receiver: Receiver) -> None:
    receiver.behave(delay=1.0)
    assert posting.post(receiver.url, b"{}", {}, patience=0.2).problem == "timeout"
    receiver.behave(drip=0.03)
    answer = posting.post(receiver.url, b"{}", {}, patience=0.3)
    assert answer.problem == "timeout"
    assert answer.milliseconds < 1500


def test_nobody_there_is_said_so(receiver: Receiver) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        assert posting.post(f"http://127.0.0.1:{port}/", b"{}", {}).problem == "no-connection"


def test_tls_without_a_known_certificate_is_refused(receiver: Receiver) -> None:
    answer = posting.post(receiver.url.replace("http://", "https://"), b"{}", {})
    assert answer.problem == "tls"
