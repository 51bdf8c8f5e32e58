"""Tables of what was: counts of hours, what was learned of waits, what customers were told and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7


class Tally(models.Model):
    """Counts of an hour, kept by a follower of the log (rebuildable from it)."""

    site = models.ForeignKey("hall.Site", models.CASCADE)
    day = models.DateField()
    hour = models.DateTimeField(help_text="start of the hour, UTC")
    service = models.ForeignKey("queueing.Service", models.CASCADE)
    counter_id = models.UUIDField(help_text="zero: at no counter")
    issued = models.IntegerField(default=0)
    called = models.IntegerField(default=0)
    in_target = models.IntegerField(default=0, help_text="first calls within the target wait")
    waited = models.FloatField(default=0, help_text="seconds, of the called")
    served = models.IntegerField(default=0)
    handled = models.IntegerField(default=0, help_text="services at a counter, transfers and stages included")
    serving = models.FloatField(default=0, help_text="seconds, of the handled")
    no_show = models.IntegerField(default=0)
    abandoned = models.IntegerField(default=0)
    expired = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "day", "hour", "service", "counter_id"], name="tally_cell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hour:%H}"


class WaitModel(models.Model):
    """What a site has learned of its waits: trees as text, how good they were, how their ranges hold since.

    Errors are seconds, of waits that were kept back from learning. The calibration, how many waits have ended in use
    and the share of them in range move with every wait (see quoting.py).
    """

    class State(models.TextChoices):
        IN_USE = "in_use", _("in use")
        RETIRED = "retired", _("replaced")
        DRIFTED = "drifted", _("no longer fits")
        NOT_BETTER = "not_better", _("not better, never used")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    trained_at = models.DateTimeField()
    trained_on = models.PositiveIntegerField(help_text="waits")
    learned_to = models.DateTimeField(help_text="when the last of these waits began")
    kinds = models.JSONField(default=list, help_text="stages by their ids, as the trees count them")
    text = models.TextField(blank=True, help_text="empty: it was never used")
    judged = models.PositiveIntegerField(help_text="waits kept back")
    rmse = models.FloatField()
    mae = models.FloatField()
    bias = models.FloatField(help_text="predicted less actual")
    coverage = models.FloatField(help_text="share of the waits kept back within their range")
    before_rmse = models.FloatField(null=True, help_text="of the model in use until then, on the same waits")
    formula_rmse = models.FloatField(help_text="of the queue's length, on the same waits")
    below = models.FloatField(default=0, help_text="calibration: by how much of its width a range is widened")
    above = models.FloatField(default=0)
    used_from = models.DateTimeField(null=True)
    ended = models.PositiveIntegerField(
        default=0, help_text="waits that it was asked about and that have ended"
    )
    inside = models.FloatField(default=0.8, help_text="share of the last of these in their range")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="wait_model_version"),
            models.UniqueConstraint(fields=["site"], condition=Q(state="in_use"), name="wait_model_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.state}"


class WaitQuote(models.Model):
    """What was told of a wait when it began, and how long it was. Seconds. Ids only, nobody's name."""

    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="+", db_index=False)
    ticket_id = models.UUIDField()
    service = models.ForeignKey("queueing.Service", models.CASCADE, related_name="+", db_index=False)
    stage_id = models.UUIDField()
    day = models.DateField(help_text="business day")
    hour = models.PositiveSmallIntegerField(help_text="of the day, on the site's clock")
    told_at = models.DateTimeField()
    version = models.PositiveIntegerField(null=True, help_text="of the model; null: the formula")
    expected = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    wait = models.FloatField(null=True, help_text="until the call; null: waits still, or was never called")

    class Meta:
        indexes = [
            models.Index(fields=["site", "day"], name="wait_quote_day"),
            models.Index(fields=["ticket_id"], name="wait_quote_ticket"),
            models.Index(fields=["told_at"], name="wait_quote_age"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.low:.0f}–{self.high:.0f}"
