"""Purposes with their wordings, and who consented to which."""

from __future__ import annotations

from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import NAMES, TextField, say
from servicehall.kernel.slugs import slug_validator
from servicehall.rooms.customers.faces import FIELD
from servicehall.rooms.customers.form import WORDS, Need, read, unneeded

from .records import Customer


class Purpose(models.Model):
    """What an organisation wants to use personal data for."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("only with the customer's consent")
        SERVICE = "service", _("needed to serve the customer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        "hall.Organisation", models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    slug = models.CharField(_("short name"), max_length=40, validators=[slug_validator])
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, default=Basis.CONSENT)
    uses = models.JSONField(_("fields"), default=list, blank=True, help_text=_("The fields that it needs."))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="purpose_slug")]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        known = (*Customer.MASKS, WORDS, FIELD)
        if not isinstance(self.uses, list) or not set(self.uses) <= set(known):
            raise ValidationError({"uses": _("Choose among: %s") % ", ".join(known)})
        if FIELD in self.uses and (len(self.uses) > 1 or self.basis != self.Basis.CONSENT):
            raise ValidationError(
                {"uses": _("A purpose that needs the face needs consent, and nothing else with it.")}
            )
        self._demand_agreed()
        from .forms import FormVersion

        for version in FormVersion.published().filter(purposes=self.pk):
            needs = [one.need for one in version.purposes.filter(is_active=True) if one.pk != self.pk]
            needs += [self.need] if self.is_active else []
            if left := unneeded(read(version.questions), needs):
                facts = {"form": version.form.step, "fields": ", ".join(one.key for one in left)}
                raise ValidationError(
                    {
                        "uses": _(
                            "The form “%(form)s” asks for %(fields)s because of this purpose. Take it out there first."
                        )
                        % facts
                    }
                )

    def _demand_agreed(self) -> None:
        """A consent is to fields that were read with it: it is not stretched over others afterwards."""
        agreed = Consent.objects.filter(version__purpose=self.pk, withdrawn_at=None)
        before = Purpose.objects.filter(pk=self.pk, basis=self.Basis.CONSENT).first()
        if before is None or not (more := sorted(set(self.uses) - set(before.uses))) or not agreed.exists():
            return
        words = _("Customers agreed to this purpose without %(fields)s. Make another purpose for that.")
        raise ValidationError({"uses": words % {"fields": ", ".join(more)}})

    @property
    def is_for_faces(self) -> bool:
        """Whether it is the purpose of comparing faces, which stands for itself."""
        return list(self.uses) == [FIELD] and self.basis == self.Basis.CONSENT

    @property
    def need(self) -> Need:
        """The purpose as a form sees it."""
        return Need(self.pk, frozenset(self.uses), self.basis == self.Basis.CONSENT)


class PurposeVersion(models.Model):
    """The wording that customers consent to. Never changed: another wording is another version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.ForeignKey(Purpose, models.CASCADE, related_name="versions", verbose_name=_("purpose"))
    number = models.PositiveIntegerField(_("version"), editable=False)
    titles = TextField(_("title"))
    texts = TextField(_("text"), help_text=_("What is done with the data, by whom, for how long."))
    published_at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["purpose", "number"], name="purpose_version_number")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number}"

    def digest(self, language: str) -> str:
        """SHA-256 of title, line feed and text as they are read in a language."""
        read = f"{say(self.titles, language)}\n{say(self.texts, language)}"
        return sha256(read.encode()).hexdigest()

    def clean(self) -> None:
        for field in ("titles", "texts"):
            if not all((getattr(self, field) or {}).get(code) for code in NAMES):
                raise ValidationError(
                    {field: _("Write it in every language: %s") % ", ".join(NAMES.values())}
                )
        if not self.number:
            newest = PurposeVersion.objects.filter(purpose_id=self.purpose_id).order_by("-number").first()
            self.number = newest.number + 1 if newest else 1


class Consent(models.Model):
    """A customer said yes to a wording, and perhaps took it back. Its id is the receipt's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    version = models.ForeignKey(PurposeVersion, models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    given_to = models.UUIDField(null=True, help_text="the member of staff who wrote it down")
    language = models.CharField(max_length=10)
    uses = models.JSONField(
        default=list, help_text="the fields that it covers, as they were when it was given"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_channel = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "version"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
