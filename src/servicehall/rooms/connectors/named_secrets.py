"""Secrets for other systems: by name from the environment or a key file, never from the database.

A name holds within its organisation only, so that nobody can have another's secret sent to a system of their own:
``SERVICEHALL_CONNECTOR_SECRET_<ORGANISATION>__<NAME>`` in capitals with ``_`` for ``-``, else the file
``connector-secrets/<organisation>/<name>`` of the data folder, mode 0600. Nothing else of the environment is read.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from servicehall.kernel import key_files, log_lines


class NoSecret(Exception):
    """There is none of that name, or others can read it; the message says what to do (never what it holds)."""


def variable(organisation: str, name: str) -> str:
    """The name of the environment's variable."""
    return f"SERVICEHALL_CONNECTOR_SECRET_{organisation}__{name}".upper().replace("-", "_")


def place(organisation: str, name: str) -> Path:
    """The key file."""
    return Path(settings.CONNECTOR_SECRETS) / organisation / name


def secret(organisation: str, name: str) -> str:
    """The secret; from now on it is kept out of every log line.

    Raises:
        NoSecret: there is none, or its file is open to others.
    """
    value = os.environ.get(variable(organisation, name), "").strip()
    if not value:
        try:
            value = key_files.closed_text(place(organisation, name), "secret")[0].strip()
        except key_files.UnusableKey as problem:
            raise NoSecret(str(problem)) from None
    if not value:
        raise NoSecret(f"The secret {name} is empty.")
    if any(letter in value for letter in "\r\n\0") or not value.isascii():
        raise NoSecret(f"The secret {name} has to be one line of ASCII letters.")
    log_lines.know([value])
    return value
