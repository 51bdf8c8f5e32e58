"""Back office pages: purposes with their wordings, and how long kinds of data are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from servicehall.kernel import retention
from servicehall.kernel.models import RetentionRule
from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages, SetupStack, SetupTable

from . import actions
from .models import Purpose, PurposeVersion
from .wording import LABELS

office.scopes |= {Purpose: "organisation", PurposeVersion: "purpose__organisation"}


class NewWording(SetupStack):
    """The next wording of a purpose."""

    model = PurposeVersion
    fields = ("titles", "texts")
    max_num = 1
    verbose_name = _("new consent text")
    verbose_name_plural = _("new consent text")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).none()


class WordingRows(SetupTable):
    """The wordings so far. They stay as they are: customers agreed to them."""

    model = PurposeVersion
    fields = readonly_fields = ("number", "published_at", "title", "text")

    @admin.display(description=_("title"))
    def title(self, row: PurposeVersion) -> str:
        return " / ".join(row.titles.values())

    @admin.display(description=_("text"))
    def text(self, row: PurposeVersion) -> str:
        return " / ".join(row.texts.values())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Purpose)
class PurposePages(SetupPages):
    """What personal data is used for."""

    list_display = ("slug", "organisation", "is_active")
    list_select_related = ("organisation",)
    fields = ("organisation", "slug", "basis", "uses", "is_active")
    inlines = (NewWording, WordingRows)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "uses":
            return forms.MultipleChoiceField(
                label=_("Fields"),
                choices=list(LABELS.items()),
                required=False,
                widget=UnfoldAdminCheckboxSelectMultipleWidget(),
                help_text=_("The fields that it needs."),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if form.changed_data or not change:
            actions.save_purpose(obj, by=office.actor(request), fields=sorted(form.changed_data))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RetentionRule)
class RetentionPages(SetupPages):
    """How many days a kind of data is kept, where that differs from the usual."""

    list_display = ("kind", "days", "usual")
    fields = ("kind", "days")

    @admin.display(description=_("usually"))
    def usual(self, row: RetentionRule) -> str:
        found = retention.kinds().get(row.kind)
        return str(found.days) if found else "–"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            names = [(name, f"{name} ({kind.days})") for name, kind in sorted(retention.kinds().items())]
            return forms.ChoiceField(label=_("Kind of data"), choices=names, widget=UnfoldAdminSelectWidget())
        return super().formfield_for_dbfield(db_field, request, **kwargs)
