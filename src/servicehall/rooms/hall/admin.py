"""Back office pages for places: organisations, regions, sites with hours and floors, zones."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleTimeWidget,
)

from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages, SetupTable, SiteFilter

from . import actions
from .models import Floor, OpeningHours, Organisation, Region, Site, SpecialDay, Zone

if TYPE_CHECKING:
    SiteFormBase = forms.ModelForm[Site]
else:
    SiteFormBase = forms.ModelForm

office.save, office.remove, office.touch = actions.save_setup, actions.remove_setup, actions.touch
office.sites = Site
office.scopes |= {
    Organisation: "pk",
    Region: "pk",
    Site: "pk",
    Floor: "site",
    Zone: "site",
    OpeningHours: "site",
    SpecialDay: "site",
}
_USUAL_ZONES = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)


def _zones() -> list[tuple[Any, Any]]:
    """Time zones to choose from: the usual ones first."""
    rest = sorted(z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))
    return [(_("Usual"), [(z, z) for z in _USUAL_ZONES]), (_("All"), [(z, z) for z in rest])]


class SiteForm(SiteFormBase):
    """A site; while it is added also with its usual hours."""

    open_days = forms.MultipleChoiceField(
        label=_("Open on"),
        choices=OpeningHours.Weekday.choices,
        initial=[str(day) for day in range(7)],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("A start: each day can be changed afterwards, also with a break at noon."),
    )
    opens = forms.TimeField(
        label=_("Opens"), initial=time(9), required=False, widget=UnfoldAdminSingleTimeWidget
    )
    closes = forms.TimeField(
        label=_("Closes"),
        initial=time(18),
        required=False,
        widget=UnfoldAdminSingleTimeWidget,
        help_text=_("00:00 is midnight at the end of the day."),
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=_zones, initial="Asia/Shanghai", widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Site
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("open_days") and (found.get("opens") is None or found.get("closes") is None):
            self.add_error("opens", _("Give both hours, or tick no day."))
        return found


class OpeningRows(SetupTable):
    """The hours of a site, several rows a day make several spans."""

    model = OpeningHours
    fields = ("weekday", "opens", "closes")
    verbose_name = _("span of opening")
    verbose_name_plural = _("opening hours")


class SpecialRows(SetupTable):
    """Dates with other hours."""

    model = SpecialDay
    fields = ("date", "names", "opens", "closes")


class FloorRows(SetupTable):
    """The levels of a site."""

    model = Floor
    fields = ("level", "names")


@admin.register(Organisation)
class OrganisationPages(SetupPages):
    """Organisations: the reader's own; a further one is added by `servicehall staff add --organisation`."""

    list_display = ("__str__", "slug", "second_factor")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("names", "slug")}),
        (_("Signing in"), {"fields": ("second_factor",)}),
    )
    radio_fields: ClassVar[Any] = {"second_factor": admin.VERTICAL}
    search_fields = ("slug", "names__en", "names__zh-Hans")

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Whoever added one would have no right there; the command line gives the first one its administrator.
        return False


class PlacePages(SetupPages):
    """Places that hold sites: whoever may add one finds the page also while there is none."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or (obj is None and self.has_add_permission(request))


@admin.register(Region)
class RegionPages(PlacePages):
    """Regions of an organisation."""

    list_display = ("__str__", "organisation", "slug")
    list_select_related = ("organisation",)
    fields = ("organisation", "names", "slug")
    search_fields = ("slug", "names__en", "names__zh-Hans")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return office.within(Organisation.objects.all(), office.actor(request), "setup.change").exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("organisation",)


@admin.register(Site)
class SitePages(PlacePages):
    """Sites with hours, special days and floors."""

    form = SiteForm
    changes_hours = True
    list_display = ("__str__", "region", "timezone", "is_active", "is_rehearsal")
    list_select_related = ("region",)
    list_filter = ("is_active", "is_rehearsal")
    search_fields = ("slug", "names__en", "names__zh-Hans")
    inlines = (OpeningRows, SpecialRows, FloorRows)
    _WHAT = ("region", "names", "slug", "address", ("latitude", "longitude"), "timezone", "day_ends")
    _STATE: ClassVar[Any] = (
        _("State"),
        {"fields": ("is_active", "temporary_from", "temporary_to", "is_rehearsal")},
    )
    add_fieldsets: ClassVar[Any] = (
        (None, {"fields": _WHAT}),
        (_("Usual opening hours"), {"fields": ("open_days", "opens", "closes")}),
        _STATE,
    )
    fieldsets: ClassVar[Any] = ((None, {"fields": _WHAT}), _STATE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return office.within(Region.objects.all(), office.actor(request), "setup.change").exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A site is removed by those who manage its region."""
        if obj is None:
            return super().has_delete_permission(request)
        return office.actor(request).may("setup.change", obj.region_id)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The region can be changed by those who manage regions."""
        if obj is None or office.actor(request).may("setup.change", obj.region_id):
            return ()
        return ("region",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            request._new_site = obj  # type: ignore[attr-defined]
            request._new_hours = form.cleaned_data  # type: ignore[attr-defined]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add the site; then, in its own line, its usual hours."""
        answer = super().add_view(request, form_url, extra_context)
        site = getattr(request, "_new_site", None)
        if site is not None:
            given: dict[str, Any] = request._new_hours  # type: ignore[attr-defined]
            for day in given["open_days"]:
                row = OpeningHours(site=site, weekday=int(day), opens=given["opens"], closes=given["closes"])
                # Who may add a site in a region has it from now on; the actor was resolved before.
                actions.save_setup(row, by=office.actor_of(request.user, "admin"))
        return answer

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Go on to the new site's page, where floors and special days are."""
        messages.success(
            request, _("%(site)s is set up. Its floors and special days are below.") % {"site": obj}
        )
        return HttpResponseRedirect(reverse("admin:hall_site_change", args=[obj.pk]))


@admin.register(Zone)
class ZonePages(SetupPages):
    """Zones; boards and counters belong to them."""

    list_display = ("__str__", "site", "floor", "kind", "slug")
    list_select_related = ("site", "floor")
    list_filter = (SiteFilter, "kind")
    search_fields = ("slug", "names__en", "names__zh-Hans")
    fields = ("site", "floor", "names", "slug", "kind")
