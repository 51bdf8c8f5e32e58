"""Tables of webhooks: where events go, each delivery, and what was taken in from outside."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.protection.fields import ProtectedText

_OURS = {"subject": "pk", "tenant": "organisation_id"}


class Endpoint(models.Model):
    """An address outside that gets events of a site, or of all sites of an organisation (``site`` is none).

    The address is sealed like the secrets: many systems put their password into it.
    """

    class Why(models.TextChoices):
        FAILING = "failing", _("it failed for days")
        GONE = "gone", _("it said that it is gone")
        STOPPED = "stopped", _("stopped by staff")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    site = models.ForeignKey("hall.Site", models.CASCADE, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    url = ProtectedText(_("address"), **_OURS)
    secret = ProtectedText(_("secret"), **_OURS)
    old_secret = ProtectedText(_("old secret"), **_OURS)
    old_secret_until = models.DateTimeField(null=True)
    kinds = models.JSONField(_("kinds of events"))
    is_active = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=10, choices=Why.choices, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> UUID:
        """Whose events it gets: the site's, else the organisation's. Its acts are in that log."""
        return self.site_id or self.organisation_id


class Delivery(models.Model):
    """An event on its way to an address. Its body is made from the log each time, so nothing of it is kept here."""

    class State(models.TextChoices):
        WAITING = "waiting", _("on its way")
        DONE = "done", _("taken")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    log_id = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=20, blank=True, default="")
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["endpoint", "log_id", "seq"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["due_at", "endpoint"], name="delivery_due", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_newest"),
            models.Index(fields=["made_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def message_id(self) -> str:
        """The same for every try, so that the other side knows a message that came before."""
        return f"msg_{self.pk.hex}"


class TakenIn(models.Model):
    """A message from outside that was taken in: another one with its id is refused."""

    sender = models.CharField(max_length=60)
    message_id = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "message_id"], name="taken_in_once")]

    def __str__(self) -> str:
        return self.message_id
