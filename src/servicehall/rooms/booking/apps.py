"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "servicehall.rooms.booking"
    label = "booking"
    verbose_name = _("Appointments")

    def ready(self) -> None:
        from . import chores, keeping, reactions, timers  # noqa: F401  (registers chores, followers and timers)
