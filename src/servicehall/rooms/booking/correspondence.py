"""Tables of what goes out and comes in about appointments: a hall's rules, who waits for a time, notices, calendars."""

from __future__ import annotations

from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel.ids import uuid7
from servicehall.kernel.protection.blind_index import BlindIndex
from servicehall.kernel.protection.fields import ProtectedText

_OURS = {"subject": "pk", "tenant": "organisation_id"}
_MOST_REMINDERS = 4
_A_MONTH = 31 * 24 * 60


def minutes_of(reminders: str) -> list[int]:
    """The minutes of a list such as ``1440, 120``, the longest first.

    Raises:
        ValueError: it is no such list.
    """
    return sorted({int(one) for one in reminders.split(",") if one.strip()}, reverse=True)


def check_reminders(value: str) -> None:
    """Refuse what is no list of a few minutes."""
    try:
        found = minutes_of(value)
    except ValueError:
        found = [0]
    if len(found) > _MOST_REMINDERS or any(not 5 <= one <= _A_MONTH for one in found):
        raise ValidationError(
            _("Write at most four numbers of minutes, separated by commas, from 5 to 44640.")
        )


class BookingRules(models.Model):
    """What a hall does about appointments as a whole; a hall without a row does what stands here."""

    site = models.OneToOneField(
        "hall.Site", models.CASCADE, related_name="booking_rules", verbose_name=_("site")
    )
    quiet_from = models.TimeField(_("quiet from"), default=time(21))
    quiet_to = models.TimeField(
        _("quiet until"), default=time(8), help_text=_("The same hour twice: never quiet.")
    )
    reminders = models.CharField(
        _("reminders (minutes before)"),
        max_length=60,
        blank=True,
        default="1440, 120",
        validators=[check_reminders],
        help_text=_("Such as 1440, 120: a day and two hours before. Empty: none."),
    )
    offer_minutes = models.PositiveSmallIntegerField(
        _("a freed time is kept for who waits for it (minutes)"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(24 * 60)],
    )
    names_in_feeds = models.BooleanField(
        _("names of customers in staff's calendars"),
        default=False,
        help_text=_("Calendars are kept by other companies; without names they hold numbers only."),
    )

    class Meta:
        verbose_name = _("rules of appointments")
        verbose_name_plural = _("rules of appointments")

    def __str__(self) -> str:
        return str(self.site)


WAITING, OFFERED, TAKEN, EXPIRED, LEFT = "waiting", "offered", "taken", "expired", "left"


class WaitingEntry(models.Model):
    """Somebody who wants to be told when a time is free: from when to when, and how they are told.

    Their place is by priority, then by ``made_at``. An offer that was not taken ends it; who waits again stands last.
    """

    class State(models.TextChoices):
        WAITING = WAITING, pgettext_lazy("waiting list", "waiting")
        OFFERED = OFFERED, _("a time is kept for them")
        TAKEN = TAKEN, _("booked")
        EXPIRED = EXPIRED, _("over")
        LEFT = LEFT, pgettext_lazy("waiting list", "left")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("hall.Site", models.PROTECT, related_name="+", db_index=False)
    offer = models.ForeignKey("booking.Offer", models.PROTECT, related_name="waiting")
    code = models.CharField(max_length=32, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=WAITING)
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    earliest = models.DateField(_("from"))
    latest = models.DateField(pgettext_lazy("span", "to"))
    from_time = models.TimeField(_("not before"), null=True)
    to_time = models.TimeField(_("not after"), null=True)
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    customer_id = models.UUIDField(null=True)
    name = ProtectedText(pgettext_lazy("of a person", "name"), **_OURS)
    phone = ProtectedText(_("phone"), **_OURS)
    phone_index = BlindIndex("phone", form="phone", tenant="organisation_id")
    email = ProtectedText(_("e-mail"), **_OURS)
    email_index = BlindIndex("email", form="email", tenant="organisation_id")
    language = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    appointment = models.ForeignKey(
        "booking.Appointment", models.SET_NULL, null=True, related_name="waited_for"
    )
    offered_until = models.DateTimeField(null=True)
    offers = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("entry of the waiting list")
        verbose_name_plural = _("waiting list")
        indexes = [
            models.Index(
                fields=["site", "-priority", "made_at"], condition=Q(state=WAITING), name="waiting_line"
            ),
            models.Index(
                fields=["phone_index"], condition=Q(phone_index__isnull=False), name="waiting_phone"
            ),
            models.Index(
                fields=["email_index"], condition=Q(email_index__isnull=False), name="waiting_email"
            ),
            models.Index(
                fields=["customer_id"], condition=Q(customer_id__isnull=False), name="waiting_customer"
            ),
            models.Index(fields=["latest"], condition=Q(forgotten_at__isnull=True), name="waiting_to_forget"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Notice(models.Model):
    """That a customer was told something, once for each cause and way, or why not."""

    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+", db_index=False)
    subject = models.UUIDField()
    cause = models.CharField(max_length=40)
    medium = models.CharField(max_length=10)
    message = models.UUIDField(null=True)
    outcome = models.CharField(max_length=30)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "cause", "medium"], name="notice_once")]
        indexes = [models.Index(fields=["made_at"], name="notice_made")]

    def __str__(self) -> str:
        return f"{self.subject} {self.cause} {self.medium}"


class CalendarFeed(models.Model):
    """An address under which somebody of staff reads a resource's appointments; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resource = models.ForeignKey("booking.Resource", models.CASCADE, related_name="feeds")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource"], name="feed_of_resource")]

    def __str__(self) -> str:
        return str(self.pk)


class OutsideCalendar(models.Model):
    """Somebody's calendar elsewhere: its busy times close the resource. The last good reading stays."""

    class Kind(models.TextChoices):
        FILE = "file", _("a calendar file (.ics)")
        FREE_BUSY = "free-busy", _("CalDAV, busy times (free-busy-query)")
        QUERY = "query", _("CalDAV, entries (calendar-query)")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resource = models.ForeignKey(
        "booking.Resource", models.CASCADE, related_name="outside", verbose_name=_("resource")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.FILE)
    address = models.CharField(_("address"), max_length=1000)
    user = models.CharField(_("user name"), max_length=100, blank=True)
    secret_name = models.CharField(
        _("name of the secret"),
        max_length=60,
        blank=True,
        help_text=_("The password is kept under this name, as those of connectors are; never here."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    read_at = models.DateTimeField(null=True, editable=False)
    good_at = models.DateTimeField(null=True, editable=False)
    finding = models.CharField(max_length=30, blank=True, editable=False)
    entry = models.CharField(max_length=200, blank=True, editable=False)
    etag = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("outside calendar")
        verbose_name_plural = _("outside calendars")
        ordering = ["resource", "pk"]

    def __str__(self) -> str:
        return f"{self.resource} {self.get_kind_display()}"

    @property
    def site(self) -> object:
        return self.resource.site
