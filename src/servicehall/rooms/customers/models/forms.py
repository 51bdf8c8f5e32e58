"""Forms, their versions, and what was answered in own words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.protection.fields import ProtectedText
from servicehall.kernel.slugs import slug_validator

from .consent import Purpose
from .records import Customer


class Form(models.Model):
    """What an organisation asks at one step. Whoever asks finds it by organisation and step."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    step = models.CharField(max_length=40, validators=[slug_validator])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "step"], name="form_step")]

    def __str__(self) -> str:
        return self.step


class FormVersion(models.Model):
    """Questions with the purposes that need the answers (see form.py). A draft until it is published, then never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form = models.ForeignKey(Form, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    questions = models.JSONField(default=list)
    purposes = models.ManyToManyField(Purpose, related_name="forms")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number"),
            models.UniqueConstraint(
                fields=["form"], condition=models.Q(published_at__isnull=True), name="form_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.number}"

    @classmethod
    def published(cls) -> models.QuerySet[FormVersion]:
        """The version of each form that is asked now."""
        later = cls.objects.filter(form=models.OuterRef("form"), number__gt=models.OuterRef("number"))
        return cls.objects.filter(
            ~models.Exists(later.filter(published_at__isnull=False)), published_at__isnull=False
        )


class Answer(models.Model):
    """What a customer answered in their own words; other answers stand in the record itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="answers", db_index=False)
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=40)
    words = ProtectedText(_("answer"), max_length=1000, subject="customer_id", tenant="organisation_id")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "version", "question"], name="answer_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)
