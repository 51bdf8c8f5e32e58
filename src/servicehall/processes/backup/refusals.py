"""What goes wrong with backups, in the reader's words: English, then Chinese, as the command line speaks."""

from __future__ import annotations


class BackupRefused(Exception):
    """It cannot be done; nothing was changed. The message says why and what to do."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(f"{english}\n{chinese}")


class Damaged(BackupRefused):
    """The file is not a whole and unchanged backup."""


class WrongKey(BackupRefused):
    """The backup was sealed with another key."""
