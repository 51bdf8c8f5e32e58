"""The keys that seal backups: numbered, as root keys are, and from the same kinds of places.

    SERVICEHALL_BACKUP_KEY           the lines themselves, separated by commas
    SERVICEHALL_BACKUP_KEY_COMMAND   a program that prints them
    SERVICEHALL_BACKUP_KEY_FILE      a file (default: backup.keys in the data folder, made by the first backup)

Read from the environment and not from Django's settings: a restore has no settings yet.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from servicehall.kernel import key_files
from servicehall.kernel.key_files import UnusableKey

__all__ = ["NAME", "UnusableKey", "file_of", "known", "newest"]
NAME = "backup.keys"
WHAT = "backup keys"
_SETTING = "SERVICEHALL_BACKUP_KEY"
_HEAD = (
    "# Keys of Servicehall's backups. Without them no backup can be opened: keep a copy apart from this machine\n"
    "# and apart from the backups. Nobody but the hall's own user may read this file.\n"
)


def file_of(data: Path) -> Path | None:
    """The file of backup keys; None when they come from the environment or a command."""
    if os.environ.get(_SETTING) or os.environ.get(f"{_SETTING}_COMMAND"):
        return None
    return Path(os.environ.get(f"{_SETTING}_FILE") or data / NAME)


def known(data: Path) -> dict[int, bytes]:
    """The keys by number.

    Raises:
        UnusableKey: there are none, they are none, or others can read them.
    """
    place = file_of(data)
    if place is not None and not place.exists():
        raise UnusableKey(
            f"The backup keys {place} are missing: put them back from their safe copy, or set {_SETTING}_FILE.\n"
            f"找不到备份密钥 {place}：请从安全副本放回，或设置 {_SETTING}_FILE。"
        )
    if place is not None:
        text, _state = key_files.closed_text(place, WHAT)
        return key_files.numbered(text, str(place), WHAT)
    if text := os.environ.get(_SETTING, ""):
        return key_files.numbered(text.replace(",", "\n"), _SETTING, WHAT)
    command = os.environ.get(f"{_SETTING}_COMMAND", "")
    return key_files.numbered(key_files.output_of(command, WHAT), f"{_SETTING}_COMMAND", WHAT)


def newest(data: Path) -> tuple[int, bytes, Path | None]:
    """(number, secret, the file if it was made just now) to seal with.

    Raises:
        UnusableKey: as for :func:`known`.
    """
    place, made = file_of(data), None
    if place is not None and not place.exists():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key_files.put_closed(place, key_files.written(_HEAD, {1: secrets.token_bytes(32)}), anew=True)
        made = place
    held = known(data)
    number = max(held)
    return number, held[number], made
