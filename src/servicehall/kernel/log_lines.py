"""The form of every log line, and what never gets into one.

Nothing of ours logs a secret or personal data; this is for what others say (a database's error with the row in
it, a library at debug level, an address with a code in it) and for what we overlook. It works on the finished
text, tracebacks included, so nothing goes around it: every handler of the product writes through :class:`Lines`.

A line belongs to one record: control characters are written as escapes, and what a record brings in more lines
(a traceback) is marked at their beginning, so that no name or address can forge a record of its own.

Only the standard library is needed: processes without Django use it too.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

FORM = "{asctime} {levelname} {name} {message}"
GONE = "***"
MORE = "    | "
"""In front of each line of a record after its first."""
QUIET = (
    "django.db.backends",
    "django.template",
    "oauthlib",
    "requests_oauthlib",
    "urllib3",
    "fido2",
    "PIL",
    "psycopg",
)
"""Loggers of libraries that tell statements with their values, tokens or addresses at debug level."""

_LEAST = 6
"""Shorter secrets are not looked for: they would be found everywhere."""
_known: set[str] = set()
_exactly: re.Pattern[str] | None = None

# Names of fields whose value is nobody's business, in any of the forms name=value, "name": "value", name: value.
_NAMES = (
    "pass(?:word|wd|phrase)?|secret|[a-z_-]*token|authorization|api[_-]?key|private[_-]?key|credential|cookie|"
    "set-cookie|session(?:id|_key|_?token)?|servicehall_[a-z]+|csrf[a-z_]*|otp|pin|signature|phone|mobile|e-?mail|"
    "id_?number|address_line"
)
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL), GONE),
    # PostgreSQL tells the row that it refused.
    (re.compile(r"(?m)^(\s*DETAIL:).*$"), rf"\1 {GONE}"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@]*):[^\s/]+@", re.IGNORECASE), rf"\1:{GONE}@"),
    (re.compile(r"(?i)\b((?:(?:set-)?cookie|authorization)\W{1,4})[^\r\n]*"), rf"\1{GONE}"),
    (re.compile(r"(?i)\b(bearer|basic|digest|dpop)\s+[\w.~+/=:-]{6,}"), rf"\1 {GONE}"),
    (re.compile(rf"(?i)\b({_NAMES})\b([\"']?\s*[=:]\s*)([\"'])(?:(?!\3).)*\3"), rf"\1\2{GONE}"),
    (re.compile(rf"(?i)\b({_NAMES})\b([\"']?\s*[=:]\s*)(?![\"'])[^\s,;&)}}\]]+"), rf"\1\2{GONE}"),
    (
        re.compile(r"(?i)\b((?:one.time |verification )?code|验证码)([\"']?\s*[=:]?\s*[\"']?)\d{4,10}\b"),
        rf"\1\2{GONE}",
    ),
    (re.compile(r"\bsh_[\w-]{16,}"), f"sh_{GONE}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), GONE),
    (re.compile(r"(?:argon2\w*|pbkdf2\w*|bcrypt\w*|scrypt)\$\S+"), GONE),
    # Codes of tickets, requests, bookings and of who waits for a time; ids are longer.
    (re.compile(r"(/(?:t|r|b|w|requests)/)[\w-]{10,}"), rf"\1{GONE}"),
    (re.compile(r"(/(?:tickets|appointments)/)[\w-]{10,24}(?![\w-])"), rf"\1{GONE}"),
    # Secret addresses of calendars.
    (re.compile(r"(/calendar/)[\w-]{24,35}(?![\w-])"), rf"\1{GONE}"),
    (re.compile(r"(/rate/)[^\s/?\"']+"), rf"\1{GONE}"),
    (re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)"), rf"{GONE}@\1"),
    (re.compile(r"(?<![\w-])\d{17}[\dXx](?![\w-])"), GONE),
    (re.compile(r"(?<![0-9a-zA-Z-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w-])"), GONE),
    (re.compile(r"(?<![\w+])\+\d[\d ()-]{7,17}\d(?![\w-])"), GONE),
)
# C0 and C1 controls, and what reorders or hides text on a terminal (Unicode bidirectional controls, separators).
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def know(secrets: Iterable[str]) -> None:
    """Never let these very texts through: the secrets that this process was started with."""
    global _exactly  # noqa: PLW0603 - one set per process
    _known.update(secret for secret in secrets if len(secret) >= _LEAST)
    longest_first = sorted(_known, key=len, reverse=True)
    _exactly = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def know_environment() -> None:
    """Learn the secrets of the environment: keys, and the passwords in addresses of databases and mail servers."""
    env = os.environ
    know(env.get(f"SERVICEHALL_{name}", "") for name in ("SECRET", "EVIDENCE_KEY"))
    know(part.rpartition(":")[2].strip() for part in env.get("SERVICEHALL_ROOT_KEY", "").split(","))
    for name, value in env.items():
        if name.endswith(("_URL", "_SMTP")) and "://" in value:
            with suppress(ValueError):
                password = urlsplit(value).password or ""
                know([password, unquote(password)])
    with suppress(ValueError, TypeError, AttributeError):
        know(str(one.get("secret", "")) for one in json.loads(env.get("SERVICEHALL_OIDC") or "[]"))


def without_secrets(text: str) -> str:
    """The text with ``***`` in place of everything that is a secret or tells of a person."""
    if _exactly is not None:
        text = _exactly.sub(GONE, text)
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


def on_one_line(text: str) -> str:
    """The text with control characters and line ends as escapes."""
    return _CONTROLS.sub(_escaped, text).replace("\n", "\\n")


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class Lines(logging.Formatter):
    """Formats a record as its line, with the time in UTC, and its traceback as marked lines after it."""

    converter = time.gmtime  # type: ignore[assignment]  # its types know the call without a moment only
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, fmt: str = FORM, datefmt: str | None = None, style: str = "{") -> None:
        super().__init__(fmt, datefmt, style="{" if style == "{" else "%")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The first line."""
        record.message = on_one_line(without_secrets(record.message))
        record.name = on_one_line(record.name)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """All of it. The record itself is left as it was, for other handlers."""
        name = record.name
        text = super().format(record)
        record.name = name
        first, *more = text.split("\n")
        if not more:
            return first
        cleaned = without_secrets("\n".join(more)).split("\n")
        return "\n".join([first, *(MORE + on_one_line(line) for line in cleaned)])


def catch_the_rest() -> None:
    """Errors that nobody catches are logged as everything else, instead of being printed past the log."""

    def failed(kind: type[BaseException], error: BaseException, trace: object) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)  # type: ignore[arg-type]
            return
        logging.getLogger("servicehall").critical("program.failed", exc_info=(kind, error, trace))  # type: ignore[arg-type]

    sys.excepthook = failed
    threading.excepthook = lambda args: failed(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def django_setup(level: str) -> dict[str, Any]:
    """Django's own configuration of logging, by which every line takes this form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "servicehall.kernel.log_lines.Lines"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Everything goes through the one handler above: Django's own would print or mail past it.
            "django": {"handlers": [], "propagate": True, "level": "NOTSET"},
            "django.server": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
            **{name: {"level": "WARNING"} for name in QUIET},
        },
    }
