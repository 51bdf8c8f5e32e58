"""Table of episodes: each time that a rule's load came, what was proposed or done, and what it brought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7

from .rules import LoadRule

PROPOSED, RUNNING, DISMISSED, UNDONE, OVER = "proposed", "running", "dismissed", "undone", "over"


class Episode(models.Model):
    """A time of load, from when the rule fired to when the load was over (``over_at``).

    What was dismissed or undone by hand stays so until then: the rule does not come again at once. ``did`` is what
    the action really changed, to be taken back; ``before``, ``meanwhile`` and ``afterwards`` are waits (count, mean
    seconds) of those called in the half hour before, while the action ran, and in the half hour after.
    """

    class State(models.TextChoices):
        PROPOSED = PROPOSED, _("proposed")
        RUNNING = RUNNING, _("in effect")
        DISMISSED = DISMISSED, _("dismissed")
        UNDONE = UNDONE, _("undone by hand")
        OVER = OVER, _("over")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="+", db_index=False)
    rule = models.ForeignKey(LoadRule, models.PROTECT, related_name="episodes")
    state = models.CharField(max_length=10, choices=State.choices)
    value = models.FloatField(help_text="of the measure when it fired")
    began_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, help_text="of the action")
    stopped_at = models.DateTimeField(null=True, help_text="of the action")
    over_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("people.Staff", models.SET_NULL, null=True, related_name="+")
    did = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict)
    meanwhile = models.JSONField(default=dict)
    afterwards = models.JSONField(default=dict)
    taken = models.PositiveIntegerField(default=0, help_text="customers who took the offer")

    class Meta:
        verbose_name = _("time of load")
        verbose_name_plural = _("times of load")
        constraints = [
            models.UniqueConstraint(
                fields=["rule"], condition=Q(over_at__isnull=True), name="episode_one_open_a_rule"
            )
        ]
        indexes = [
            models.Index(fields=["site", "-began_at"], name="episode_newest"),
            models.Index(fields=["site"], condition=Q(over_at__isnull=True), name="episode_open"),
            models.Index(fields=["over_at"], name="episode_age"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.state}"
