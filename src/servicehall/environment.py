"""How settings are read from the environment: flags, lists, secrets, the database."""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def flag(name: str, *, default: bool = False) -> bool:
    """Whether it is switched on."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def texts(prefix: str, *names: str) -> list[str]:
    """Settings that are named alike, such as SERVICEHALL_SMS_FROM, as they are said; empty where they are not."""
    return [os.environ.get(f"{prefix}_{name}", "") for name in names]


def items(name: str) -> list[str]:
    """What is separated by commas."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def origins(name: str) -> list[str]:
    """Origins of pages; ``null`` are pages that are opened as files, ``*`` everybody.

    Raises:
        ValueError: something else stands there.
    """
    found = items(name)
    for one in found:
        if one not in {"*", "null"} and not re.fullmatch(r"https?://[^/\s?#@]+", one):
            raise ValueError(f"{name}: {one!r} is no origin; write https://shop.example, null or *")
    return found


def number(name: str, default: int) -> int:
    """A whole number from one on.

    Raises:
        ValueError: it is none.
    """
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise ValueError(f"{name}: write a whole number from 1 on, not {value!r}")
    return int(value)


def pairs(name: str) -> dict[str, str]:
    """What is separated by commas, each ``name=value``."""
    return {
        key.strip(): value.strip() for key, _, value in (one.partition("=") for one in items(name)) if value
    }


def single_sign_on() -> list[dict[str, Any]]:
    """OIDC providers: a JSON list of id, name, issuer, client_id and secret."""
    return [
        {
            "provider_id": one["id"],
            "name": one.get("name", one["id"]),
            "client_id": one["client_id"],
            "secret": one.get("secret", ""),
            "settings": {"server_url": one["issuer"]},
        }
        for one in json.loads(os.environ.get("SERVICEHALL_OIDC") or "[]")
    ]


def signing_secret(data: Path) -> str:
    """The signing secret: from the environment, else a file of the data folder made once."""
    if value := os.environ.get("SERVICEHALL_SECRET"):
        return value
    path = data / "secret.key"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        value = secrets.token_urlsafe(48)
        file.write(value)
    return value


def secret(name: str) -> str:
    """A secret from the environment, or from the file that ``<name>_FILE`` names."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else os.environ.get(name, "")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where all mail goes out; without a host none does. ``at_once``: TLS from the first byte, else by STARTTLS."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    at_once: bool = False
    starttls: bool = False
    sender: str = "servicehall@localhost"
    names_sender: bool = False

    @property
    def by_tls(self) -> bool:
        """Whether letters reach it encrypted."""
        return self.at_once or self.starttls


def mail_server(url: str) -> MailServer:
    """The server of ``smtp://user:password@host:587?from=hall@example.com`` (``smtps`` for TLS at once).

    With a user name STARTTLS is used unless ``starttls=no`` says otherwise, without one only with ``starttls=yes``.

    Raises:
        ValueError: it is no such address.
    """
    if not url.strip():
        return MailServer()
    form = "SERVICEHALL_SMTP: write smtp://user:password@host:587?from=hall@example.com, or smtps:// for TLS at once"
    parts = urlsplit(url.strip())
    try:
        port, is_whole = parts.port, parts.path in {"", "/"} and not parts.fragment
    except ValueError:
        port, is_whole = None, False
    if not is_whole and "@" in url:
        # A slash or the like in a password ends the address there.
        raise ValueError(f"{form}; in user and password / ? # @ : and % are written %2F %3F %23 %40 %3A %25")
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not is_whole:
        raise ValueError(form)
    options, at_once = dict(parse_qsl(parts.query)), parts.scheme == "smtps"
    if unknown := sorted(options.keys() - {"from", "starttls"}):
        raise ValueError(
            f"SERVICEHALL_SMTP: {', '.join(unknown)} is unknown; from and starttls can stand after the ?"
        )
    if options.get("starttls", "yes") not in {"yes", "no"}:
        raise ValueError("SERVICEHALL_SMTP: starttls is yes or no")
    return MailServer(
        host=parts.hostname,
        port=port or (465 if at_once else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        at_once=at_once,
        starttls=not at_once and options.get("starttls", "yes" if parts.username else "no") == "yes",
        sender=options.get("from", f"servicehall@{parts.hostname}"),
        names_sender="from" in options,
    )


def refuse_second_mail_server() -> None:
    """Mail to staff had settings of its own once.

    They are refused, not read as another name: an installation may have both with different servers, and whichever we
    chose, letters would go out by one that nobody expects, or nowhere, without a word.

    Raises:
        ValueError: one is set.
    """
    if old := sorted(name for name in os.environ if name.startswith("SERVICEHALL_EMAIL_")):
        raise ValueError(
            f"{', '.join(old)}: mail to staff and to customers has one setting now. Take it out and write"
            " SERVICEHALL_SMTP=smtp://user:password@host:587?from=hall@example.com"
        )


def database(url: str, data: Path) -> dict[str, Any]:
    """A Django database setting from ``DATABASE_URL`` (empty: SQLite in the data folder)."""
    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"}:
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
            "PORT": str(parts.port or options.pop("port", "")),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    if parts.scheme not in {"", "sqlite"}:
        raise ValueError(f"DATABASE_URL: unknown kind of database {parts.scheme!r}")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": parts.path or str(data / "servicehall.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                # What is deleted or shortened (a destroyed key) is overwritten, not only given free.
                "PRAGMA secure_delete=FAST;"
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY"
            ),
        },
        "TEST": {"NAME": os.environ.get("TEST_SQLITE_FILE")},
    }
