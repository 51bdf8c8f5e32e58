"""The room as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "servicehall.rooms.payments"
    label = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from . import chores, outside  # noqa: F401 - registers them
