"""Ways out of the hall. Each has a name and one method; a provider's HTTP interface for text messages fits in.

Without a mail server everything stays in the mailbox: kept in the database, read by staff on a page of
operations, for trying things out and for halls without a provider.
"""

from __future__ import annotations

from smtplib import SMTPException
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

MAILBOX = "mailbox"


class NotSent(Exception):
    """The other side did not take it; nothing of the message is in the error's text."""


class Transport(Protocol):
    """A way out."""

    name: str

    def send(self, *, address: str, title: str, body: str) -> None:
        """Hand the message over.

        Raises:
            NotSent: it was not taken.
        """


class Smtp:
    """E-mail over a server: ``smtp://user:password@host:587?from=hall@example.com`` (``smtps`` for TLS at once)."""

    name = "smtp"

    def send(self, *, address: str, title: str, body: str) -> None:
        from django.core.mail import EmailMessage, get_connection

        where = urlsplit(settings.SMTP_URL)
        options = dict(parse_qsl(where.query))
        line = get_connection(
            settings.SMTP_BACKEND,
            host=where.hostname or "localhost",
            port=where.port or (465 if where.scheme == "smtps" else 25),
            username=unquote(where.username or "") or None,
            password=unquote(where.password or "") or None,
            use_ssl=where.scheme == "smtps",
            use_tls=where.scheme == "smtp"
            and options.get("starttls", "yes" if where.username else "no") == "yes",
            timeout=10,
        )
        sender = options.get("from", f"servicehall@{where.hostname}")
        try:
            EmailMessage(title, body, sender, [address], connection=line).send()
        except (OSError, SMTPException) as problem:
            raise NotSent(type(problem).__name__) from None


def way_for(kind: str) -> Transport | None:
    """The way out for an e-mail or a text message; None: it stays in the mailbox."""
    return Smtp() if kind == "email" and settings.SMTP_URL else None
