"""Back office pages: what an organisation has with its payment providers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages

from .accounts import NotSetUp, way_of
from .models import Account

office.scopes |= {Account: "organisation"}


@admin.register(Account)
class AccountPages(SetupPages):
    """Payment accounts: the numbers that a provider knows an organisation by, and where its keys lie."""

    list_display = ("__str__", "organisation", "merchant", "is_active", "keys_fit")
    list_select_related = ("organisation",)
    fields = (
        "organisation", "provider", "app_id", "merchant", "serial", "platform_serial", "keys", "is_active",
    )  # fmt: skip

    @admin.display(description=_("keys can be used"), boolean=True)
    def keys_fit(self, row: Account) -> bool:
        try:
            way_of(row)
        except NotSetUp:
            return False
        return True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose it is and with whom stays: payments point to it."""
        return ("organisation", "provider") if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
