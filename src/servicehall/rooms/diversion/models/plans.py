"""Tables of plans: what is otherwise on some days, applied and taken back at its times."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField, say

from .rules import LoadRule


class Plan(models.Model):
    """Days with other hours, counters that serve more, temporary counters, more staff, and rules that are switched.

    ``did`` is what it really changed: what is taken back is that, and nothing that a person changed meanwhile.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("not scheduled")
        SCHEDULED = "scheduled", _("scheduled")
        APPLIED = "applied", _("in effect")
        DONE = "done", pgettext_lazy("plan", "taken back")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    names = TextField(_("names"))
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    rules_on = models.ManyToManyField(
        LoadRule, blank=True, related_name="+", verbose_name=_("rules switched on")
    )
    rules_off = models.ManyToManyField(
        LoadRule, blank=True, related_name="+", verbose_name=_("rules switched off")
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    applied_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    did = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-first", "-id"]
        indexes = [models.Index(fields=["site", "-first"], name="plan_newest")]

    def __str__(self) -> str:
        return say(self.names)

    def clean(self) -> None:
        if self.first and self.last and self.first > self.last:
            raise ValidationError({"last": _("The last day is before the first.")})
        if (self.opens is None) != (self.closes is None):
            raise ValidationError({"closes": _("Give both hours, or neither to leave them as they are.")})


class PlanCounter(models.Model):
    """What a counter serves as well while the plan is in effect."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="counters")
    counter = models.ForeignKey("queueing.Counter", models.CASCADE, related_name="+")
    stages = models.ManyToManyField("queueing.Stage", related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "counter"], name="plan_counter")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.counter_id}"


class PlanPoint(models.Model):
    """A temporary counter: in use while the plan is in effect, kept out of use afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="points", db_index=False)
    zone = models.ForeignKey("hall.Zone", models.CASCADE, related_name="+", verbose_name=_("zone"))
    label = models.CharField(
        _("label"),
        max_length=8,
        validators=[RegexValidator(r"^[0-9A-Za-z-]+$", _("Letters, digits and hyphens only."))],
    )
    stages = models.ManyToManyField("queueing.Stage", related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["plan", "label"], name="plan_point")]

    def __str__(self) -> str:
        return self.label


class PlanShift(models.Model):
    """Somebody more at work while the plan is in effect: who (nobody named: one more), at which counter, when.

    Times are of the site's wall clock; ``to_time`` at or before ``from_time`` is on the next day. ``first`` and ``last``
    empty: on all days of the plan. ``counter`` or ``point`` or neither (any counter).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="shifts")
    staff = models.ForeignKey("people.Staff", models.CASCADE, null=True, blank=True, related_name="+")
    counter = models.ForeignKey("queueing.Counter", models.CASCADE, null=True, blank=True, related_name="+")
    point = models.ForeignKey(PlanPoint, models.CASCADE, null=True, blank=True, related_name="shifts")
    from_time = models.TimeField(pgettext_lazy("time of day", "from"))
    to_time = models.TimeField(pgettext_lazy("time of day", "to"))
    first = models.DateField(_("first day"), null=True, blank=True)
    last = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        ordering = ["from_time", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(counter__isnull=True) | Q(point__isnull=True), name="plan_shift_one_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_time:%H:%M}–{self.to_time:%H:%M}"

    @property
    def label(self) -> str:
        """Of the counter where they are planned; empty: any."""
        if self.counter is not None:
            return self.counter.label
        return self.point.label if self.point is not None else ""
