"""Which addresses outside may be called. The hall must not be made to call its own machines, or its neighbours'.

A name is resolved once for each try, every address that it stands for has to be allowed, and the connection goes
to the very address that was looked at (pinned_line.py): a name that says something else a moment later gains
nothing. Networks that are meant (a system in the same building) are named by the caller, from a setting of its own;
only there may the connection go without TLS.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # RFC 6890; a cloud's own machines answer with keys at 192.0.0.192
            "168.63.129.16/32",  # public by its number, but a cloud's own machine wherever it is called from there
            "fec0::/10",  # site-local until RFC 3879
        ),
    )
)
"""What Python's tables take for everybody's (in some of its versions) and is not."""
_INSIDE = (".localhost", ".local", ".internal")
"""Names that never lead outside."""
LONGEST = 1000


class Forbidden(Exception):
    """Nothing is sent to such an address; ``reason`` is one of malformed, no-tls, forbidden."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unresolved(Exception):
    """The name stands for nothing at this moment."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in parts."""

    is_tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """For the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"


def target_of(url: str, networks: Sequence[str]) -> Target:
    """The parts of an address, when its form is one that may be called.

    Args:
        networks: those that may be called although they are not public, there also without TLS.

    Raises:
        Forbidden: it is not.
    """
    if (
        len(url) > LONGEST
        or not url.isascii()
        or any(ord(c) <= 32 or ord(c) == 127 or c == "\\" for c in url)
    ):
        raise Forbidden("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden("malformed") from None
    is_tls = parts.scheme == "https"
    if parts.scheme not in {"https", "http"} or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise Forbidden("malformed")
    if not is_tls and not networks:
        raise Forbidden("no-tls")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Target(is_tls, parts.hostname, (443 if is_tls else 80) if port is None else port, path)
    literal = _literal(found.host)
    if literal is not None:
        _demand_allowed(literal, networks, is_tls=is_tls)
    elif not networks and f".{found.host}".endswith(_INSIDE):
        raise Forbidden("forbidden")
    return found


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def resolve(target: Target, networks: Sequence[str]) -> Address:
    """The address to connect to, looked up now.

    Raises:
        Forbidden: one of the addresses of this name is not allowed.
        Unresolved: the name has none.
    """
    try:
        rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Unresolved from problem
    found = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    if not found:
        raise Unresolved
    for one in found:
        _demand_allowed(one, networks, is_tls=target.is_tls)
    return found[0]


def _demand_allowed(address: Address, networks: Sequence[str], *, is_tls: bool) -> None:
    if is_within(address, networks):
        return
    if not is_public(address):
        raise Forbidden("forbidden")
    if not is_tls:
        raise Forbidden("no-tls")


def is_within(address: Address, networks: Sequence[str]) -> bool:
    """Whether it is in one of the networks that are meant."""
    inner = _inner(address)
    return any((inner or address) in ipaddress.ip_network(network, strict=False) for network in networks)


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to in the end."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def is_public(address: Address) -> bool:
    """Whether anybody in the internet has this address: not ours, not a neighbour's, not a group's."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
