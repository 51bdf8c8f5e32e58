"""The form of a document that staff has compared with the person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicehall.rooms.customers import queries as customers


class IdentityForm(forms.Form):
    """A document that was compared with the person."""

    document = forms.ChoiceField(label=_("ID document"))
    number = forms.CharField(
        label=_("Number, or at least its last four characters"),
        max_length=40,
        error_messages={"required": _("Write the number, or at least its last four characters.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["document"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = customers.documents()
