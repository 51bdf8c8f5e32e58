"""The back office's pages for boards: one page a board, with its playlist.

Changes are written by the hall's own act for its setup, which checks the right, tells every
process and leaves a line in the log; boards on the wall then load themselves again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from servicehall.channels.board.models import Medium, Screen
from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.people import queries as people

if TYPE_CHECKING:
    from django.forms import BaseModelFormSet, ModelForm

    from servicehall.rooms.people.models import Staff

    # The theme has no types; its classes are Django's, dressed.
    ScreenBase = admin.ModelAdmin[Screen]
    MediumBase = admin.TabularInline[Medium, Screen]
else:
    from unfold.admin import ModelAdmin as ScreenBase
    from unfold.admin import TabularInline as MediumBase

_RIGHT = "setup.change"


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if TYPE_CHECKING:
        assert isinstance(user, Staff)
    return people.actor_of(user, "admin")


class MediumRows(MediumBase):
    """The playlist of a board."""

    model = Medium
    extra = 0
    fields = ("position", "kind", "names", "body", "file", "seconds", "first_day", "last_day")


@admin.register(Screen)
class ScreenPages(ScreenBase):
    """Boards at the sites that the person manages."""

    list_display = ("__str__", "site", "zone", "layout", "wording", "speaks")
    list_filter = ("site",)
    list_select_related = ("site", "zone")
    inlines = (MediumRows,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Screen]:
        found: QuerySet[Screen] = super().get_queryset(request)
        sites = _actor(request).sites(_RIGHT)
        return found if sites is None else found.filter(site_id__in=sites)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only the sites, and their zones, that the person manages."""
        sites = _actor(request).sites(_RIGHT)
        if sites is not None and db_field.name in {"site", "zone"}:
            mine = Q(pk__in=sites) if db_field.name == "site" else Q(site_id__in=sites)
            kwargs["queryset"] = db_field.remote_field.model.objects.filter(mine)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Screen, form: ModelForm[Screen], *_change: Any) -> None:
        hall.save_setup(obj, by=_actor(request), fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Screen) -> None:
        hall.remove_setup(obj, by=_actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Screen]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def save_formset(
        self, request: HttpRequest, _form: Any, formset: BaseModelFormSet[Medium, Any], *_change: Any
    ) -> None:
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            hall.remove_setup(row, by=_actor(request))
        for row in rows:
            hall.save_setup(row, by=_actor(request))
        formset.save_m2m()
