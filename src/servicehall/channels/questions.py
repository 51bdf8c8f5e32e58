"""A step's form on a page: its questions as fields, its purposes as reasons, and as boxes where consent is needed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from servicehall.kernel.errors import BadInput
from servicehall.kernel.languages import say
from servicehall.rooms.customers.actions import FormChanged
from servicehall.rooms.customers.queries import AskedForm, Reason

AGREED = "agreed"
_INPUTS: dict[str, dict[str, str]] = {
    "name": {"autocomplete": "name"},
    "phone": {"autocomplete": "tel", "inputmode": "tel"},
    "email": {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
    "address": {"autocomplete": "street-address"},
    "id_number": {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
}


class Written(forms.CharField):
    """An answer as it was sent. That it is needed is a mark beside its label: it hangs on what is agreed to."""

    def clean(self, value: Any) -> Any:
        return value or ""


class QuestionsForm(forms.Form):
    """The questions of a form that are to be shown. The room says what fits, so that it is said in one place."""

    def __init__(
        self,
        asked: AskedForm,
        data: QueryDict | None = None,
        *,
        keys: Collection[str] | None = None,
        by_staff: bool = False,
        **rest: Any,
    ) -> None:
        super().__init__(data, **{"auto_id": "%s", **rest})
        self.asked = asked
        self.shown = {one.key for one in asked.questions} if keys is None else set(keys)
        for question in asked.questions:
            if question.key not in self.shown:
                continue
            words = question.field == "words"
            attrs = {"autocomplete": "off"} if by_staff else _INPUTS.get(question.field, {})
            box = forms.Textarea(attrs={"rows": 3}) if words else forms.TextInput(attrs=attrs)
            self.fields[question.key] = Written(
                label=asked.label(question),
                required=question.required and not asked.needs_consent(question),
                widget=box,
                help_text=self._why(question),
            )

    def _why(self, question: Any) -> str:
        if not self.asked.needs_consent(question):
            return ""
        titles = ", ".join(say(one.titles) for one in self.asked.reasons_of(question))
        return _("Only if “%(purpose)s” is agreed to below.") % {"purpose": titles}

    @property
    def version(self) -> UUID:
        """The version that was on the page.

        Raises:
            FormChanged: what was sent is none.
        """
        try:
            return UUID(self.data.get("version", ""))
        except ValueError:
            raise FormChanged from None

    @property
    def agreed(self) -> list[UUID]:
        """The wordings whose boxes were ticked.

        Raises:
            BadInput: what was sent is no wording.
        """
        assert isinstance(self.data, QueryDict)  # noqa: S101 - for the type checker
        try:
            return [UUID(text) for text in self.data.getlist(AGREED)]
        except ValueError:
            raise BadInput(errors={AGREED: _("Choose one of the offered answers.")}) from None

    @property
    def ticked(self) -> list[str]:
        """The boxes as they were sent, to be shown again."""
        return self.data.getlist(AGREED) if isinstance(self.data, QueryDict) else []

    @property
    def answers(self) -> dict[str, str]:
        """What was sent for the shown questions. What was never asked goes along, so that the room refuses it."""
        own = {"csrfmiddlewaretoken", "version", AGREED}
        return {name: str(self.data.get(name, "")) for name in self.data if name not in own}

    def reasons(self, given: Collection[UUID] = ()) -> list[Reason]:
        """The purposes to show: all that serve, and those with consent that is not given yet."""
        return [one for one in self.asked.reasons if not (one.by_consent and one.purpose in given)]

    def tell(self, refused: BadInput) -> None:
        """Put what the room said beside the questions."""
        for name, text in refused.facts.get("errors", {}).items():
            self.add_error(name if name in self.fields else None, text)
