"""What customers ask for and staff decides: to be erased, to be corrected."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.protection.fields import ProtectedText, protected_fields

from .records import Customer


class ErasureRequest(models.Model):
    """A customer asked to be erased. Staff decides before the deadline."""

    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        DONE = "done", _("erased")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")

    class Reason(models.TextChoices):
        DUTY = "duty", _("We must keep it by law")
        CLAIM = "claim", _("An open claim or payment needs it")
        NOT_SURE = "identity", _("We cannot tell that it is you")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="erasure_requests")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    channel = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(state="open"), name="erasure_request_one_open"
            )
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="erasure_request_due")]

    def __str__(self) -> str:
        return str(self.pk)


class CorrectionRequest(models.Model):
    """A customer asks for a correction that they cannot make alone. Staff decides before the deadline."""

    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        DONE = "done", _("corrected")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")

    class Reason(models.TextChoices):
        DOCUMENT = "document", _("We have to see a document for this. Please come to a counter.")
        RIGHT = "right", _("We checked it: what we have is right")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=20)
    wish = ProtectedText(_("wish"), max_length=2000, subject="customer_id", tenant="organisation_id")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    channel = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "field"], condition=models.Q(state="open"), name="correction_one_open"
            )
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="correction_due")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def field_name(self) -> str:
        """What is to be corrected, in the reader's language."""
        return str({one.name: one.verbose_name for one in protected_fields(Customer)}[self.field])
