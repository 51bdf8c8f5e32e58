"""The app of the display board."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BoardConfig(AppConfig):
    """Full-screen boards of the hall, with their voice."""

    name = "servicehall.channels.board"
    label = "board"
    verbose_name = _("Display boards")
