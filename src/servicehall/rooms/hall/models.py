"""Tables of places: organisation → region → site → floor → zone, and when they are open.

What happens in them (tickets, counters) lives in the rooms above.
"""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField, say
from servicehall.kernel.slugs import demand_free, slug_validator

from .distance import Point


def check_timezone(value: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    if value not in available_timezones():
        raise ValidationError(_("Use an IANA time zone such as Asia/Shanghai."))


class Place(models.Model):
    """What all places have: an id and names."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    names = TextField(_("names"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return say(self.names)


class Organisation(Place):
    """Who runs the halls."""

    class SecondFactor(models.TextChoices):
        NONE = "none", _("nobody has to")
        MANAGERS = "managers", _("managers and administrators")
        ALL = "all", _("everybody who signs in")

    slug = models.CharField(_("short name"), max_length=40, unique=True, validators=[slug_validator])
    second_factor = models.CharField(
        _("second factor required of"),
        max_length=10,
        choices=SecondFactor.choices,
        default=SecondFactor.NONE,
        help_text=_(
            "Who has none is led to add one (an authenticator app or a passkey) before anything else;"
            " people who are signed in now within a minute."
        ),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["slug"]


class Region(Place):
    """A group of sites that are managed together."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="regions", verbose_name=_("organisation")
    )
    slug = models.CharField(_("short name"), max_length=40, validators=[slug_validator])

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="region_slug")]


class Site(Place):
    """One hall (or several under one roof): the unit of time zone, queue, log and scope."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="sites", verbose_name=_("region"))
    slug = models.CharField(
        _("short name"),
        max_length=40,
        unique=True,
        validators=[slug_validator],
        help_text=_("Part of addresses."),
    )
    address = TextField(_("address"), blank=True)
    latitude = models.FloatField(
        _("latitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_(
            "Degrees, north is positive: 39.9042. With it customers are told how far other sites are."
        ),
    )
    longitude = models.FloatField(
        _("longitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_("Degrees, east is positive: 116.4074."),
    )
    timezone = models.CharField(
        _("time zone"), max_length=60, default="Asia/Shanghai", validators=[check_timezone]
    )
    day_ends = models.TimeField(
        _("business day ends at"),
        default=time(0),
        help_text=_("Midnight for most; later where the hall serves past midnight."),
    )
    temporary_from = models.DateField(_("temporary point from"), null=True, blank=True)
    temporary_to = models.DateField(_("temporary point to"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    is_rehearsal = models.BooleanField(
        _("rehearsal"),
        default=False,
        help_text=_("For replays and trials: its clock may be set by an integration token."),
    )
    setup_version = models.PositiveIntegerField(default=1, editable=False)

    IN_ADDRESSES = ("site", "slug")
    """What the routes call a site's short name."""

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["slug"]

    def clean(self) -> None:
        demand_free(self, parameters=self.IN_ADDRESSES)
        if self.temporary_from and self.temporary_to and self.temporary_from > self.temporary_to:
            raise ValidationError({"temporary_to": _("The last day is before the first.")})
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": _("Give both latitude and longitude, or neither.")})

    @property
    def point(self) -> Point | None:
        """Where on earth it is; None: nobody has said."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)


class Floor(Place):
    """A level of a site."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="floors", verbose_name=_("site"))
    level = models.SmallIntegerField(_("level"), default=0, help_text=_("0 is the ground floor."))

    class Meta:
        verbose_name = _("floor")
        verbose_name_plural = _("floors")
        ordering = ["site", "level"]
        constraints = [models.UniqueConstraint(fields=["site", "level"], name="floor_level")]


class Zone(Place):
    """A part of a floor with one use; boards and counters belong to zones."""

    class Kind(models.TextChoices):
        CONSULTATION = "consultation", _("consultation (open)")
        PRIVATE = "private", _("complaint and private business (semi-closed)")
        WAITING = "waiting", _("waiting")
        SELF_SERVICE = "self_service", _("self-service")
        LOUNGE = "lounge", _("lounge")

    site = models.ForeignKey(Site, models.CASCADE, related_name="zones", verbose_name=_("site"))
    floor = models.ForeignKey(Floor, models.PROTECT, related_name="zones", verbose_name=_("floor"))
    slug = models.CharField(_("short name"), max_length=40, validators=[slug_validator])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.CONSULTATION)

    IN_ADDRESSES = ("zone",)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["site", "floor", "slug"]
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="zone_slug")]

    def clean(self) -> None:
        demand_free(self, parameters=self.IN_ADDRESSES)
        if self.floor_id and self.site_id and self.floor.site_id != self.site_id:
            raise ValidationError({"floor": _("This floor belongs to another site.")})


class Hours(models.Model):
    """A span of opening, on the wall clock; ``closes`` at or before ``opens`` is on the next day."""

    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=_("00:00 is midnight at the end of the day."))

    class Meta:
        abstract = True


class OpeningHours(Hours):
    """When a site is open on a weekday; several rows make several spans."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    site = models.ForeignKey(Site, models.CASCADE, related_name="opening_hours", verbose_name=_("site"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["site", "weekday", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["site", "weekday", "opens"], name="opening_hours_start")
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class SpecialDay(models.Model):
    """A date on which the weekday's hours do not hold: closed, or open at other hours."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="special_days", verbose_name=_("site"))
    date = models.DateField(_("date"))
    names = TextField(_("names"), blank=True)
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Empty: closed all day."))
    closes = models.TimeField(_("closes"), null=True, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["site", "date"]
        constraints = [models.UniqueConstraint(fields=["site", "date"], name="special_day_date")]

    def __str__(self) -> str:
        return f"{self.date} {say(self.names)}"

    def clean(self) -> None:
        if (self.opens is None) != (self.closes is None):
            raise ValidationError(_("Give both hours, or neither for a closed day."))


def owning_site(row: Any) -> Site | None:
    """The site that a row of the setup belongs to, if it belongs to one."""
    if isinstance(row, Site):
        return row
    site = getattr(row, "site", None)
    return site if isinstance(site, Site) else None
