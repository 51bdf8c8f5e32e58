"""How each board is dressed: layout, languages, sound and what its media slot shows.

Nothing of the queue: the calls come from the queueing room, and a board without a row here works.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import uploads
from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import NAMES, TextField, say

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site

# What browsers show and what cannot run as a page of ours.
KINDS = {"image": uploads.IMAGE, "video": uploads.VIDEO, "page": uploads.PAGE}


def check_languages(value: Any) -> None:
    """Refuse what is not a list of different languages that the product speaks."""
    if not isinstance(value, list) or len(set(map(str, value))) != len(value) or set(value) - set(NAMES):
        raise ValidationError(_('Write a list of languages, for example ["zh-Hans", "en"].'))


class Screen(models.Model):
    """The dress of one board: of a zone, or of the whole site where no zone is given."""

    class Layout(models.TextChoices):
        AUTOMATIC = "automatic", _("by the kind of zone")
        CALLS = "calls", _("calls only")
        MEDIA = "media", _("calls and media")

    class Wording(models.TextChoices):
        TOGETHER = "together", _("all languages at once")
        ALTERNATING = "alternating", _("one language after another")

    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="+", verbose_name=_("site"))
    zone = models.ForeignKey(
        "hall.Zone",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("zone"),
        help_text=_("Empty: the board of the whole site."),
    )
    layout = models.CharField(_("layout"), max_length=20, choices=Layout.choices, default=Layout.AUTOMATIC)
    wording = models.CharField(_("wording"), max_length=20, choices=Wording.choices, default=Wording.TOGETHER)
    languages = models.JSONField(
        _("languages"),
        default=list,
        blank=True,
        validators=[check_languages],
        help_text=_("The first is shown largest. Empty: the languages of the voice call."),
    )
    speaks = models.BooleanField(_("voice call"), default=True)
    oldest_spoken = models.PositiveSmallIntegerField(
        _("oldest call to speak (seconds)"),
        default=30,
        help_text=_("After an interruption, older calls are shown but not spoken."),
    )
    hurry_from = models.PositiveSmallIntegerField(
        _("speak once when so many calls wait"),
        default=0,
        help_text=_("0: every call is repeated as configured, however many wait."),
    )
    shows_waiting = models.BooleanField(_("show waiting numbers"), default=True)
    shows_services = models.BooleanField(_("show waits by service"), default=True)

    class Meta:
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        ordering = ["site", "zone"]
        constraints = [
            models.UniqueConstraint(fields=["site", "zone"], name="board_of_zone"),
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(zone__isnull=True), name="board_of_site"
            ),
        ]

    def __str__(self) -> str:
        return say(self.zone.names if self.zone else self.site.names)

    def clean(self) -> None:
        if self.zone and self.site_id and self.zone.site_id != self.site_id:
            raise ValidationError({"zone": _("This zone belongs to another site.")})


def stored_name(_item: Medium, name: str) -> str:
    """Where a file is kept: under the name that it was admitted with, see kernel/uploads.py."""
    return f"board/{PurePosixPath(name).name}"


class Medium(models.Model):
    """Something that a board's media slot shows in its turn."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("notice (text)")
        IMAGE = "image", _("image")
        VIDEO = "video", _("video (without sound)")
        PAGE = "page", _("HTML page")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    screen = models.ForeignKey(Screen, models.CASCADE, related_name="media", verbose_name=_("board"))
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NOTICE)
    names = TextField(_("title"), help_text=_("Shown on a notice; read aloud for images by screen readers."))
    body = TextField(_("text"), blank=True)
    file = models.FileField(_("file"), upload_to=stored_name, blank=True)
    seconds = models.PositiveSmallIntegerField(
        _("seconds"),
        default=12,
        validators=[MinValueValidator(3), MaxValueValidator(600)],
        help_text=_("Videos play to their end."),
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("medium")
        verbose_name_plural = _("media")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return say(self.names)

    @property
    def site(self) -> Site:
        """Whose setup this belongs to."""
        return self.screen.site

    @property
    def media_type(self) -> str:
        """The type to serve the file as; empty for what may not be served."""
        return KINDS[self.kind].type_of(self.file.name or "") if self.kind in KINDS else ""

    def clean(self) -> None:
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValidationError({"last_day": _("The last day is before the first.")})
        if self.kind == self.Kind.NOTICE:
            return
        if not self.file:
            raise ValidationError({"file": _("Choose a file to show.")})
        if self.kind not in KINDS:
            return  # said beside the kind
        if not getattr(self.file, "_committed", True):
            self._admit()
        elif not self.media_type:
            allowed = KINDS[self.kind].endings
            raise ValidationError({"file": _("Use a file that ends in %(allowed)s.") % {"allowed": allowed}})

    def _admit(self) -> None:
        """Look at a file that was just sent, once: the form and the act both ask."""
        if getattr(self, "_admitted", None) == (self.kind, self.file.name):
            return
        try:
            self.file = uploads.admit(self.file.file, KINDS[self.kind])
        except uploads.FileRefused as refused:
            said = [str(text) for text in (refused, refused.advice) if str(text)]
            raise ValidationError({"file": said}) from refused
        self._admitted = (self.kind, self.file.name)
