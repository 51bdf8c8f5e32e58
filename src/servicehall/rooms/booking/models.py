"""Tables of booking: what can be booked (offers, resources, their hours), capacity, and who has booked what."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel import clock
from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField, say
from servicehall.kernel.protection.blind_index import BlindIndex
from servicehall.kernel.protection.fields import ProtectedText
from servicehall.kernel.slugs import slug_validator

from .capacity import Assignment, CapacityDay, Claim
from .correspondence import (
    BookingRules,
    CalendarFeed,
    Notice,
    OutsideCalendar,
    WaitingEntry,
    check_reminders,
)
from .order import in_order

__all__ = [
    "Appointment", "Assignment", "Audience", "BookingRules", "CalendarFeed", "CapacityDay", "Claim",
    "DayHours", "Need", "Notice", "Offer", "OutsideCalendar", "Resource", "WaitingEntry", "WeeklyHours",
]  # fmt: skip

_OURS = {"subject": "pk", "tenant": "organisation_id"}
_DAY = 24 * 60


def _minutes(
    default: int, most: int = _DAY, least: int = 0, **more: object
) -> models.PositiveIntegerField[int, int]:
    checks = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveIntegerField(default=default, validators=checks, **more)  # type: ignore[arg-type]


class Audience(models.TextChoices):
    """For whom a span of hours is."""

    PUBLIC = "public", _("everybody")
    STAFF = "staff", _("only through staff")
    WALK_IN = "walk_in", _("kept for those who walk in")


class Resource(models.Model):
    """What an appointment takes up: a person, a counter, a room, goods to collect, a parking bay, a table."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        COUNTER = "counter", _("counter")
        ROOM = "room", _("room")
        GOODS = "goods", _("goods to collect")
        PARKING = "parking", _("parking bay")
        TABLE = "table", _("table")
        OTHER = "other", _("something else")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="resources", verbose_name=_("site"))
    slug = models.CharField(_("short name"), max_length=40, validators=[slug_validator])
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PERSON)
    names = TextField(_("names"))
    staff = models.ForeignKey(
        "people.Staff",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("member of staff"),
    )
    counter = models.ForeignKey(
        "queueing.Counter",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("counter"),
    )
    places = models.PositiveSmallIntegerField(
        _("places"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text=_("How many bookings it takes at the same time: bays of a car park, seats of a course."),
    )
    seats = models.PositiveSmallIntegerField(
        _("largest group"), null=True, blank=True, help_text=_("People at one place; empty: any number.")
    )
    follows_hall = models.BooleanField(
        _("only while the hall is open"), default=True, help_text=_("Holidays of the hall close it, too.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["site", "position", "slug"]
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="resource_slug")]

    def __str__(self) -> str:
        return say(self.names)

    def clean(self) -> None:
        if (
            self.counter_id
            and self.site_id
            and self.counter is not None
            and self.counter.site_id != self.site_id
        ):
            raise ValidationError({"counter": _("This counter belongs to another site.")})


class WeeklyHours(models.Model):
    """Hours of a resource on a weekday; ``closes`` at or before ``opens`` is on the next day. None: the hall's own."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="hours", verbose_name=_("resource"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), validators=[MaxValueValidator(6)])
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    audience = models.CharField(_("for"), max_length=10, choices=Audience.choices, default=Audience.PUBLIC)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(pgettext_lazy("a date", "to"), null=True, blank=True)

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["resource", "weekday", "opens"]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"

    @property
    def site(self) -> object:
        return self.resource.site


class DayHours(models.Model):
    """What is different on one date: closed (all day or for a while), other hours instead, or an opening more."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("closed")
        INSTEAD = "instead", _("these hours instead")
        EXTRA = "extra", _("these hours, too")

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="days", verbose_name=_("resource"))
    date = models.DateField(_("date"))
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices, default=Kind.CLOSED)
    opens = models.TimeField(_("from"), null=True, blank=True, help_text=_("Empty with “closed”: all day."))
    closes = models.TimeField(pgettext_lazy("a date", "to"), null=True, blank=True)
    audience = models.CharField(_("for"), max_length=10, choices=Audience.choices, default=Audience.PUBLIC)
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    outside = models.ForeignKey(
        "booking.OutsideCalendar", models.CASCADE, null=True, editable=False, related_name="days"
    )

    class Meta:
        verbose_name = _("hours of a date")
        verbose_name_plural = _("hours of dates")
        ordering = ["resource", "date", "opens"]
        indexes = [models.Index(fields=["date"], name="day_hours_date")]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"

    @property
    def site(self) -> object:
        return self.resource.site

    def clean(self) -> None:
        if (self.opens is None) != (self.closes is None):
            raise ValidationError(_("Give both hours, or neither for a closed day."))
        if self.opens is None and self.kind != self.Kind.CLOSED:
            raise ValidationError({"opens": _("Give both hours, or neither for a closed day.")})


class Offer(models.Model):
    """Something that can be booked at a site, with its rules. Minutes unless something else is said."""

    class Merge(models.TextChoices):
        BOOKED = "booked", _("as if they had come at the booked time")
        LEAD = "lead", _("as if they had come some minutes before the booked time")
        FRONT = "front", _("so that they are next at about the booked time")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="offers", verbose_name=_("site"))
    service = models.ForeignKey(
        "queueing.Service",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("service of the queue"),
        help_text=_(
            "Whoever checks in gets a ticket of it. Empty: nobody is called (goods, parking, a table)."
        ),
    )
    slug = models.CharField(_("short name"), max_length=40, validators=[slug_validator])
    names = TextField(_("names"))
    hint = TextField(_("hint"), blank=True, help_text=_("One line: what to bring, what this covers."))
    icon = models.CharField(_("icon"), max_length=40, blank=True, default="calendar")
    minutes = _minutes(30, 10 * _DAY, 5, verbose_name=_("duration"))
    before = _minutes(0, 480, verbose_name=_("kept free before"))
    after = _minutes(0, 480, verbose_name=_("kept free after"))
    step = _minutes(30, _DAY, 5, verbose_name=_("begins every"))
    lead = _minutes(60, 90 * _DAY, verbose_name=_("book at least this long before"))
    horizon_days = models.PositiveSmallIntegerField(
        _("book at most this many days ahead"),
        default=30,
        validators=[MinValueValidator(0), MaxValueValidator(400)],
    )
    cutoff = _minutes(60, 90 * _DAY, verbose_name=_("customers change or cancel until this long before"))
    hold = _minutes(10, 60, 1, verbose_name=_("a chosen time is kept while the form is filled in"))
    group_most = models.PositiveSmallIntegerField(
        _("largest group"), default=1, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    group_takes_places = models.BooleanField(
        _("each person takes a place"), default=False, help_text=_("A course: yes. A table: no.")
    )
    most_open = models.PositiveSmallIntegerField(
        _("open bookings a customer may have"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    early = _minutes(30, _DAY, verbose_name=_("check in at the earliest this long before"))
    late = _minutes(10, _DAY, verbose_name=_("late from then on: joins the queue as others do"))
    lost = _minutes(30, _DAY, verbose_name=_("counts as not come after"))
    merge = models.CharField(
        _("stands in the queue"), max_length=10, choices=Merge.choices, default=Merge.BOOKED
    )
    merge_minutes = _minutes(10, 240, verbose_name=_("at most so many minutes before the booked time"))
    priority = models.CharField(
        _("priority class"),
        max_length=20,
        blank=True,
        help_text=_("Its short name; empty: the ordinary class."),
    )
    overbook_percent = models.PositiveSmallIntegerField(
        _("overbook (percent of the measured no-shows)"), default=0, validators=[MaxValueValidator(100)]
    )
    reminders = models.CharField(
        _("reminders (minutes before)"),
        max_length=60,
        blank=True,
        validators=[check_reminders],
        help_text=_("Such as 1440, 120: a day and two hours before. Empty: as the hall does."),
    )
    needs_email = models.BooleanField(_("e-mail address required"), default=False)
    is_public = models.BooleanField(_("customers may book it"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["site", "position", "slug"]
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="offer_slug")]

    def __str__(self) -> str:
        return say(self.names)

    def clean(self) -> None:
        if (
            self.service_id
            and self.site_id
            and self.service is not None
            and self.service.site_id != self.site_id
        ):
            raise ValidationError({"service": _("This service belongs to another site.")})
        wrong = {
            name: _("Give a multiple of 5.")
            for name in ("minutes", "before", "after", "step")
            if getattr(self, name) % 5
        }
        if wrong:
            raise ValidationError(wrong)


class Need(models.Model):
    """An appointment of the offer takes one of these resources (and one of each other need)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="needs", verbose_name=_("offer"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    resources = models.ManyToManyField(Resource, related_name="needs", verbose_name=_("one of"))

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["offer", "position"]
        constraints = [models.UniqueConstraint(fields=["offer", "position"], name="need_position")]

    def __str__(self) -> str:
        return f"{self.offer} {self.position}"

    @property
    def listed(self) -> list[Resource]:
        """Its resources, in the order in which they are listed."""
        return sorted(self.resources.all(), key=in_order)

    @property
    def site(self) -> object:
        return self.offer.site


HELD, BOOKED, ARRIVED, DONE = "held", "booked", "arrived", "done"
LOST, CANCELLED, RELEASED = "lost", "cancelled", "released"


class Appointment(models.Model):
    """A time that somebody has: held while they fill in the form, then booked, then what became of it.

    ``sequence`` counts changes of the time, as iCalendar's SEQUENCE. ``party`` joins services of one visit,
    ``repeats`` appointments of one series.
    """

    class State(models.TextChoices):
        HELD = HELD, _("being booked")
        BOOKED = BOOKED, _("booked")
        ARRIVED = ARRIVED, _("checked in")
        DONE = DONE, _("over")
        LOST = LOST, _("did not come")
        CANCELLED = CANCELLED, _("cancelled")
        RELEASED = RELEASED, _("given up before it was booked")

    TAKING: ClassVar = (HELD, BOOKED, ARRIVED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("hall.Site", models.PROTECT, related_name="+", db_index=False)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="appointments")
    code = models.CharField(max_length=32, unique=True)
    reference = models.CharField(_("number"), max_length=12)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    day = models.DateField(_("date"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    hold_until = models.DateTimeField(null=True)
    customer_id = models.UUIDField(null=True)
    name = ProtectedText(pgettext_lazy("of a person", "name"), **_OURS)
    phone = ProtectedText(_("phone"), **_OURS)
    phone_index = BlindIndex("phone", form="phone", tenant="organisation_id")
    email = ProtectedText(_("e-mail"), **_OURS)
    wechat = ProtectedText(_("WeChat"), **_OURS)
    note = ProtectedText(_("note"), **_OURS)
    language = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=20)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    party = models.UUIDField(null=True, db_index=True)
    repeats = models.UUIDField(null=True, db_index=True)
    sequence = models.PositiveIntegerField(default=0)
    late_by = models.PositiveSmallIntegerField(_("said to be late (minutes)"), default=0)
    confirmed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ticket_id = models.UUIDField(null=True)
    visit_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField(default=clock.now)
    forgotten_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [models.UniqueConstraint(fields=["site", "reference"], name="appointment_reference")]
        indexes = [
            models.Index(fields=["site", "day", "starts_at"], name="appointment_site_day"),
            models.Index(fields=["site", "hold_until"], condition=Q(state="held"), name="appointment_held"),
            models.Index(
                fields=["phone_index"], condition=Q(phone_index__isnull=False), name="appointment_phone"
            ),
            models.Index(
                fields=["customer_id", "-starts_at"],
                condition=Q(customer_id__isnull=False),
                name="appointment_of_customer",
            ),
            models.Index(
                fields=["ticket_id"], condition=Q(ticket_id__isnull=False), name="appointment_ticket"
            ),
            models.Index(
                fields=["day"], condition=Q(forgotten_at__isnull=True), name="appointment_to_forget"
            ),
        ]

    def __str__(self) -> str:
        return self.reference
