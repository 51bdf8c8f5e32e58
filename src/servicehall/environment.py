"""How settings are read from the environment: flags, lists, secrets, the database."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def flag(name: str, *, default: bool = False) -> bool:
    """Whether it is switched on."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def items(name: str) -> list[str]:
    """What is separated by commas."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


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
