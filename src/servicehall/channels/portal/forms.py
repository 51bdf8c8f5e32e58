"""What the phone's pages send."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.rooms.feedback import queries as feedback

FACES = (
    (1, "angry", pgettext_lazy("rating", "Very bad")),
    (2, "frown", pgettext_lazy("rating", "Bad")),
    (3, "meh", pgettext_lazy("rating", "So-so")),
    (4, "smile", pgettext_lazy("rating", "Good")),
    (5, "laugh", pgettext_lazy("rating", "Very good")),
)


class KeyForm(forms.Form):
    """Any act: its key makes a double press one act."""

    idempotency_key = forms.RegexField(r"^[\w-]{8,100}$", required=False)


class TakeForm(KeyForm):
    """A ticket is taken."""

    priority = forms.SlugField(max_length=20, required=False)


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
