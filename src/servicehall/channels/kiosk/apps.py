"""The channel as a Django app; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class KioskConfig(AppConfig):
    name = "servicehall.channels.kiosk"
    label = "kiosk"

    def ready(self) -> None:
        from . import chores  # noqa: F401 - registers it
