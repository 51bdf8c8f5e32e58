"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "servicehall.rooms.alerts"
    label = "alerts"
    verbose_name = _("Alerts")

    def ready(self) -> None:
        from . import keeping, reactions, timers  # noqa: F401 - registers them
