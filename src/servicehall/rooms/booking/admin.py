"""Back office pages of booking's setup: resources with their hours, offers with what they take.

Appointments are not here: they are seen in the calendar and changed by acts only. Hours that are changed here break
bookings unseen; the pages of operations show them first.
"""

from __future__ import annotations

from django.contrib import admin

from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages, SetupTable, SiteFilter

from .models import DayHours, Need, Offer, Resource, WeeklyHours

office.scopes |= {
    Resource: "site",
    Offer: "site",
    WeeklyHours: "resource__site",
    DayHours: "resource__site",
    Need: "offer__site",
}


class WeekRows(SetupTable):
    """The weekly hours of a resource."""

    model = WeeklyHours
    fields = ("weekday", "opens", "closes", "audience", "valid_from", "valid_to")


class DayRows(SetupTable):
    """What is different on single dates."""

    model = DayHours
    fields = ("date", "kind", "opens", "closes", "audience", "reason")


class NeedRows(SetupTable):
    """What an appointment takes."""

    model = Need
    fields = ("position", "resources")


@admin.register(Resource)
class ResourcePages(SetupPages):
    """What can be booked."""

    inlines = (WeekRows, DayRows)
    list_display = ("__str__", "site", "kind", "places", "position", "is_active")
    list_select_related = ("site",)
    list_filter = (SiteFilter, "kind", "is_active")
    search_fields = ("slug", "names__en", "names__zh-Hans")


@admin.register(Offer)
class OfferPages(SetupPages):
    """What customers book."""

    inlines = (NeedRows,)
    list_display = ("__str__", "site", "minutes", "is_public", "position", "is_active")
    list_select_related = ("site",)
    list_filter = (SiteFilter, "is_public", "is_active")
    search_fields = ("slug", "names__en", "names__zh-Hans")
