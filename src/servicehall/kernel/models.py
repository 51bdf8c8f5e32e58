"""Tables of the kernel: event log, followers' cursors, timers, idempotency keys, effects outside, wrapped data keys."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened. Append only; ``seq`` has no gaps within a site."""

    id = models.BigAutoField(primary_key=True)
    site_id = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=20)
    visit_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site_id", "seq"], name="event_site_seq")]
        indexes = [
            models.Index(fields=["visit_id"], name="event_visit", condition=models.Q(visit_id__isnull=False)),
            # What is about a person. Visits' events, which are nearly all, are left out: taking a ticket
            # does not pay for it.
            models.Index(
                fields=["subject_id"],
                name="event_subject",
                condition=models.Q(subject_id__isnull=False, visit_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class SiteLog(models.Model):
    """The last number given in a site's log; its row lock is the line that writers stand in."""

    site_id = models.UUIDField(primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.site_id} {self.last}"


class Cursor(models.Model):
    """How far a follower has come in a site's log."""

    follower = models.CharField(max_length=60)
    site_id = models.UUIDField()
    seq = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["follower", "site_id"], name="cursor_follower_site")]

    def __str__(self) -> str:
        return f"{self.follower} {self.seq}"


class Timer(models.Model):
    """Something to do at a moment, set in the transaction of the fact that starts it."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    site_id = models.UUIDField()
    due_at = models.DateTimeField(db_index=True)
    data = models.JSONField(default=dict)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="timer_kind_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class KeptAnswer(models.Model):
    """The first answer to a request that carried an idempotency key."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="kept_answer_scope_key")]

    def __str__(self) -> str:
        return self.key


class Effect(models.Model):
    """Something that is done outside: meant, then done, failed, or nobody knows (see effects.py).

    ``request`` and ``result`` hold what the kind's own list allows: ids, numbers, words.
    """

    class State(models.TextChoices):
        INTENDED = "intended", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("not done")
        UNKNOWN = "unknown", _("not known yet")

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    site_id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    request = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.INTENDED)
    result = models.JSONField(default=dict)
    intended_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)
    asked = models.PositiveIntegerField(default=0)
    person_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="effect_kind_key"),
            # What has ended is not asked about, what is open always has a next moment or a person.
            models.CheckConstraint(
                condition=models.Q(state__in=("done", "failed"), ask_at__isnull=True)
                | models.Q(state__in=("intended", "unknown"), settled_at__isnull=True),
                name="effect_ended_or_open",
            ),
        ]
        indexes = [
            models.Index(fields=["ask_at"], name="effect_ask", condition=models.Q(ask_at__isnull=False)),
            models.Index(fields=["subject_id"], name="effect_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class DataKey(models.Model):
    """A key that protects data, wrapped by a root key that is not in the database.

    A person has one key (several while it is being changed); a blind index has one for its column.
    Destroyed: ``wrapped`` is empty and ``destroyed_at`` says since when.
    """

    class Use(models.TextChoices):
        PERSON = "person", "a person's data"
        INDEX = "index", "a blind index"
        DIGEST = "digest", "a keyed digest"

    use = models.CharField(max_length=10, choices=Use.choices)
    owner_id = models.UUIDField()
    tenant_id = models.UUIDField()
    version = models.PositiveIntegerField()
    suite = models.PositiveSmallIntegerField()
    root_version = models.PositiveIntegerField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_id", "version"], name="data_key_owner_version")]
        indexes = [
            models.Index(fields=["root_version"], name="data_key_root"),
            models.Index(fields=["use", "created_at"], name="data_key_age"),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.owner_id} {self.version}"


class KeyChange(models.Model):
    """A change of all keys of a kind: how far it has come. It can be stopped and taken up again."""

    class Kind(models.TextChoices):
        ROOT = "root", "wrapping with the newest root key"
        DATA = "data", "new data keys"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    started_at = models.DateTimeField()
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(finished_at__isnull=True), name="key_change_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.total}"


class RetentionRule(models.Model):
    """How many days a kind of data is kept, where that differs from what its room says."""

    kind = models.CharField(_("kind of data"), max_length=60, unique=True)
    days = models.PositiveIntegerField(_("days"))

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")

    def __str__(self) -> str:
        return self.kind
