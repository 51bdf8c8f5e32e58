"""Back office pages of connectors: where other systems are, how they are called, never their secrets."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages

from . import actions, queries
from .models import Connector

office.scopes[Connector] = "organisation"


@admin.register(Connector)
class ConnectorPages(SetupPages):
    """The systems that an organisation calls."""

    see_right, change_right = queries.SEE, queries.CHANGE
    list_display = ("__str__", "organisation", "slug", "kind", "is_active")
    list_select_related = ("organisation",)
    list_filter = ("kind", "is_active")
    search_fields = ("slug", "names__en", "names__zh-Hans")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("organisation", "slug", "names", "is_active")}),
        (
            _("Where it is, and what it can do"),
            {"fields": ("kind", "address", "allowed_hosts", "definition")},
        ),
        (_("Secret"), {"fields": ("secret_use", "secret_name")}),
        (
            _("Patience"),
            {"fields": ("connect_seconds", "whole_seconds", "faults_to_open", "rest_seconds", "row_limit")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("organisation",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if form.changed_data or not change:
            actions.save_connector(obj, by=office.actor(request), fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_connector(obj, by=office.actor(request))
