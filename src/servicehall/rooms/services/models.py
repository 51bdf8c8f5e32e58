"""Tables of self-service: flows with their versions, who is half-way through one, tasks that a person has to do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField
from servicehall.kernel.protection.fields import ProtectedText
from servicehall.kernel.slugs import slug_validator

_OURS = {"subject": "pk", "tenant": "organisation_id"}


class Flow(models.Model):
    """A service that customers do by themselves. Its draft can be changed; what was published cannot.

    ``replaced`` is the draft that was there before another text, from a file or a version, took its place as a whole.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.PROTECT, related_name="+")
    slug = models.CharField(_("short name"), max_length=40, validators=[slug_validator])
    names = TextField(_("names"), blank=True)
    draft = models.TextField(_("draft"), blank=True)
    draft_number = models.PositiveIntegerField(default=1)
    replaced = models.TextField(_("replaced draft"), blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("flow")
        verbose_name_plural = _("flows")
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="flow_slug")]

    def __str__(self) -> str:
        return self.slug


class Version(models.Model):
    """A published definition, known by its digest. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    flow = models.ForeignKey(Flow, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    text = models.TextField()
    made_at = models.DateTimeField()
    retires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="flow_version_number"),
            models.UniqueConstraint(fields=["flow", "digest"], name="flow_version_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.flow_id} {self.number}"


class Publication(models.Model):
    """From when a version is the one that is begun; the newest that has come counts. No version: none is begun."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    flow = models.ForeignKey(Flow, models.CASCADE, related_name="publications")
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["flow", "-from_at", "-made_at"], name="publication_newest")]

    def __str__(self) -> str:
        return f"{self.flow_id} {self.from_at:%Y-%m-%d %H:%M}"


class Instance(models.Model):
    """Somebody's way through a flow: the version, what was given at the start, the answers, a revision. No position.

    ``came_from`` is the version that it was taken over from, to which it may be given back.

    The answers are sealed under a key of this row's own, which is destroyed with the person's, or when they are forgotten.
    ``number`` names it among people and opens nothing by itself. ``held_by`` is the member of staff who goes on with it
    now, in the customer's place; ``is_staffs_own`` says that all answers were entered by staff so far.
    """

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        WAITING = "waiting", _("waits for a person")
        ENDED = "ended", _("ended")
        LEFT = "left", _("left")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("hall.Site", models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    came_from = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+", db_index=False)
    code_hash = models.CharField(max_length=64, unique=True)
    number = models.CharField(_("number"), max_length=12, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=20)
    given = models.JSONField(default=dict)
    answers = ProtectedText(_("answers"), **_OURS)
    revision = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=40, blank=True)
    customer_id = models.UUIDField(null=True)
    visit_id = models.UUIDField(null=True)
    intent_id = models.UUIDField(null=True, unique=True)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    forget_at = models.DateTimeField()
    works_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    held_by = models.UUIDField(null=True)
    held_at = models.DateTimeField(null=True)
    is_staffs_own = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], condition=~models.Q(number=""), name="instance_number"
            )
        ]
        indexes = [
            models.Index(fields=["site", "-begun_at"], name="instance_newest"),
            models.Index(fields=["version", "state"], name="instance_of_version"),
            models.Index(
                fields=["customer_id", "-begun_at"],
                condition=models.Q(customer_id__isnull=False),
                name="instance_of_customer",
            ),
            models.Index(fields=["forget_at"], name="instance_forget"),
            models.Index(
                fields=["works_at"], condition=models.Q(works_at__isnull=False), name="instance_works"
            ),
            models.Index(
                fields=["visit_id"], condition=models.Q(visit_id__isnull=False), name="instance_of_visit"
            ),
            models.Index(fields=["held_by"], condition=models.Q(held_by__isnull=False), name="instance_held"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Upload(models.Model):
    """A file that a customer sent with an answer, sealed under the key of their request. Base64, as columns hold texts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.PROTECT, related_name="+", db_index=False)
    instance = models.ForeignKey(Instance, models.CASCADE, related_name="uploads")
    step = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    content = ProtectedText(_("content"), subject="instance_id", tenant="organisation_id")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file of a request")
        verbose_name_plural = _("files of requests")

    def __str__(self) -> str:
        return str(self.pk)


class Task(models.Model):
    """Something about a customer's request that a person has to do or look at."""

    class Kind(models.TextChoices):
        CASE = "case", _("case")
        TAKEN_OVER = "taken-over", _("goes on with a person")
        UNSURE = "unsure", _("unknown whether it was done")
        FAULT = "fault", _("the flow cannot go on")
        RETIRED = "retired", _("ended with its version")
        UNDO = "undo", _("could not be taken back")
        REFUND = "refund", _("paid, and not done")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.PROTECT, related_name="+", db_index=False)
    instance = models.ForeignKey(Instance, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    step = models.CharField(max_length=40)
    group = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [models.UniqueConstraint(fields=["instance", "step", "kind"], name="task_once_a_step")]
        indexes = [
            models.Index(
                fields=["site", "made_at"], condition=models.Q(done_at__isnull=True), name="task_open"
            ),
            models.Index(fields=["site", "-made_at"], name="task_newest"),
        ]

    def __str__(self) -> str:
        return self.number


class SavedRun(models.Model):
    """A test run of a flow that is played again with each later draft: its script, and at which step it is to end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    flow = models.ForeignKey(Flow, models.CASCADE, related_name="runs")
    name = models.CharField(_("name"), max_length=80)
    script = models.TextField()
    ends = models.CharField(max_length=40)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["flow", "name"], name="saved_run_name")]

    def __str__(self) -> str:
        return self.name


class Move(models.Model):
    """A request goes to another device, or a phone becomes the remote control of the kiosk that has it.

    Kept are digests only. The device that is to have it brings a code of its own when it claims the move; that code becomes
    the request's when the move is taken, and the one before stops being one.
    """

    class Way(models.TextChoices):
        AWAY = "away", _("kiosk to phone")
        MIRROR = "mirror", _("phone as the kiosk’s remote control")
        PICKUP = "pickup", _("phone to kiosk")

    class State(models.TextChoices):
        OFFERED = "offered", _("offered")
        CLAIMED = "claimed", _("the number is compared")
        TAKEN = "taken", _("moved")
        BACK = "back", _("given back")
        CLOSED = "closed", _("stopped")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instance = models.ForeignKey(Instance, models.CASCADE, related_name="moves", db_index=False)
    way = models.CharField(max_length=6, choices=Way.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OFFERED)
    device = models.CharField(max_length=80, blank=True)
    token_hash = models.CharField(max_length=64)
    from_hash = models.CharField(max_length=64, db_index=True)
    claim_hash = models.CharField(max_length=64, null=True, unique=True)
    number = models.CharField(max_length=2, blank=True)
    numbers = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("move of a request")
        verbose_name_plural = _("moves of requests")
        indexes = [models.Index(fields=["instance", "-made_at"], name="move_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["instance"],
                condition=models.Q(state__in=["offered", "claimed"]),
                name="move_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=models.Q(state__in=["offered", "claimed"]),
                name="move_code_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.state}"
