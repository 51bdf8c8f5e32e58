"""Tables of feedback: ratings of served visits, and of requests that customers did by themselves."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7


class Rating(models.Model):
    """What a customer says of a visit, or of a request: 1 (bad) to 5 (very good), reasons, a comment."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="ratings", verbose_name=_("site"))
    ticket_id = models.UUIDField(unique=True, null=True)
    visit_id = models.UUIDField(null=True)
    service_id = models.UUIDField(null=True)
    request_id = models.UUIDField(unique=True, null=True)
    flow = models.CharField(_("service by themselves"), max_length=40, blank=True)
    counter_id = models.UUIDField(null=True)
    staff_id = models.UUIDField(null=True)
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    reasons = models.JSONField(_("reasons"), default=list)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    channel = models.CharField(_("channel"), max_length=20)
    rated_at = models.DateTimeField(_("rated"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        indexes = [models.Index(fields=["site", "rated_at"], name="rating_site_time")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ticket_id__isnull=False, request_id__isnull=True)
                | models.Q(ticket_id__isnull=True, request_id__isnull=False),
                name="rating_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.score}/5"
