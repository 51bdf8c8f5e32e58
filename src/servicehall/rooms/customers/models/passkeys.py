"""Customers' passkeys, and challenges that were signed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.protection.fields import ProtectedText

from .records import Customer


class Passkey(models.Model):
    """A customer's passkey: its public key, and how often it says that it has signed. The name is the customer's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="passkeys")
    name = ProtectedText(_("name"), max_length=60, subject="customer_id", tenant="organisation_id")
    id_digest = models.BinaryField(max_length=32, unique=True)
    credential = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")

    def __str__(self) -> str:
        return str(self.pk)


class SpentChallenge(models.Model):
    """A passkey's challenge that was signed: the second signature of it finds it here, whoever looks at it."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.at}"
