"""Tables of rules: what is measured, from when on it is too much, and what is done then."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel.ids import uuid7
from servicehall.kernel.languages import TextField, say
from servicehall.rooms.diversion.hysteresis import ALL_WEEK


class LoadRule(models.Model):
    """When a measure stays beyond a threshold for some minutes, something is proposed or done.

    ``threshold`` and ``over_at`` are in the measure's unit (see measures.py). For a measure of which less is worse
    (free counters) the second is the higher one. It holds on its ``weekdays``; where not ``on_holidays``, not on dates
    for which the site has hours of their own.
    """

    class Measure(models.TextChoices):
        LONGEST = "longest", _("longest wait now")
        EXPECTED = "expected", _("expected wait, high end")
        WAITING = "waiting", _("people waiting")
        SHARE = "share", _("share of those waiting who are over target")
        FREE = "free", _("free counters")
        KIOSKS = "kiosks", _("kiosks that are closed")

    class Action(models.TextChoices):
        OPEN_COUNTER = "open-counter", _("open a counter")
        COUNTER_SERVICES = "counter-services", _("a counter serves more")
        HIDE_SERVICES = "hide-services", _("hide services at the kiosks")
        SHOW_SERVICES = "show-services", _("show services at the kiosks only then")
        OFFER_TIME = "offer-time", _("offer another time")
        OFFER_SITE = "offer-site", _("offer another site")
        OFFER_CHANNEL = "offer-channel", _("offer to do it on the phone")
        NOTICE = "notice", _("a notice to those who wait")

    class Mode(models.TextChoices):
        PROPOSED = "proposed", _("proposed to a supervisor")
        AUTOMATIC = "automatic", _("done by itself")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey("hall.Site", models.CASCADE, related_name="load_rules", verbose_name=_("site"))
    names = TextField(_("names"))
    measure = models.CharField(_("measure"), max_length=20, choices=Measure.choices)
    services = models.ManyToManyField(
        "queueing.Service", blank=True, related_name="load_rules", verbose_name=_("services")
    )
    threshold = models.FloatField(
        _("threshold"), validators=[MinValueValidator(0), MaxValueValidator(100_000)]
    )
    over_at = models.FloatField(_("over at"), validators=[MinValueValidator(0), MaxValueValidator(100_000)])
    hold_minutes = models.FloatField(
        _("for so many minutes"), default=5, validators=[MinValueValidator(0), MaxValueValidator(240)]
    )
    calm_minutes = models.FloatField(
        _("over after so many minutes"), default=5, validators=[MinValueValidator(0), MaxValueValidator(240)]
    )
    from_time = models.TimeField(pgettext_lazy("time of day", "from"), null=True, blank=True)
    to_time = models.TimeField(pgettext_lazy("time of day", "to"), null=True, blank=True)
    weekdays = models.PositiveSmallIntegerField(
        _("weekdays"),
        default=ALL_WEEK,
        validators=[MinValueValidator(0), MaxValueValidator(ALL_WEEK)],
        help_text="one bit a day, the lowest is Monday",
    )
    on_holidays = models.BooleanField(_("also on special days"), default=True)
    action = models.CharField(_("what is done"), max_length=20, choices=Action.choices)
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices, default=Mode.PROPOSED)
    counter = models.ForeignKey(
        "queueing.Counter",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("counter"),
    )
    staff = models.ForeignKey(
        "people.Staff",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whom to ask"),
    )
    stages = models.ManyToManyField(
        "queueing.Stage", blank=True, related_name="+", verbose_name=_("what the counter serves as well")
    )
    kiosk_services = models.ManyToManyField(
        "queueing.Service", blank=True, related_name="+", verbose_name=_("services at the kiosks")
    )
    other_site = models.ForeignKey(
        "hall.Site", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("other site")
    )
    within_km = models.FloatField(
        _("within so many kilometres"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.1), MaxValueValidator(1000)],
    )
    flow = models.SlugField(_("service on the phone"), max_length=60, blank=True)
    notice = TextField(_("notice"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("load rule")
        verbose_name_plural = _("load rules")
        ordering = ["site", "id"]
        indexes = [models.Index(fields=["site", "is_active"], name="load_rule_site")]

    def __str__(self) -> str:
        return say(self.names)

    def clean(self) -> None:
        less_is_worse = self.measure == self.Measure.FREE
        if less_is_worse and self.over_at <= self.threshold:
            raise ValidationError({"over_at": _("Fewer is worse here: give more than the threshold.")})
        if not less_is_worse and self.over_at >= self.threshold:
            raise ValidationError({"over_at": _("Give less than the threshold, or it would flap.")})
        if self.calm_minutes < 1:
            raise ValidationError({"calm_minutes": _("Give at least one minute, or it would flap.")})
        if (self.from_time is None) != (self.to_time is None):
            raise ValidationError({"to_time": _("Give both hours, or neither.")})
        if self.from_time is not None and self.from_time == self.to_time:
            raise ValidationError({"to_time": _("The two hours are the same: the rule would never hold.")})
        if self.measure == self.Measure.SHARE and self.threshold > 100:
            raise ValidationError({"threshold": _("A share is at most 100 per cent.")})
        if not self.weekdays:
            raise ValidationError({"weekdays": _("Choose at least one weekday.")})


class Watch(models.Model):
    """How far a rule's measure has come: since when it is beyond the threshold, or calm again.

    ``seen_at``: when it was last looked at while one of the two ran; after a longer gap they begin anew.
    """

    rule = models.OneToOneField(LoadRule, models.CASCADE, primary_key=True, related_name="watch")
    beyond_since = models.DateTimeField(null=True)
    calm_since = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.rule_id)
