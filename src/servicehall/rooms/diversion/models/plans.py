"""Tables of plans: what is otherwise on some days, applied and taken back at its times."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField, say

from .rules import LoadRule


class Plan(models.Model):
    """Days with other hours, counters that serve more, and rules that are switched.

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
