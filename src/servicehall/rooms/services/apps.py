"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "servicehall.rooms.services"
    label = "services"
    verbose_name = _("Self-service")

    def ready(self) -> None:
        from . import chores, keeping, reactions, releasing, timers  # noqa: F401 - registers them
        from .connecting import Connectors
        from .machines import register

        register(Connectors())
