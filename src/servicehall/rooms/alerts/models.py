"""Table of alerts: what happened that somebody should look at, how often, and who took it in hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7


class Alert(models.Model):
    """Something that smells of an attack, or a fault. While it is open, the same again only counts.

    ``key`` says what is the same: organisation, what it is about, and whose account, value or address.
    """

    class Level(models.TextChoices):
        BAD = "bad", _("serious")
        WARN = "warn", _("to be looked at")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    key = models.CharField(max_length=160)
    about = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    count = models.PositiveIntegerField(default=1)
    log_id = models.UUIDField()
    seq = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("people.Staff", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], name="alert_one_open", condition=models.Q(acknowledged_at__isnull=True)
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation"],
                name="alert_open",
                condition=models.Q(acknowledged_at__isnull=True),
            ),
            models.Index(fields=["organisation", "-last_at"], name="alert_newest"),
            models.Index(fields=["last_at"], name="alert_age"),
        ]

    def __str__(self) -> str:
        return self.about
