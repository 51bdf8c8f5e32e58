"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectorsConfig(AppConfig):
    name = "servicehall.rooms.connectors"
    label = "connectors"
    verbose_name = _("Connectors")

    def ready(self) -> None:
        from . import keeping  # noqa: F401 - registers it
