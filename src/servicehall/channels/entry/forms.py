"""Forms of this channel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter your user name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )


class CodeForm(forms.Form):
    """A code of an authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter the code.")},
    )


class PasskeyForm(forms.Form):
    """A new passkey's name; the browser adds what the device made."""

    name = forms.CharField(
        label=_("Name of the device"),
        help_text=_("For example: my phone, the key on my key ring."),
        max_length=60,
        error_messages={"required": _("Give it a name, so that you know it again.")},
    )


def _password(label: Any, autocomplete: str, missing: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing},
    )


class PasswordForm(forms.Form):
    """The present password and twice the new one."""

    old = _password(_("Present password"), "current-password", _("Enter your present password."))
    new = _password(_("New password"), "new-password", _("Enter a new password."))
    again = _password(_("New password, once more"), "new-password", _("Enter the new password once more."))

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return found
