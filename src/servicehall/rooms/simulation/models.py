"""The room's table: plans of a day, and what came of trying them out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7

DRAFT, WAITING, RUNNING, DONE, FAILED = "draft", "waiting", "running", "done", "failed"


class DayPlan(models.Model):
    """A day that somebody planned, its document (docs/simulation.md), and its figures, which belong to that document."""

    class State(models.TextChoices):
        DRAFT = DRAFT, _("not tried yet")
        WAITING = WAITING, _("waits to be tried")
        RUNNING = RUNNING, _("is being tried")
        DONE = DONE, _("tried")
        FAILED = FAILED, _("could not be tried")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="day_plans", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80)
    document = models.JSONField(_("what is planned"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    days = models.PositiveIntegerField(default=20)
    seed = models.PositiveIntegerField(default=1)
    days_done = models.PositiveIntegerField(default=0)
    figures = models.JSONField(null=True)
    changed_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, help_text="when whoever tries it last gave a sign of life")
    version = models.PositiveIntegerField(default=1)
    holiday = models.ForeignKey(
        "diversion.Plan",
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="the plan for special days that this one tries out, or became",
    )

    class Meta:
        verbose_name = _("plan of a day")
        verbose_name_plural = _("plans of a day")
        ordering = ["site", "-changed_at"]
        indexes = [
            models.Index(
                fields=["changed_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="day_plan_to_be_tried",
            )
        ]

    def __str__(self) -> str:
        return self.name
