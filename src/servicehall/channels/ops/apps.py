"""The channel as a Django app; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "servicehall.channels.ops"
    label = "ops"

    def ready(self) -> None:
        """Put our first page into the back office, which the theme has made by now."""
        from django.contrib import admin

        admin.site.index_template = "ops/back_office.html"
