"""The Django app of the shared look; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LookConfig(AppConfig):
    name = "servicehall.channels.look"
    label = "look"
    verbose_name = _("Look and feel")
