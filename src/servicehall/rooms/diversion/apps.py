"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiversionConfig(AppConfig):
    name = "servicehall.rooms.diversion"
    label = "diversion"
    verbose_name = _("Load watch")

    def ready(self) -> None:
        from . import chores, keeping, timers  # noqa: F401 - registers them
