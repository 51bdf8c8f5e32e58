"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "servicehall.rooms.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from . import timers  # noqa: F401 - registers them
