"""Tables of messages: what was to be sent to whom, sealed under its own key; who read it here, who wants none; texts by day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.protection.blind_index import BlindIndex
from servicehall.kernel.protection.fields import ProtectedText

_OURS = {"subject": "pk", "tenant": "organisation_id"}


class Message(models.Model):
    """A message to somebody outside, as an effect: meant, then done or failed, and perhaps told to have arrived.

    ``number`` is the provider's own of it, ``detail`` the provider's word for what went wrong. ``secret`` is the
    one-time code that the text holds: pages of staff show the text without it. ``template`` and ``values`` are for
    ways that send approved texts only (a JSON object of words); ``calendar`` is a part in iCalendar. ``is_optional``:
    the customer may refuse such messages, and gets so many a day and no more.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("text message")
        WECHAT = "wechat", _("WeChat message")

    class State(models.TextChoices):
        MEANT = "meant", _("on its way")
        KEPT = "kept", _("kept here")
        SENDING = "sending", _("being sent")
        UNCLEAR = "unclear", _("being asked about")
        DONE = "done", _("sent")
        ARRIVED = "arrived", _("arrived")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    transport = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices)
    address = ProtectedText(_("to"), **_OURS)
    address_index = BlindIndex("address", form="contact", tenant="organisation_id")
    title = ProtectedText(_("title"), **_OURS)
    body = ProtectedText(_("text"), **_OURS)
    secret = ProtectedText(_("one-time code"), **_OURS)
    values = ProtectedText(_("words of the template"), **_OURS)
    calendar = ProtectedText(_("calendar part"), **_OURS)
    template = models.CharField(max_length=40, blank=True, default="")
    is_optional = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=100, blank=True, default="")
    detail = models.CharField(max_length=60, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["organisation", "-made_at"], name="message_newest"),
            models.Index(fields=["address_index"], name="message_address"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def body_without_secret(self) -> str:
        """The text as staff may read it."""
        return self.body.replace(self.secret, "•" * len(self.secret)) if self.secret else self.body


class Refusal(models.Model):
    """Somebody wants no messages of a kind that they may refuse; those that answer an act of theirs still go."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Message.Kind.choices)
    address = ProtectedText(_("to"), **_OURS)
    address_index = BlindIndex("address", form="contact", tenant="organisation_id")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "address_index"], name="refusal_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"


class Reading(models.Model):
    """When a member of staff was last recorded to have read a message in the mailbox; it goes with the message."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="readings", db_index=False)
    reader = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "reader"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.reader}"


class TextsOfDay(models.Model):
    """How many text messages went out on a day: to a number, known by a keyed hash, or (none) of an organisation."""

    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    number = models.BinaryField(max_length=16, default=b"")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "day", "number"], name="texts_of_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}: {self.count}"
