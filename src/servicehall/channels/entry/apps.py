"""The channel as a Django app; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class EntryConfig(AppConfig):
    name = "servicehall.channels.entry"
    label = "entry"
