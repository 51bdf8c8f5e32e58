"""Customers as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "servicehall.rooms.customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from . import keeping  # noqa: F401  (registers how long data is kept)
