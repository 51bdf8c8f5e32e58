"""What the kiosk's screens send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicehall.channels.kiosk.devices import LEAST_MM, MOST_MM, Settings, pixels_a_millimetre
from servicehall.kernel.languages import NAMES


class KeyForm(forms.Form):
    """Any act: its key makes a double touch one act."""

    idempotency_key = forms.RegexField(r"^[\w-]{8,100}$")


class TakeForm(KeyForm):
    """A customer takes a ticket."""

    service = forms.SlugField(max_length=40)
    priority = forms.SlugField(max_length=20, required=False)


class OfferForm(KeyForm):
    """A customer takes what is offered instead of a ticket."""

    service = forms.SlugField(max_length=40)
    episode = forms.UUIDField()


class BeginForm(KeyForm):
    """A customer begins a service to do by themselves."""

    flow = forms.SlugField(max_length=40)


class SetupForm(forms.Form):
    """Setting up the device: the screen's size by a ruler or by its figures, the language, the printer, the height."""

    bar = forms.FloatField(min_value=20, max_value=4000, widget=forms.HiddenInput)
    resolution = forms.RegexField(r"^[1-9]\d{2,4}x[1-9]\d{2,4}$", required=False, widget=forms.HiddenInput)
    measured = forms.FloatField(
        label=_("Length of the bar in millimetres"),
        help_text=_("Hold a ruler to the screen. One decimal is enough."),
        min_value=5,
        max_value=400,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )
    diagonal = forms.FloatField(
        label=_("Or the diagonal of the screen in inches"),
        help_text=_("From the screen's data sheet; a ruler is more exact."),
        min_value=5,
        max_value=120,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )
    language = forms.ChoiceField(
        label=_("Language at the start"),
        choices=[("", _("As the browser")), *NAMES.items()],
        required=False,
    )
    prints = forms.BooleanField(label=_("A ticket printer is connected"), required=False)
    low = forms.BooleanField(
        label=_("Controls always in the lower half"),
        help_text=_("For a screen whose middle hangs higher than 1.2 m."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """One of the two ways to tell the size is needed; a size that no screen has is asked again."""
        given: dict[str, Any] = super().clean() or {}
        told = "measured" if given.get("measured") else "diagonal"
        if not given.get(told) and not self.errors:
            self.add_error("measured", _("Measure the bar, or give the diagonal."))
        elif not self.errors and not LEAST_MM <= self._mm(given) <= MOST_MM:
            self.add_error(told, _("No screen has this size. Please check it."))
        return given

    @staticmethod
    def _mm(given: dict[str, Any]) -> float:
        """Pixels a millimetre: the bar's pixels by its measured length, else those of the screen by its diagonal."""
        if given.get("measured"):
            return round(float(given["bar"]) / float(given["measured"]), 4)
        return pixels_a_millimetre(given["diagonal"], given["resolution"] or "1080x1920")

    def settings(self) -> Settings:
        """The settings that follow."""
        given: dict[str, Any] = self.cleaned_data
        return Settings(
            mm=self._mm(given),
            language=given["language"],
            prints=given["prints"],
            low=given["low"],
        )
