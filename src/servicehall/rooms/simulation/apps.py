"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SimulationConfig(AppConfig):
    name = "servicehall.rooms.simulation"
    label = "simulation"
    verbose_name = _("Trying out")

    def ready(self) -> None:
        from . import chores  # noqa: F401 - registers it
