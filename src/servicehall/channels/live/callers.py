"""Who calls the live program, and whether over TLS: itself seen, told by a trusted proxy, or by our own relay."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from django.core import signing

from servicehall.channels import addresses

RELAYED = "Servicehall-Relayed"
_SALT = "live.relay"
_SECONDS = 60


def relayed(address: str, *, encrypted: bool) -> str:
    """What the relay tells about the caller whom it passes on; signed, since anybody can write a header."""
    return signing.dumps([address, encrypted], salt=_SALT)


def caller(scope: MutableMapping[str, Any], headers: dict[bytes, bytes]) -> tuple[str, bool]:
    """(address, whether its request was encrypted) of a request."""
    if told := headers.get(RELAYED.lower().encode()):
        try:
            address, encrypted = signing.loads(told.decode("latin-1"), salt=_SALT, max_age=_SECONDS)
        except signing.BadSignature:
            pass
        else:
            return str(address), bool(encrypted)
    environ: dict[str, Any] = {
        "REMOTE_ADDR": str((scope.get("client") or ("",))[0]),
        "wsgi.url_scheme": str(scope.get("scheme", "http")),
        "HTTP_X_FORWARDED_FOR": headers.get(b"x-forwarded-for", b"").decode("latin-1"),
        "HTTP_X_FORWARDED_PROTO": headers.get(b"x-forwarded-proto", b"").decode("latin-1"),
    }
    addresses.settle(environ)
    return environ["REMOTE_ADDR"], environ["wsgi.url_scheme"] == "https"
