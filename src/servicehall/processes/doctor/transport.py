"""Checks of the ways to the hall and from it: encrypted wherever they leave this machine, and by whose word."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from servicehall.environment import MailServer
from servicehall.processes import tls

from .findings import Finding, ok, problem, warning

RENEW_BEFORE = timedelta(days=14)


def transport(host: str, *, https: bool, proxies: int) -> Iterator[Finding]:
    """``host``: where the hall listens; ``proxies``: how many addresses of proxies are trusted."""
    try:
        certificate = tls.found()
    except tls.UnusableCertificate as error:
        yield problem(str(error).splitlines()[0], "Nothing is served until then.")
        return
    if certificate is not None:
        yield from _certificate(certificate)
    elif https and not proxies:
        yield warning(
            "SERVICEHALL_HTTPS is on, but no proxy is trusted: every request seems to come without TLS",
            "Name the proxy's address: SERVICEHALL_PROXY=192.0.2.10",
        )
    elif https:
        yield ok("TLS ends at a trusted proxy")
    elif not _stays_here(host):
        yield warning(
            f"Pages are served to the network ({host}) without TLS: passwords can be read on the way",
            "Serve TLS (--tls-cert, --tls-key) or put a proxy in front, see docs/deployment.md.",
        )
    else:
        yield ok("Pages are served to this machine only, without TLS")


def database_line(database: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether what goes to a database elsewhere is encrypted; ``database`` is Django's setting."""
    host = str(database.get("HOST", ""))
    if "postgresql" not in str(database["ENGINE"]) or not host or host.startswith("/") or _stays_here(host):
        return
    mode = str(database.get("OPTIONS", {}).get("sslmode") or os.environ.get("PGSSLMODE", "prefer"))
    if mode in {"require", "verify-ca", "verify-full"}:
        yield ok(f"The line to the database ({host}) is encrypted (sslmode={mode})")
    else:
        yield warning(
            f"The line to the database ({host}) may go without TLS (sslmode={mode})",
            "Add ?sslmode=verify-full to DATABASE_URL, or at least sslmode=require.",
        )


def mail_line(server: MailServer) -> Iterator[Finding]:
    """Whether letters go to the mail server encrypted."""
    if not server.host or _stays_here(server.host):
        return
    if server.by_tls:
        yield ok(f"Letters go to {server.host} by TLS")
    else:
        yield warning(
            f"Letters go to {server.host} without TLS: codes and names can be read on the way",
            "Write smtps:// or add starttls=yes to SERVICEHALL_SMTP.",
        )


def contact(addresses: list[str]) -> Iterator[Finding]:
    """Whether people who find a weakness learn whom to tell."""
    if addresses:
        yield ok(f"Weaknesses are told to {', '.join(addresses)} (/.well-known/security.txt)")
    else:
        yield ok("Nobody is named for reports of weaknesses (SERVICEHALL_SECURITY_CONTACT)")


def _certificate(certificate: tls.Certificate) -> Iterator[Finding]:
    day = f"{certificate.ends:%Y-%m-%d}"
    if certificate.ends - datetime.now(UTC) < RENEW_BEFORE:
        yield warning(
            f"The certificate ends on {day}", "Renew it, then restart the hall, which reads it at the start."
        )
    else:
        yield ok(f"TLS 1.3 with a certificate until {day}")


def _stays_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
