"""Back office pages of the queue's setup: series, priority classes, services with stages, counters, rules.

Tickets and events are not here: they are read at /ops and changed by acts only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
)

from servicehall.kernel.language_forms import TextFormField
from servicehall.kernel.languages import NAMES, say
from servicehall.kernel.office import office, site_of
from servicehall.kernel.setup_admin import SetupPages, SetupTable, SiteFilter

from .models import Counter, PriorityClass, QueueRules, Series, Service, Stage
from .phrases import ICONS

if TYPE_CHECKING:
    ClassFormBase = forms.ModelForm[PriorityClass]
    RulesFormBase = forms.ModelForm[QueueRules]
    ServiceFormBase = forms.ModelForm[Service]
    StageFormBase = forms.ModelForm[Stage]
else:
    ClassFormBase = RulesFormBase = ServiceFormBase = StageFormBase = forms.ModelForm

office.scopes |= {
    Series: "site",
    PriorityClass: "site",
    QueueRules: "site",
    Service: "site",
    Stage: "service__site",
    Counter: "site",
}
_APART = 1000
"""Where stages stand for a moment while they change places, because a place is one stage's only."""


@admin.register(Series)
class SeriesPages(SetupPages):
    """Rows of ticket numbers."""

    list_display = ("prefix", "site", "first", "width", "used_by")
    list_select_related = ("site",)
    list_filter = (SiteFilter,)
    search_fields = ("prefix",)
    fields = ("site", "prefix", "first", "width")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return super().get_queryset(request).prefetch_related("services")

    @admin.display(description=_("services"))
    def used_by(self, row: Series) -> str:
        return " / ".join(str(service) for service in row.services.all()) or "–"


class PriorityClassForm(ClassFormBase):
    """A class; a site has one ordinary class."""

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        others = PriorityClass.objects.filter(site=found.get("site"), is_default=True).exclude(
            pk=self.instance.pk
        )
        if found.get("is_default") and (other := others.first()):
            self.add_error(
                "is_default",
                _("%(other)s is the ordinary class of this site; untick it there first.") % {"other": other},
            )
        return found


@admin.register(PriorityClass)
class PriorityClassPages(SetupPages):
    """Classes of customers."""

    form = PriorityClassForm
    list_display = ("__str__", "site", "key", "rate", "head_start", "rank", "is_default", "is_public")
    list_select_related = ("site",)
    list_filter = (SiteFilter, "is_public")
    search_fields = ("key", "names__en", "names__zh-Hans")
    fieldsets = (
        (None, {"fields": ("site", "names", "key", "rule", "is_default", "is_public")}),
        (_("Claim on being called"), {"fields": ("rate", "head_start", "rank")}),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A site's first class is its ordinary one, unless somebody says otherwise."""
        ordinary = PriorityClass.objects.filter(site=site_of(request), is_default=True)
        return {**super().get_changeform_initial_data(request), "is_default": not ordinary.exists()}


class ServiceForm(ServiceFormBase):
    """A service; its icon is one that all screens have."""

    icon = forms.ChoiceField(
        label=_("Icon"), choices=list(ICONS.items()), initial="ticket", widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        icon: Any = self.fields.get("icon")
        kept = self.instance.icon
        if icon is not None and kept and kept not in ICONS:
            icon.choices = [*ICONS.items(), (kept, kept)]


class StageForm(StageFormBase):
    """A stage; without a name of its own it is called like its service."""

    names = TextFormField(label=_("Names"), required=False, help_text=_("Empty: as the service."))

    class Meta:
        model = Stage
        fields = ("position", "names", "expected_minutes", "skills")


class StageRows(SetupTable):
    """The stages of a service, in order."""

    model = Stage
    form = StageForm
    fields = ("position", "names", "expected_minutes", "skills")
    ordering = ("position",)


@admin.register(Service)
class ServicePages(SetupPages):
    """Services with their stages."""

    form = ServiceForm
    inlines = (StageRows,)
    list_display = ("__str__", "site", "prefix", "stage_names", "target_minutes", "position", "is_active")
    list_filter = (SiteFilter, "is_active")
    search_fields = ("slug", "names__en", "names__zh-Hans")
    fieldsets = (
        (None, {"fields": ("site", "names", "slug", "hint", "icon", "series", "classes")}),
        (_("Times"), {"fields": ("expected_minutes", "target_minutes")}),
        (_("Limits"), {"fields": ("max_waiting", "daily_limit")}),
        (_("On the screens"), {"fields": ("position", "is_active")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        return super().get_queryset(request).select_related("site", "series").prefetch_related("stages")

    @admin.display(description=_("prefix"), ordering="series__prefix")
    def prefix(self, row: Service) -> str:
        return row.series.prefix

    @admin.display(description=_("stages"))
    def stage_names(self, row: Service) -> str:
        return " → ".join(say(stage.names) for stage in sorted(row.stages.all(), key=lambda s: s.position))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Stages that change places first step aside."""
        moved = [f.instance.pk for f in formset.initial_forms if "position" in f.changed_data]
        for number, stage in enumerate(Stage.objects.filter(pk__in=moved)):
            stage.position = _APART + number
            self.save_row(request, stage, ["position"])
        super().save_formset(request, form, formset, change)

    def save_row(self, request: HttpRequest, row: Any, fields: list[str]) -> None:
        if isinstance(row, Stage) and not any(row.names.values()):
            row.names = row.service.names
        super().save_row(request, row, fields)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Every service has a stage: one that is given none gets one of its own name."""
        super().save_related(request, form, formsets, change)
        service = form.instance
        if not Stage.objects.filter(service=service).exists():
            self.save_row(request, Stage(service=service, position=1, names=service.names), [])


def _stage_label(stage: Stage) -> str:
    """A stage to tick: the service, and which stage where its name says more."""
    service, own = say(stage.service.names), say(stage.names)
    return service if own == service else f"{service} · {own}"


@admin.register(Counter)
class CounterPages(SetupPages):
    """Counters with what they serve."""

    list_display = ("label", "__str__", "site", "zone", "stage_count", "is_active")
    list_display_links = ("label", "__str__")
    list_select_related = ("site", "zone")
    list_filter = (SiteFilter, "is_active")
    search_fields = ("label", "names__en", "names__zh-Hans")
    fields = ("site", "zone", "label", "names", "stages", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Counter]:
        rows: QuerySet[Counter] = super().get_queryset(request)
        return rows.annotate(stage_number=Count("stages"))

    @admin.display(description=_("stages served"), ordering="stage_number")
    def stage_count(self, row: Any) -> int:
        return int(row.stage_number)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        found = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "stages" and found is not None:
            found.queryset = found.queryset.select_related("service").order_by(
                "service__position", "position"
            )
            found.label_from_instance = _stage_label
        return found


class RulesForm(RulesFormBase):
    """The rules; languages are ticked."""

    announce_languages = forms.MultipleChoiceField(
        label=_("Voice call languages"),
        choices=list(NAMES.items()),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Spoken one after the other. None ticked: all."),
    )


@admin.register(QueueRules)
class QueueRulesPages(SetupPages):
    """The rules of a site's queue; a site without a row has the defaults."""

    form = RulesForm
    list_display = ("site", "discipline", "near_places", "late_places", "return_minutes", "undo_seconds")
    list_display_links = ("site",)
    list_select_related = ("site",)
    radio_fields = {"discipline": admin.VERTICAL}
    fieldsets = (
        (None, {"fields": ("site", "discipline")}),
        (_("Near and late"), {"fields": ("near_places", "return_minutes", "late_places")}),
        (_("Postponing"), {"fields": ("postpone_places", "postpone_times")}),
        (_("Calling"), {"fields": ("announce_languages", "announce_repeat", "undo_seconds")}),
    )

    def offered_sites(self, request: HttpRequest) -> QuerySet[Any]:
        return super().offered_sites(request).filter(queue_rules=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self.offered_sites(request).exists()
