"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HallConfig(AppConfig):
    name = "servicehall.rooms.hall"
    label = "hall"
    verbose_name = _("Hall")
