"""The back office's pages for boards: one page a board, with its playlist.

A saved change is on record as a change of the setup, and boards on the wall load themselves again.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from servicehall.channels.board.models import KINDS, Medium, Screen
from servicehall.kernel import uploads
from servicehall.kernel.languages import NAMES
from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages, SetupStack, SiteFilter

if TYPE_CHECKING:
    ScreenFormBase = forms.ModelForm[Screen]
else:
    ScreenFormBase = forms.ModelForm

office.scopes |= {Screen: "site", Medium: "screen__site"}


def _orders() -> list[tuple[str, Any]]:
    """Every choice and order of languages, the most languages first."""
    some = [order for count in range(len(NAMES), 0, -1) for order in permutations(NAMES, count)]
    named = [(" ".join(order), " + ".join(NAMES[language] for language in order)) for order in some]
    return [("", _("as the voice call")), *named]


class ScreenForm(ScreenFormBase):
    """A board; languages and their order are chosen together."""

    languages = forms.ChoiceField(
        label=_("Languages"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("The first is shown largest."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages: Any = self.fields.get("languages")
        if languages is not None:
            languages.choices = _orders()
            self.initial["languages"] = " ".join(self.instance.languages)

    def clean_languages(self) -> list[str]:
        """The chosen languages in their order."""
        return str(self.cleaned_data["languages"]).split()


class MediumRows(SetupStack):
    """The playlist of a board."""

    model = Medium
    fields = (("position", "kind", "seconds"), "names", "body", "file", ("first_day", "last_day"))


@admin.register(Screen)
class ScreenPages(SetupPages):
    """Boards at the sites that the person manages."""

    form = ScreenForm
    inlines = (MediumRows,)
    list_display = ("__str__", "site", "layout", "wording", "speaks")
    list_select_related = ("site", "zone")
    list_filter = (SiteFilter,)
    fieldsets = (
        (None, {"fields": ("site", "zone", "layout", "shows_waiting", "shows_services")}),
        (_("Languages"), {"fields": ("languages", "wording")}),
        (_("Voice call"), {"fields": ("speaks", "oldest_spoken", "hurry_from")}),
    )

    def look_ahead(self, request: HttpRequest) -> None:
        files = [file for file in request.FILES.values() if isinstance(file, UploadedFile)]
        uploads.look_ahead(files, list(KINDS.values()))
