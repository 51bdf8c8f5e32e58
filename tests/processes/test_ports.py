"""Whether a port can be used, and what people are told when not."""

from __future__ import annotations

import socket

import pytest

from servicehall.processes import ports

pytestmark = pytest.mark.one_database


def test_a_free_port_is_claimed_silently(free_port: int) -> None:
    ports.claim("127.0.0.1", free_port, option="--port")


def test_a_port_that_is_shared_with_anybody_still_counts_as_in_use(free_port: int) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", free_port))
        other.listen()
        with pytest.raises(ports.PortUnavailable, match=f"--port {free_port + 10}"):
            ports.claim("127.0.0.1", free_port, option="--port", wait=0)


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("203.0.113.7", 8000, "Check --host"),  # RFC 5737: not this machine's
        ("no.such.host.invalid", 8000, "Check --host"),
        ("127.0.0.1", 70_000, "ports go from 1 to 65535"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(host: str, port: int, words: str) -> None:
    with pytest.raises(ports.PortUnavailable, match=words):
        ports.claim(host, port, option="--port", wait=0)
