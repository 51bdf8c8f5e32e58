"""E-mail over a server: ``smtp://user:password@host:587?from=hall@example.com`` (``smtps`` for TLS at once)."""

from __future__ import annotations

from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from .transports import Fate, Letter, NotSent, Unclear

PATIENCE = 10
"""Seconds for each of the server's answers."""


class Smtp:
    """A mail server. A letter keeps its ``Message-ID`` in all tries, so a reader's program shows it once."""

    name = "smtp"

    @property
    def per_second(self) -> float:
        return float(settings.SMTP_PER_SECOND)

    def send(self, letter: Letter) -> str:
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
            timeout=PATIENCE,
        )
        sender = options.get("from", f"servicehall@{where.hostname}")
        number = f"<{letter.id}@{sender.rpartition('@')[2].rstrip('>')}>"
        mail = EmailMessage(
            letter.title,
            letter.body,
            sender,
            [letter.address],
            connection=line,
            headers={"Message-ID": number, "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except (OSError, SMTPException) as problem:
            raise _not_sent(problem) from None
        return number

    def ask(self, letter: Letter) -> tuple[Fate, str] | None:  # noqa: ARG002 - the seam's form
        """A mail server keeps no list to ask for; its answers are never unclear here."""
        raise Unclear("cannot-be-asked")


def _not_sent(problem: Exception) -> NotSent:
    if isinstance(problem, SMTPRecipientsRefused):
        codes = [code for code, _said in problem.recipients.values()]
        return NotSent(f"smtp-{max(codes)}", again=max(codes) < 500)
    if isinstance(problem, SMTPAuthenticationError):
        # Somebody has to mend the password; what waits until then goes out afterwards.
        return NotSent("smtp-login", again=True, wait=60)
    if isinstance(problem, SMTPResponseException):
        return NotSent(f"smtp-{problem.smtp_code}", again=problem.smtp_code < 500)
    if isinstance(problem, SMTPNotSupportedError):
        return NotSent("smtp-not-supported", again=False)
    return NotSent("unreachable", again=True)
