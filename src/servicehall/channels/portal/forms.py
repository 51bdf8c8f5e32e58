"""What the phone's pages send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicehall.rooms.feedback import queries as feedback


class KeyForm(forms.Form):
    """Any act: its key makes a double press one act."""

    idempotency_key = forms.RegexField(r"^[\w-]{8,100}$", required=False)


class TakeForm(KeyForm):
    """A ticket is taken."""

    priority = forms.SlugField(max_length=20, required=False)


class OfferForm(KeyForm):
    """What is offered instead of a ticket is taken."""

    service = forms.SlugField(max_length=40)
    episode = forms.UUIDField()


class LaterForm(KeyForm):
    """Others go first."""

    places = forms.IntegerField(
        label=_("How many people may go first?"),
        min_value=1,
        max_value=1000,
        error_messages={"required": _("Choose how many people may go first.")},
    )


class RatingForm(KeyForm):
    """How it was: a face; then, when one likes, reasons and a comment."""

    score = forms.IntegerField(min_value=1, max_value=5)
    reasons = forms.MultipleChoiceField(required=False)
    comment = forms.CharField(max_length=1000, required=False, widget=forms.Textarea)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        known = feedback.reasons()
        reasons = self.fields["reasons"]
        assert isinstance(reasons, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        reasons.choices = [*known["good"].items(), *known["bad"].items()]


class SearchForm(forms.Form):
    """Looking for a hall."""

    q = forms.CharField(max_length=60, required=False, strip=True)
    after = forms.CharField(max_length=40, required=False)


class AddressForm(forms.Form):
    """Where to send a code, and whose customer is asking."""

    address = forms.CharField(
        label=_("Phone number or e-mail address"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Write your phone number or e-mail address.")},
    )
    organisation = forms.ChoiceField(
        label=_("Whose customer are you?"), error_messages={"required": _("Choose one.")}
    )

    def __init__(self, organisations: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        chosen = self.fields["organisation"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = organisations
        if len(organisations) == 1:
            chosen.widget = forms.HiddenInput()
            chosen.initial = self.initial["organisation"] = organisations[0][0]


class CodeForm(forms.Form):
    """The code that came, with the address that it was sent to."""

    address = forms.CharField(max_length=200, widget=forms.HiddenInput)
    organisation = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Write the six digits from the message.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})


class PasskeyForm(forms.Form):
    """A new passkey's name; the browser adds what the device made."""

    name = forms.CharField(
        label=_("Name of the device"),
        max_length=60,
        error_messages={"required": _("Give it a name, so that you know it again.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})


class RecordForm(forms.Form):
    """What customers correct by themselves."""

    name = forms.CharField(
        label=_("Name"), max_length=80, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def __init__(self, offered: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        for name in set(self.fields) - set(offered):
            del self.fields[name]
