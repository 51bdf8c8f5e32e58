"""Tables of connectors: the other systems of an organisation, and what came of each call (never what was in it)."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField, say
from servicehall.kernel.slugs import slug_validator


class Connector(models.Model):
    """The way to another system of an organisation. Its secret is named here and kept elsewhere."""

    class Kind(models.TextChoices):
        HTTP = "http", _("HTTP, described by OpenAPI")
        SQL = "sql", _("database, read only")
        PYTHON = "python", _("Python plug-in")

    class SecretUse(models.TextChoices):
        NONE = "none", _("none")
        BEARER = "bearer", _("bearer token")
        BASIC = "basic", _("name and password (name:password)")
        API_KEY = "api-key", _("header X-API-Key")
        PASSWORD = "password", _("password of the database")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        "hall.Organisation", models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    slug = models.CharField(
        _("short name"),
        max_length=40,
        validators=[slug_validator],
        help_text=_("Flows name the connector by it."),
    )
    names = TextField(_("names"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.HTTP)
    address = models.CharField(
        _("address"),
        max_length=500,
        help_text=_(
            "https://… of the system; postgresql://name@host/database or sqlite:///path of a database, without the"
            " password; the name of a plug-in."
        ),
    )
    allowed_hosts = models.CharField(
        _("allowed hosts"),
        max_length=500,
        blank=True,
        default="",
        help_text=_("Calls go to these hosts only, separated by spaces. Redirects are not followed."),
    )
    definition = models.JSONField(
        _("description"),
        default=dict,
        blank=True,
        help_text=_("OpenAPI 3 document as JSON; the named queries of a database; options of a plug-in."),
    )
    secret_use = models.CharField(
        _("secret is sent as"), max_length=10, choices=SecretUse.choices, default=SecretUse.NONE
    )
    secret_name = models.CharField(
        _("name of the secret"),
        max_length=40,
        blank=True,
        default="",
        validators=[slug_validator],
        help_text=_("Of a key file or a variable of the environment; the secret itself is never kept here."),
    )
    connect_seconds = models.FloatField(
        _("seconds to connect"),
        default=3.0,
        validators=[MinValueValidator(0.1), MaxValueValidator(30)],
    )
    whole_seconds = models.FloatField(
        _("seconds for an answer"),
        default=10.0,
        validators=[MinValueValidator(0.1), MaxValueValidator(60)],
    )
    faults_to_open = models.PositiveSmallIntegerField(
        _("faults until it is left alone"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("After so many faults one after another nothing is sent for a while."),
    )
    rest_seconds = models.FloatField(
        _("seconds that it is left alone"),
        default=30.0,
        validators=[MinValueValidator(0.1), MaxValueValidator(3600)],
    )
    row_limit = models.PositiveIntegerField(
        _("rows of an answer at most"),
        default=200,
        validators=[MinValueValidator(1), MaxValueValidator(5000)],
        help_text=_("Of a database."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("connector")
        verbose_name_plural = _("connectors")
        ordering = ["organisation", "slug"]
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="connector_slug")]

    def __str__(self) -> str:
        return say(self.names)

    def clean(self) -> None:
        from .fitting import check

        check(self)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that calls may go to."""
        return frozenset(self.allowed_hosts.lower().replace(",", " ").split())


class Call(models.Model):
    """A call and what came of it. Neither inputs nor answers, nobody's name."""

    class Outcome(models.TextChoices):
        DONE = "done", _("answered")
        REFUSED = "refused", _("refused")
        UNAVAILABLE = "unavailable", _("not reached")
        LIED = "lied", _("answer does not fit")
        UNKNOWN = "unknown", _("answer lost")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connector = models.ForeignKey(Connector, models.CASCADE, related_name="calls")
    operation = models.CharField(max_length=100)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    fault = models.CharField(max_length=20, blank=True, default="")
    status = models.PositiveSmallIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    site_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("call of a connector")
        verbose_name_plural = _("calls of connectors")
        indexes = [
            models.Index(fields=["connector", "-at"], name="connector_call_newest"),
            models.Index(fields=["at"], name="connector_call_age"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.outcome}"
