"""Tables of customers: the record, sealed under the customer's own key; codes, duplicates, consent, erasure."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import NAMES, TextField
from servicehall.kernel.protection import masking
from servicehall.kernel.protection.blind_index import BlindIndex
from servicehall.kernel.protection.fields import ProtectedText
from servicehall.kernel.protection.refusals import Unreadable
from servicehall.kernel.slugs import slug_validator

from .faces import FIELD
from .form import WORDS, Need, read, unneeded

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


class Form(models.Model):
    """What an organisation asks at one step. Whoever asks finds it by organisation and step."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+")
    step = models.CharField(max_length=40, validators=[slug_validator])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "step"], name="form_step")]

    def __str__(self) -> str:
        return self.step


class FormVersion(models.Model):
    """Questions with the purposes that need the answers (see form.py). A draft until it is published, then never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form = models.ForeignKey(Form, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    questions = models.JSONField(default=list)
    purposes = models.ManyToManyField(Purpose, related_name="forms")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number"),
            models.UniqueConstraint(
                fields=["form"], condition=models.Q(published_at__isnull=True), name="form_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.number}"

    @classmethod
    def published(cls) -> models.QuerySet[FormVersion]:
        """The version of each form that is asked now."""
        later = cls.objects.filter(form=models.OuterRef("form"), number__gt=models.OuterRef("number"))
        return cls.objects.filter(
            ~models.Exists(later.filter(published_at__isnull=False)), published_at__isnull=False
        )


class Answer(models.Model):
    """What a customer answered in their own words; other answers stand in the record itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="answers", db_index=False)
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=40)
    words = ProtectedText(_("answer"), max_length=1000, subject="customer_id", tenant="organisation_id")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "version", "question"], name="answer_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class FaceTemplate(models.Model):
    """What a verifier keeps of a face, under a key of its own: destroying it leaves the rest of the record open."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("hall.Organisation", models.CASCADE, related_name="+", db_index=False)
    customer = models.OneToOneField(Customer, models.CASCADE, related_name="face")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+")
    template = ProtectedText(max_length=20_000, **_OURS)
    verifier = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


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
