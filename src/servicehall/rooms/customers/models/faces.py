"""What is kept of a face, of those who agreed to it."""

from __future__ import annotations

from django.db import models

from servicehall.kernel.ids import uuid7
from servicehall.kernel.protection.fields import ProtectedText

from .consent import Consent
from .records import Customer


class FaceTemplate(models.Model):
    """What a verifier keeps of a face, under a key of its own: destroying it leaves the rest of the record open."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+", db_index=False)
    customer = models.OneToOneField(Customer, models.CASCADE, related_name="face")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+")
    template = ProtectedText(max_length=20_000, subject="pk", tenant="organisation_id")
    verifier = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
