"""The channel as a Django app; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "servicehall.channels.evidence"
    label = "evidence"
