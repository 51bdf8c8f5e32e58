"""What the pages of booking send."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicehall.channels.portal.forms import KeyForm
from servicehall.rooms.booking.queries import MOST_TEXT

LATE = (5, 10, 15, 20, 30)
_CODE = r"^[A-Za-z0-9_-]{1,64}$"


class TimesForm(forms.Form):
    """Which day, for how many; of which visit, which booking is moved."""

    day = forms.DateField(required=False)
    month = forms.DateField(required=False, input_formats=["%Y-%m"])
    people = forms.IntegerField(min_value=1, max_value=500, required=False)
    visit = forms.RegexField(_CODE, required=False)

    def kept(self, name: str) -> Any:
        """What is right; None for what is missing or wrong, as pages come back from old addresses."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class HoldForm(KeyForm):
    """A time was touched."""

    at = forms.CharField(max_length=40)
    people = forms.IntegerField(
        min_value=1, required=False, error_messages={"min_value": _("Say how many people come.")}
    )
    visit = forms.RegexField(_CODE, required=False)


class MoveForm(KeyForm):
    """Another time for a booking."""

    at = forms.CharField(max_length=40)


class LateForm(KeyForm):
    """How late somebody will be, in minutes."""

    minutes = forms.IntegerField(
        min_value=1, max_value=120, error_messages={"required": _("Choose how late you will be.")}
    )


class DetailsForm(KeyForm):
    """Who comes. A way to reach them is needed, in case that the hall has to change something."""

    name = forms.CharField(
        label=_("Name"),
        max_length=MOST_TEXT["name"],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )
    phone = forms.CharField(
        label=_("Phone number"),
        help_text=_("We call only if something changes. Its last four digits find your booking at the hall."),
        max_length=MOST_TEXT["phone"],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=MOST_TEXT["email"],
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write an e-mail address such as name@example.com."),
        },
    )
    note = forms.CharField(
        label=_("Anything we should know?"),
        max_length=MOST_TEXT["note"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    weeks = forms.IntegerField(
        label=_("How many times in all, week by week?"),
        help_text=_("On the same day of the week at the same time. 1 is this time only."),
        min_value=1,
        max_value=12,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Write a number from 1 to 12, or leave it empty.")
        ),
    )

    def __init__(
        self, *args: Any, needs_email: bool, most_weeks: int = 1, is_reached: bool = False, **kwargs: Any
    ) -> None:
        """``is_reached``: they are told in WeChat, so that neither a number nor an address is needed."""
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        self.is_reached = is_reached
        self.fields["email"].required = needs_email
        if most_weeks < 2:
            del self.fields["weeks"]
        else:
            self.fields["weeks"].widget.attrs |= {"min": 1, "max": most_weeks}

    def clean_phone(self) -> str:
        """Digits enough for a number; how it is written is left to whoever writes it."""
        phone: str = self.cleaned_data["phone"]
        if phone and len(re.sub(r"\D", "", phone)) < 5:
            raise forms.ValidationError(_("This is not a phone number. Please check it."))
        return phone

    def clean(self) -> dict[str, Any]:
        """One of the two ways to be reached."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.is_reached and not given.get("phone") and not given.get("email"):
            self.add_error("phone", _("Give a phone number or an e-mail address, so that we can reach you."))
        return given


class ArriveForm(KeyForm):
    """At the door: the code there, and which booking."""

    door = forms.CharField(
        label=_("Code at the door"),
        help_text=_("Four letters and digits; they change every day."),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type the code that is shown at the door.")},
    )
    code = forms.RegexField(_CODE, required=False, widget=forms.HiddenInput)
    reference = forms.CharField(
        label=_("Number of the booking"),
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type the number of your booking.")},
    )
    digits = forms.RegexField(
        r"^\s*\d{4}\s*$",
        label=_("Last four digits of your phone number"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("Type the last four digits of the phone number.")
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A booking of this browser, or number and digits."""
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        by_number = not self.data.get("code")
        self.fields["reference"].required = self.fields["digits"].required = by_number
