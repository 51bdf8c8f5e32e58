"""The Django app of live push; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "servicehall.channels.live"
    label = "live"
    verbose_name = _("Live push")
