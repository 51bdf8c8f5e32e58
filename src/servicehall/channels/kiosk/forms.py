"""What the kiosk's screens send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicehall.channels.kiosk.devices import Settings
from servicehall.kernel.languages import NAMES


class KeyForm(forms.Form):
    """Any act: its key makes a double touch one act."""

    idempotency_key = forms.RegexField(r"^[\w-]{8,100}$")


class TakeForm(KeyForm):
    """A customer takes a ticket."""

    service = forms.SlugField(max_length=40)
    priority = forms.SlugField(max_length=20, required=False)


class BeginForm(KeyForm):
    """A customer begins a service to do by themselves."""

    flow = forms.SlugField(max_length=40)


class SetupForm(forms.Form):
    """Setting up the device: the screen's size by a ruler, the language, the printer, the height."""

    bar = forms.FloatField(min_value=20, max_value=4000, widget=forms.HiddenInput)
    measured = forms.FloatField(
        label=_("Length of the bar in millimetres"),
        help_text=_("Hold a ruler to the screen. One decimal is enough."),
        min_value=5,
        max_value=400,
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

    def settings(self) -> Settings:
        """The settings that follow: pixels a millimetre are the bar's pixels by its measured length."""
        given: dict[str, Any] = self.cleaned_data
        return Settings(
            mm=round(given["bar"] / given["measured"], 4),
            language=given["language"],
            prints=given["prints"],
            low=given["low"],
        )
