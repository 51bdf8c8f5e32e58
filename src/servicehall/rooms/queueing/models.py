"""Tables of the queue: its setup (services, stages, classes, counters) and its state (tickets). What was: history.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField, say
from servicehall.kernel.slugs import slug_validator

from .history import Tally, WaitModel, WaitQuote  # noqa: F401 - the rest of the room's tables

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site


class Series(models.Model):
    """A row of ticket numbers with one prefix, starting anew each business day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="series", verbose_name=_("site"))
    prefix = models.CharField(
        _("prefix"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{1,3}$", _("One to three capital letters."))],
    )
    first = models.PositiveIntegerField(_("first number"), default=1, validators=[MaxValueValidator(9999)])
    width = models.PositiveSmallIntegerField(
        _("digits"), default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        ordering = ["site", "prefix"]
        constraints = [models.UniqueConstraint(fields=["site", "prefix"], name="series_prefix")]

    def __str__(self) -> str:
        return self.prefix


class SeriesDay(models.Model):
    """The last number of a series on a business day: the counter row that numbers come from."""

    series = models.ForeignKey(Series, models.CASCADE)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "day"], name="series_day")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.day} {self.last}"


class PriorityClass(models.Model):
    """A class of customers with its claim on being called: walk-in, booked, elderly, disabled, VIP…"""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey(
        "hall.Site", models.CASCADE, related_name="priority_classes", verbose_name=_("site")
    )
    key = models.CharField(_("short name"), max_length=20, validators=[slug_validator])
    names = TextField(_("names"))
    rule = TextField(
        _("the hall's rule"), blank=True, help_text=_("Shown to the customer: who may choose this.")
    )
    rate = models.FloatField(
        _("points a minute"),
        default=1.0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("How fast the score grows while waiting."),
    )
    head_start = models.FloatField(
        _("head start"),
        default=0.0,
        validators=[MinValueValidator(-10_000), MaxValueValidator(10_000)],
        help_text=_("Points on arrival; 10 equals ten minutes of an ordinary customer's wait."),
    )
    rank = models.PositiveSmallIntegerField(
        _("rank"), default=100, help_text=_("For strict classes: the lower rank goes first.")
    )
    is_default = models.BooleanField(_("ordinary class"), default=False)
    is_public = models.BooleanField(_("customers may choose it"), default=False)

    class Meta:
        verbose_name = _("priority class")
        verbose_name_plural = _("priority classes")
        ordering = ["site", "rank", "key"]
        constraints = [
            models.UniqueConstraint(fields=["site", "key"], name="priority_class_key"),
            models.UniqueConstraint(
                fields=["site"], condition=Q(is_default=True), name="priority_class_one_default"
            ),
        ]

    def __str__(self) -> str:
        return say(self.names)


class QueueRules(models.Model):
    """How a site's queue behaves; a site without a row has these defaults."""

    class Discipline(models.TextChoices):
        ACCUMULATING = "accumulating", _("accumulating priority")
        STRICT = "strict", _("strict classes")
        FIFO = "fifo", _("first come, first served")

    site = models.OneToOneField(
        "hall.Site", models.CASCADE, related_name="queue_rules", verbose_name=_("site")
    )
    discipline = models.CharField(
        _("discipline"), max_length=20, choices=Discipline.choices, default=Discipline.ACCUMULATING
    )
    near_places = models.PositiveSmallIntegerField(
        _("turn is near at"), default=3, help_text=_("People ahead at which the customer is told.")
    )
    postpone_places = models.PositiveSmallIntegerField(
        _("most places to postpone"), default=10, validators=[MinValueValidator(1)]
    )
    postpone_times = models.PositiveSmallIntegerField(_("how often a customer may postpone"), default=3)
    return_minutes = models.PositiveSmallIntegerField(
        _("return within"),
        default=30,
        help_text=_("Minutes in which somebody who missed the call may rejoin."),
    )
    late_places = models.PositiveSmallIntegerField(
        _("place after a missed call"), default=3, help_text=_("A late customer goes behind this many.")
    )
    undo_seconds = models.PositiveSmallIntegerField(_("undo within (seconds)"), default=15)
    announce_repeat = models.PositiveSmallIntegerField(
        _("voice call repeated"), default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    announce_languages = models.JSONField(_("voice call languages"), default=list, blank=True)

    class Meta:
        verbose_name = _("queue rules")
        verbose_name_plural = _("queue rules")

    def __str__(self) -> str:
        return self.get_discipline_display()


class Service(models.Model):
    """Something that customers come for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="services", verbose_name=_("site"))
    slug = models.CharField(_("short name"), max_length=40, validators=[slug_validator])
    names = TextField(_("names"))
    hint = TextField(_("hint"), blank=True, help_text=_("One line: what to bring, what this covers."))
    icon = models.CharField(_("icon"), max_length=40, blank=True, default="ticket")
    series = models.ForeignKey(
        Series, models.PROTECT, related_name="services", verbose_name=_("number series")
    )
    classes = models.ManyToManyField(
        PriorityClass, blank=True, related_name="services", verbose_name=_("priority classes")
    )
    expected_minutes = models.FloatField(
        _("expected duration (minutes)"),
        default=8,
        validators=[MinValueValidator(0.1), MaxValueValidator(600)],
    )
    target_minutes = models.FloatField(
        _("target wait (minutes)"), default=15, validators=[MinValueValidator(0), MaxValueValidator(600)]
    )
    max_waiting = models.PositiveIntegerField(_("most waiting at once"), null=True, blank=True)
    daily_limit = models.PositiveIntegerField(_("most tickets a day"), null=True, blank=True)
    closed_on = models.DateField(_("closed for the day"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["site", "position", "slug"]
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="service_slug")]

    def __str__(self) -> str:
        return say(self.names)

    def clean(self) -> None:
        if self.series_id and self.site_id and self.series.site_id != self.site_id:
            raise ValidationError({"series": _("This series belongs to another site.")})


class Stage(models.Model):
    """A step of a service at one kind of counter: triage, counter, cashier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="stages", verbose_name=_("service"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    names = TextField(_("names"))
    skills = models.ManyToManyField(
        "people.Skill", blank=True, related_name="stages", verbose_name=_("required skills")
    )
    expected_minutes = models.FloatField(
        _("expected duration (minutes)"), null=True, blank=True, validators=[MinValueValidator(0.1)]
    )

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["service", "position"]
        constraints = [models.UniqueConstraint(fields=["service", "position"], name="stage_position")]

    def __str__(self) -> str:
        return f"{say(self.service.names)} · {say(self.names)}"

    @property
    def site(self) -> Site:
        return self.service.site


class Counter(models.Model):
    """A place where staff serve: what it is called, where it stands, which stages it serves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="counters", verbose_name=_("site"))
    zone = models.ForeignKey("hall.Zone", models.PROTECT, related_name="counters", verbose_name=_("zone"))
    label = models.CharField(
        _("label"),
        max_length=8,
        help_text=_("Short, as on the sign: 3 or A3."),
        validators=[RegexValidator(r"^[0-9A-Za-z-]+$", _("Letters, digits and hyphens only."))],
    )
    names = TextField(_("names"))
    stages = models.ManyToManyField(Stage, blank=True, related_name="counters", verbose_name=_("serves"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        ordering = ["site", "label"]
        constraints = [models.UniqueConstraint(fields=["site", "label"], name="counter_label")]

    def __str__(self) -> str:
        return say(self.names)

    def clean(self) -> None:
        if self.zone_id and self.site_id and self.zone.site_id != self.site_id:
            raise ValidationError({"zone": _("This zone belongs to another site.")})


class CounterStatus(models.Model):
    """Who is at a counter now, and the last act there (for undo). No row: closed."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")

    counter = models.OneToOneField(Counter, models.CASCADE, primary_key=True, related_name="status")
    site = models.ForeignKey("hall.Site", models.CASCADE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLOSED)
    staff = models.OneToOneField("people.Staff", models.SET_NULL, null=True, related_name="counter_status")
    pause_reason = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    undo_ticket_id = models.UUIDField(null=True)
    undo_version = models.PositiveIntegerField(null=True)
    undo_at = models.DateTimeField(null=True)
    undo_kind = models.CharField(max_length=60, blank=True)
    undo_before = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.counter_id} {self.state}"


WAITING, CALLED, SERVING, HELD = "waiting", "called", "serving", "held"
DONE, NO_SHOW, CANCELLED, MERGED, EXPIRED = "done", "no_show", "cancelled", "merged", "expired"


class Ticket(models.Model):
    """A customer's place in the hall, with one number through all stages of the service."""

    class State(models.TextChoices):
        WAITING = WAITING, _("waiting")
        CALLED = CALLED, _("called")
        SERVING = SERVING, _("being served")
        HELD = HELD, _("on hold")
        DONE = DONE, _("served")
        NO_SHOW = NO_SHOW, _("missed the call")
        CANCELLED = CANCELLED, _("left the queue")
        MERGED = MERGED, _("joined with another ticket")
        EXPIRED = EXPIRED, _("expired")

    ACTIVE: ClassVar = (WAITING, CALLED, SERVING, HELD)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.PROTECT, related_name="+", db_index=False)
    visit_id = models.UUIDField(db_index=True)
    code = models.CharField(max_length=32, unique=True)
    series = models.ForeignKey(Series, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=12)
    service = models.ForeignKey(Service, models.PROTECT, related_name="+", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    priority = models.ForeignKey(PriorityClass, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices)
    order_key = models.BigIntegerField(help_text="virtual arrival, microseconds since 1970-01-01T00:00Z")
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10, blank=True)
    joined_at = models.DateTimeField()
    stage_since = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True, help_text="when the last call was last repeated")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    waited = models.FloatField(default=0, help_text="seconds waited in all stages, to the last call")
    served = models.FloatField(default=0, help_text="seconds served in all stages")
    counter = models.ForeignKey(Counter, models.PROTECT, null=True, related_name="+", db_index=False)
    staff = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+", db_index=False)
    for_counter = models.ForeignKey(Counter, models.PROTECT, null=True, related_name="+", db_index=False)
    for_staff = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+", db_index=False)
    customer_id = models.UUIDField(null=True, help_text="of whoever was signed in or known when it was taken")
    note = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="of the hold, transfer or end")
    outcome = models.CharField(max_length=40, blank=True)
    held_until = models.DateTimeField(null=True)
    postponed = models.PositiveSmallIntegerField(default=0)
    near_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(fields=["series", "day", "sequence"], name="ticket_number"),
            models.UniqueConstraint(
                fields=["counter"],
                condition=Q(state__in=["called", "serving"]),
                name="ticket_one_at_a_counter",
            ),
        ]
        indexes = [
            models.Index(  # counted from the index alone, for which SQLite wants the condition's columns, too
                fields=["stage", "priority", "order_key", "stage_since", "state", "for_counter", "for_staff"],
                condition=Q(state="waiting", for_counter__isnull=True, for_staff__isnull=True),
                name="ticket_waiting",
            ),
            models.Index(
                fields=["site", "order_key"],
                condition=Q(state="waiting") & (Q(for_counter__isnull=False) | Q(for_staff__isnull=False)),
                name="ticket_directed",
            ),
            models.Index(fields=["site", "day", "state"], name="ticket_site_day_state"),
            models.Index(
                fields=["site", "called_at"], condition=Q(called_at__isnull=False), name="ticket_last_calls"
            ),
            models.Index(
                fields=["customer_id", "-joined_at"],
                condition=Q(customer_id__isnull=False),
                name="ticket_of_customer",
            ),
            models.Index(
                fields=["site", "state"],
                condition=Q(state__in=["called", "serving", "held"]),
                name="ticket_at_work",
            ),
        ]

    def __str__(self) -> str:
        return self.number
