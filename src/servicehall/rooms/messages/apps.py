"""Messages as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagesConfig(AppConfig):
    name = "servicehall.rooms.messages"
    label = "outgoing"  # "messages" is Django's own
    verbose_name = _("Messages")

    def ready(self) -> None:
        from . import timers  # noqa: F401 - registers them
