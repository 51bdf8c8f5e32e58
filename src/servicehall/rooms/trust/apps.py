"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrustConfig(AppConfig):
    name = "servicehall.rooms.trust"
    label = "trust"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        from . import chores, reactions  # noqa: F401  (registers the follower and what is done by the clock)
