"""Tables of payments: with whom money is taken, what is to be paid, what happened to it, refunds, days compared.

An intent's row is what its events make of it (standing.py); the events are only ever added to. Nothing here
names a payer: providers' words about them are not kept.
"""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel.ids import uuid7
from servicehall.kernel.money import Money
from servicehall.kernel.slugs import slug_validator

_number = RegexValidator(r"^[0-9A-Za-z_-]*\Z", _("Letters, digits, hyphens and underscores only."))


class Provider(models.TextChoices):
    WECHAT = "wechat", _("WeChat Pay")
    ALIPAY = "alipay", _("Alipay")
    CASH = "cash", _("cash at the counter")


class Account(models.Model):
    """What an organisation has with a provider. The keys themselves are files outside of the database."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        "hall.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    provider = models.CharField(_("way of paying"), max_length=10, choices=Provider.choices)
    app_id = models.CharField(
        _("app id"), max_length=40, blank=True, validators=[_number], help_text=_("As the provider names it.")
    )
    merchant = models.CharField(
        _("merchant number"),
        max_length=40,
        blank=True,
        validators=[_number],
        help_text=_("WeChat Pay: mchid. Alipay: the seller’s id (2088…)."),
    )
    serial = models.CharField(
        _("serial number of our certificate"),
        max_length=64,
        blank=True,
        validators=[_number],
        help_text=_("WeChat Pay only."),
    )
    platform_serial = models.CharField(
        _("id of the provider’s public key"),
        max_length=80,
        blank=True,
        validators=[_number],
        help_text=_("WeChat Pay only: PUB_KEY_ID_…, or the serial number of its certificate."),
    )
    keys = models.CharField(
        _("folder of keys"),
        max_length=40,
        blank=True,
        validators=[slug_validator],
        help_text=_("A folder’s name among the payment keys of this installation."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("payment account")
        verbose_name_plural = _("payment accounts")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "provider"], name="payment_account_provider")
        ]

    def __str__(self) -> str:
        return str(self.get_provider_display())


class Intent(models.Model):
    """Something to be paid: for what (a reference of another room), how much, by which way, and how it stands.

    ``received`` and ``refunded`` are sums in minor units. ``refunded`` counts refunds that are under way, so two
    at once cannot give back more than came in.
    """

    class State(models.TextChoices):
        OPENED = "opened", pgettext_lazy("payment", "opened")
        OFFERED = "offered", pgettext_lazy("payment", "waits to be paid")
        PAID = "paid", pgettext_lazy("payment", "paid")
        CLOSED = "closed", pgettext_lazy("payment", "closed")
        FAILED = "failed", pgettext_lazy("payment", "failed")
        UNKNOWN = "unknown", pgettext_lazy("payment", "not known yet")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    reference_kind = models.CharField(max_length=30)
    reference_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPENED)
    qr = models.CharField(max_length=512, blank=True, default="")
    received = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    transaction_id = models.CharField(max_length=64, blank=True, default="")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)
    asked = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(
                fields=["reference_kind", "reference_id", "revision"], name="intent_reference"
            ),
            models.UniqueConstraint(
                fields=["reference_kind", "reference_id"],
                name="intent_one_open",
                condition=Q(state__in=("opened", "offered", "unknown")),
            ),
            models.UniqueConstraint(
                fields=["account", "transaction_id"],
                name="intent_transaction",
                condition=~Q(transaction_id=""),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="intent_amount"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("received")), name="intent_refunded"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (Q(received__gte=F("amount")) & Q(paid_at__isnull=False)),
                name="intent_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "-id"], name="intent_newest"),
            models.Index(fields=["ask_at"], name="intent_ask", condition=Q(ask_at__isnull=False)),
            models.Index(fields=["account", "paid_at"], name="intent_paid_at"),
        ]

    def __str__(self) -> str:
        return f"{self.money} {self.state}"

    @property
    def number(self) -> str:
        """Our number of the order, as the provider gets it (32 characters)."""
        return self.pk.hex

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def came_in(self) -> Money:
        return Money(self.received, self.currency)

    @property
    def given_back(self) -> Money:
        """Also what is on its way back."""
        return Money(self.refunded, self.currency)

    @property
    def refundable(self) -> Money:
        """What came in and was not given back, nor is about to be."""
        return Money(self.received - self.refunded, self.currency)


class IntentEvent(models.Model):
    """Something that happened to an intent. Append only; ``notification`` is the provider's own id of what it told."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    intent = models.ForeignKey(Intent, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    source = models.CharField(max_length=12)
    amount = models.BigIntegerField(default=0)
    transaction_id = models.CharField(max_length=64, blank=True, default="")
    notification = models.CharField(max_length=80, blank=True, default="")
    detail = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notification"], name="intent_event_notification", condition=~Q(notification="")
            ),
            models.UniqueConstraint(fields=["intent"], name="intent_paid_once", condition=Q(kind="paid")),
        ]
        indexes = [models.Index(fields=["intent", "id"], name="intent_event_order")]

    def __str__(self) -> str:
        return self.kind


class Refund(models.Model):
    """Money to be given back. ``wanted``: somebody has to decide, because it came in when nothing was to be paid."""

    class State(models.TextChoices):
        WANTED = "wanted", pgettext_lazy("refund", "to be decided")
        MEANT = "meant", pgettext_lazy("refund", "under way")
        DONE = "done", pgettext_lazy("refund", "given back")
        FAILED = "failed", pgettext_lazy("refund", "refused by the provider")
        UNKNOWN = "unknown", pgettext_lazy("refund", "not known yet")

    class Reason(models.TextChoices):
        CUSTOMER = "customer", pgettext_lazy("refund", "the customer changed their mind")
        MISTAKE = "mistake", pgettext_lazy("refund", "charged by mistake")
        SERVICE = "service", pgettext_lazy("refund", "the service could not be given")
        LATE = "late", pgettext_lazy("refund", "paid after it was closed")
        TWICE = "twice", pgettext_lazy("refund", "paid twice")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    intent = models.ForeignKey(Intent, models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=64, unique=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    transaction_id = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices)
    made_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount")]
        indexes = [
            models.Index(fields=["intent", "id"], name="refund_order"),
            models.Index(fields=["ended_at"], name="refund_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.state}"

    @property
    def number(self) -> str:
        """Our number of the refund, as the provider gets it."""
        return self.pk.hex


class Reconciliation(models.Model):
    """A day with a provider, compared with its statement; ``differences`` are lines of ids, numbers and words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    day = models.DateField()
    made_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    matched = models.PositiveIntegerField()
    differences = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["account", "-day", "-id"], name="reconciliation_newest")]

    def __str__(self) -> str:
        return f"{self.day} {len(self.differences)}"
