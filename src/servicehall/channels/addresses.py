"""Where a request comes from, and whether it came over TLS: what a trusted proxy says, and nobody else.

Proxies tell both in headers that anybody can write. So these are read once, at the door of each program
(wsgi.py, channels/live), only from proxies that the settings name, and are then gone: nothing behind the
door can believe one by mistake.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

_SAYS = (
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"),
    *("HTTP_X_FORWARDED_SERVER", "HTTP_X_REAL_IP", "HTTP_FORWARDED"),
)


def settle(environ: MutableMapping[str, Any]) -> None:
    """Put the sender's own address and scheme into a WSGI environment, and drop what else was said about them."""
    said = {name: environ.pop(name) for name in _SAYS if name in environ}
    if said and is_trusted(peer := str(environ.get("REMOTE_ADDR", ""))):
        environ["REMOTE_ADDR"] = sender(peer, str(said.get("HTTP_X_FORWARDED_FOR", "")))
        if scheme := str(said.get("HTTP_X_FORWARDED_PROTO", "")).rsplit(",", 1)[-1].strip().lower():
            environ["wsgi.url_scheme"] = "https" if scheme == "https" else "http"


def sender(peer: str, forwarded_for: str) -> str:
    """Who sent what came from ``peer``: the last address in the list that no trusted proxy has.

    Each proxy appends the address that it was called from, so what stands before the first stranger,
    read from the end, may be invented.
    """
    found = peer
    for named in reversed(forwarded_for.split(",")):
        if not is_trusted(found) or _parsed(named.strip()) is None:
            break
        found = named.strip()
    return found


def is_trusted(address: str) -> bool:
    """Whether the settings name this address, or its network, as a proxy's (``SERVICEHALL_PROXY``)."""
    if not settings.TRUSTED_PROXIES:
        return False
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    # A server that listens on both families sees callers by IPv4 as ::ffff:192.0.2.1.
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def address_of(request: HttpRequest) -> str:
    """Where a request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))
