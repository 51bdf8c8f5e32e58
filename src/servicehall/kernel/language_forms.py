"""A form field for texts in several languages: one input each."""

from __future__ import annotations

from typing import Any

from django import forms

from .languages import NAMES, check_text


class TextWidget(forms.MultiWidget):
    """One line for each language, labelled with the language's own name."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            code.replace("-", "_"): forms.TextInput(
                attrs={
                    "lang": code,
                    "placeholder": name,
                    "aria-label": name,
                    "class": "border border-base-200 rounded-default px-3 py-2 mb-2 block w-full max-w-2xl",
                }
            )
            for code, name in NAMES.items()
        }
        super().__init__(widgets, attrs)

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
