"""E-mail over a server: ``smtp://user:password@host:587?from=hall@example.com`` (``smtps`` for TLS at once)."""

from __future__ import annotations

from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from django.conf import settings

from servicehall.environment import mail_server

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
        from django.core.mail import EmailMultiAlternatives, get_connection

        server = mail_server(settings.SMTP_URL)
        line = get_connection(
            settings.SMTP_BACKEND,
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_ssl=server.at_once,
            use_tls=server.starttls,
            timeout=PATIENCE,
        )
        number = f"<{letter.id}@{server.sender.rpartition('@')[2].rstrip('>')}>"
        mail = EmailMultiAlternatives(
            letter.title,
            letter.body,
            server.sender,
            [letter.address],
            connection=line,
            headers={"Message-ID": number, "Auto-Submitted": "auto-generated"},
        )
        if letter.calendar:
            # RFC 6047: the part's method is the calendar's own; with it a reader's program offers to take it in.
            method = _method_of(letter.calendar)
            mail.attach_alternative(letter.calendar, f"text/calendar; method={method}")
            mail.attach("invite.ics", letter.calendar.encode(), "application/ics")
        try:
            mail.send()
        except (OSError, SMTPException) as problem:
            raise _not_sent(problem) from None
        return number

    def ask(self, letter: Letter) -> tuple[Fate, str] | None:  # noqa: ARG002 - the seam's form
        """A mail server keeps no list to ask for; its answers are never unclear here."""
        raise Unclear("cannot-be-asked")


def _method_of(calendar: str) -> str:
    """What the calendar asks its reader to do."""
    for line in calendar.splitlines():
        if line.startswith("METHOD:") and line[7:].strip().isalpha():
            return line[7:].strip()
    return "PUBLISH"


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
