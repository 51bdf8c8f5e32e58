"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QueueingConfig(AppConfig):
    name = "servicehall.rooms.queueing"
    label = "queueing"
    verbose_name = _("Queue")

    def ready(self) -> None:
        from . import chores, keeping, quoting, reactions, timers  # noqa: F401  (registers followers, chores and timers)
