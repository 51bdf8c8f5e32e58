"""The record, sealed under the customer's own key; codes that were sent; records found to be one person's, or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.ids import uuid7
from servicehall.kernel.protection import masking
from servicehall.kernel.protection.blind_index import BlindIndex
from servicehall.kernel.protection.fields import ProtectedText
from servicehall.kernel.protection.refusals import Unreadable

_OURS = {"subject": "pk", "tenant": "organisation_id"}


class Customer(models.Model):
    """Somebody who is served by an organisation, on whichever channel."""

    class Level(models.TextChoices):
        GUEST = "guest", _("guest")
        CONTACT = "contact", _("contact verified")
        IDENTITY = "identity", _("ID verified")

    class Document(models.TextChoices):
        RESIDENT = "resident-id", _("resident identity card")
        PASSPORT = "passport", _("passport")
        PERMIT = "residence-permit", _("residence permit")
        OTHER = "other", _("another document")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.PROTECT, related_name="+")
    level = models.CharField(_("identity"), max_length=10, choices=Level.choices, default=Level.GUEST)

    name = ProtectedText(_("full name"), max_length=80, **_OURS)
    phone = ProtectedText(_("phone"), max_length=30, **_OURS)
    email = ProtectedText(_("e-mail"), max_length=200, **_OURS)
    address = ProtectedText(_("address"), max_length=300, **_OURS)
    notes = ProtectedText(_("notes"), max_length=2000, **_OURS)
    document = models.CharField(_("document"), max_length=20, choices=Document.choices, blank=True)
    id_number = ProtectedText(_("ID number"), max_length=40, **_OURS)

    phone_index = BlindIndex("phone", form="phone", tenant="organisation_id")
    email_index = BlindIndex("email", form="email", tenant="organisation_id")
    id_index = BlindIndex("id_number", form="id_number", tenant="organisation_id")
    alike_index = BlindIndex("name", "phone", form="name_and_phone_tail", tenant="organisation_id")

    phone_verified_at = models.DateTimeField(null=True)
    email_verified_at = models.DateTimeField(null=True)
    id_verified_at = models.DateTimeField(null=True)
    id_verified_by = models.UUIDField(null=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    channel = models.CharField(max_length=20)
    created_at = models.DateTimeField(_("since"))
    changed_at = models.DateTimeField(_("changed"))
    seen_at = models.DateTimeField(_("last seen"), default=clock.now, db_index=True)
    restricted_at = models.DateTimeField(_("restricted"), null=True)
    review_on = models.DateField(_("review of the restriction"), null=True)
    lifted_at = models.DateTimeField(_("restriction lifted"), null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    erased_at = models.DateTimeField(_("erased"), null=True)

    MASKS = {
        "name": "name",
        "phone": "phone",
        "email": "email",
        "address": "words",
        "notes": "words",
        "id_number": "id_number",
    }

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="customer_newest"),
            models.Index(fields=["phone_index"], name="customer_phone"),
            models.Index(fields=["email_index"], name="customer_email"),
            models.Index(fields=["id_index"], name="customer_id_number"),
            models.Index(fields=["alike_index"], name="customer_alike"),
            models.Index(
                fields=["organisation", "-restricted_at"],
                condition=models.Q(restricted_at__isnull=False),
                name="customer_restricted",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def masked(self, field: str) -> str:
        """A protected field as screens show it; one that was tampered with does not take its page down."""
        try:
            return masking.masked(self.MASKS[field], getattr(self, field))
        except Unreadable:
            return gettext("cannot be read")

    @property
    def masked_name(self) -> str:
        """The name as lists show it; the next three are the like for the other fields that lists have."""
        return self.masked("name")

    @property
    def masked_phone(self) -> str:
        return self.masked("phone")

    @property
    def masked_email(self) -> str:
        return self.masked("email")

    @property
    def masked_id(self) -> str:
        return self.masked("id_number")


class ContactCode(models.Model):
    """A one-time code that was sent. Neither code nor address can be read from it: both are keyed hashes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+", db_index=False)
    address_digest = models.BinaryField(max_length=16)
    client_digest = models.BinaryField(max_length=16)
    code_digest = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "address_digest", "sent_at"], name="code_by_address"),
            models.Index(fields=["organisation", "client_digest", "sent_at"], name="code_by_client"),
            models.Index(fields=["sent_at"], name="code_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


def of_person(customer_id: UUID) -> models.QuerySet[Customer, Any]:
    """The ids of a record and of those joined with it, for a subquery: what was said as either is one person's."""
    return Customer.objects.filter(models.Q(pk=customer_id) | models.Q(merged_into=customer_id)).values("pk")


class Joining(models.Model):
    """Two records found to be one person's. What was filled in from the other is noted, so that undo is exact."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    kept = models.ForeignKey(Customer, models.CASCADE, related_name="joinings")
    gone = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    filled = models.JSONField(default=list)
    moved = models.JSONField(default=list)
    joined_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-joined_at"], name="joining_newest")]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"


class KeptApart(models.Model):
    """Two records that look alike and are two persons', as staff decided; the smaller id first."""

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="kept_apart_once")]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
