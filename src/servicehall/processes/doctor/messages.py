"""Checks of the ways to customers and staff: whether codes reach anybody, and who can read the provider's password."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from servicehall.environment import mail_server

from .findings import Finding, ok, problem, warning

HELP = "See “Messages to customers” in docs/operations.md."


def mail() -> Iterator[Finding]:
    """Whether e-mail goes out."""
    from django.conf import settings

    server = mail_server(settings.SMTP_URL)
    if not server.host:
        yield _nowhere("E-mail to customers and staff goes nowhere: SERVICEHALL_SMTP is not set")
        return
    yield ok(f"E-mail to customers and staff goes out by {server.host}")
    if not server.names_sender:
        yield warning(
            f"Letters come from {server.sender}, which servers may refuse: SERVICEHALL_SMTP names no sender",
            "Add ?from=hall@example.com with an address of your own to it.",
        )
    yield from _password_file("SERVICEHALL_SMTP_FILE")


def texts() -> Iterator[Finding]:
    """Whether text messages go out, and their receipts come back."""
    from django.conf import settings

    provider = settings.SMS_PROVIDER
    if not provider:
        yield _nowhere("Text messages to customers go nowhere: SERVICEHALL_SMS is not set")
        return
    wanted = ["KEY", "SECRET", "FROM", *(["TEMPLATE"] if provider == "aliyun" else [])]
    if missing := [name for name in wanted if not getattr(settings, f"SMS_{name}")]:
        names = ", ".join(f"SERVICEHALL_SMS_{name}" for name in missing)
        yield problem(f"Text messages by {provider} cannot go out: {names} not set", HELP)
        return
    yield ok(
        f"Text messages to customers go out by {provider}, at most {settings.SMS_A_DAY} a day of one organisation"
        f" and {settings.SMS_TO_ONE_A_DAY} to one number"
    )
    yield from _password_file("SERVICEHALL_SMS_SECRET_FILE")
    yield from _receipts(provider)


def _nowhere(what: str) -> Finding:
    from django.db import DatabaseError

    from servicehall.rooms.people import queries as people

    try:
        is_demo = people.is_demo()
    except DatabaseError:
        is_demo = False
    if is_demo:
        return ok(f"{what}; in this demo they are on the page /ops/mailbox")
    return warning(what, f"Customers cannot sign in with such an address until it is. {HELP}")


def _password_file(name: str) -> Iterator[Finding]:
    path = os.environ.get(name)
    if path and stat.S_IMODE(Path(path).stat().st_mode) & 0o077:
        yield warning(f"Others on this machine can read {path}", f"chmod 600 {path}")


def _receipts(provider: str) -> Iterator[Finding]:
    from django.conf import settings

    from servicehall.rooms.messages import queries

    if not settings.PUBLIC_URL:
        yield warning(
            "Nobody tells whether text messages arrived: SERVICEHALL_PUBLIC_URL is not set",
            "Set it to the address at which the provider reaches the hall.",
        )
    elif provider == "aliyun":
        address = (
            f"{settings.PUBLIC_URL.rstrip('/')}/messages/receipts/aliyun/{queries.aliyun_receipt_token()}"
        )
        yield ok(f"Receipts (HTTP batch push, keep it to yourself): {address}")
