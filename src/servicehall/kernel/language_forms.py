"""A form field for texts in several languages: one input each."""

from __future__ import annotations

from typing import Any

from django import forms

from .languages import NAMES, check_text

# The back office's theme: its own text fields look like this.
_LINE = (
    "border border-base-200 bg-white font-medium grow min-w-20 px-3 py-2 rounded-default shadow-xs text-sm"
    " text-font-default-light dark:bg-base-900 dark:border-base-700 dark:text-font-default-dark"
    " focus:outline-2 focus:-outline-offset-2 focus:outline-primary-600"
)


class TextWidget(forms.MultiWidget):
    """One line for each language, with the language's own name beside it."""

    template_name = "kernel/text_widget.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            code.replace("-", "_"): forms.TextInput(attrs={"lang": code, "aria-label": name, "class": _LINE})
            for code, name in NAMES.items()
        }
        super().__init__(widgets, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for line, shown in zip(context["widget"]["subwidgets"], NAMES.values(), strict=True):
            line["language"] = shown
        return context

    def decompress(self, value: Any) -> list[str]:
        return [(value or {}).get(code, "") if isinstance(value, dict) else "" for code in NAMES]


class TextFormField(forms.MultiValueField):
    """Gives ``{"zh-Hans": …, "en": …}`` with only the languages that were filled in."""

    widget = TextWidget

    def __init__(self, **kwargs: Any) -> None:
        for unused in ("encoder", "decoder", "max_length"):
            kwargs.pop(unused, None)
        kwargs["require_all_fields"] = False
        fields = [forms.CharField(required=False, max_length=500) for _ in NAMES]
        super().__init__(fields, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        text = {code: words.strip() for code, words in zip(NAMES, data_list, strict=False) if words}
        if self.required:
            check_text(text)
        return text

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or {}) != self.compress(list(data or [])) if data else initial)
