"""Back office pages of booking's setup: resources with their hours, offers with what they take.

Appointments are not here: they are seen in the calendar and changed by acts only. Hours, of resources or of the site,
that would leave bookings outside are not saved here: the page of operations shows them and asks what becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import ngettext

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages, SetupTable, SiteFilter

from . import setup
from .models import DayHours, Need, Offer, Resource, WeeklyHours
from .queries.changes import left_out

office.scopes |= {
    Resource: "site",
    Offer: "site",
    WeeklyHours: "resource__site",
    DayHours: "resource__site",
    Need: "offer__site",
}


def _watch_hours(site_id: UUID) -> Callable[[], str]:
    """Which bookings a form of the back office leaves outside of the hours, said once it is saved."""
    try:
        before = setup.of_site(site_id)
    except NotFound:  # a site that is not in use takes no bookings
        return lambda: ""

    def wrong() -> str:
        after = setup.as_written(site_id)
        broken = left_out(before, after)
        if not broken:
            return ""
        first = clock.local(broken[0].starts_at, before.zone).strftime("%Y-%m-%d %H:%M")
        return format_html(
            ngettext(
                "Nothing was saved: {n} booking (at {first}) would be outside of these hours."
                ' <a href="{there}">Change the hours in operations</a>, where it can be moved or cancelled.',
                "Nothing was saved: {n} bookings (the first at {first}) would be outside of these hours."
                ' <a href="{there}">Change the hours in operations</a>, where they can be moved or cancelled.',
                len(broken),
            ),
            n=len(broken),
            first=first,
            there=f"/ops/{before.slug}/booking",
        )

    return wrong


office.hours_watches.append(_watch_hours)


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
    changes_hours = True
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
