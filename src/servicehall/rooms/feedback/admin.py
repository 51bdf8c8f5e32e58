"""Back office page of ratings: to read, never to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages, SiteFilter

from .models import Rating
from .phrases import REASONS

office.scopes[Rating] = "site"


@admin.register(Rating)
class RatingPages(SetupPages):
    """What customers said."""

    list_display = ("rated_at", "site", "flow", "stars", "said", "comment", "channel")
    list_select_related = ("site",)
    list_filter = (SiteFilter, "score")
    search_fields = ("comment",)
    ordering = ("-rated_at",)
    fields = ("rated_at", "site", "flow", "stars", "said", "comment", "channel")
    readonly_fields = fields

    @admin.display(description=_("score"), ordering="score")
    def stars(self, row: Rating) -> str:
        return "★" * row.score + "☆" * (5 - row.score)

    @admin.display(description=_("reasons"))
    def said(self, row: Rating) -> str:
        return " / ".join(str(REASONS.get(reason, reason)) for reason in row.reasons) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
