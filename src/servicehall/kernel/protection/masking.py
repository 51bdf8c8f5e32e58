"""What a screen shows of a value: enough to recognise it, too little to use it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

HIDDEN = "*"


def phone(text: str) -> str:
    """``138****5678``; a country's code stays."""
    digits = re.sub(r"[^\d+]", "", text)
    head = re.match(r"\+86|\+\d{1,2}", digits)
    country, rest = (head[0], digits[head.end() :]) if head else ("", digits)
    if len(rest) < 7:
        return country + HIDDEN * len(rest)
    shown = f"{rest[:3]}{HIDDEN * (len(rest) - 7)}{rest[-4:]}" if len(rest) > 7 else HIDDEN * 3 + rest[-4:]
    return f"{country} {shown}" if country else shown


def id_number(text: str) -> str:
    """The first and the last few: ``110***********002X``; of a short number only the end."""
    plain = re.sub(r"\s", "", text)
    if len(plain) >= 15:
        return f"{plain[:3]}{HIDDEN * (len(plain) - 7)}{plain[-4:]}"
    if len(plain) > 4:
        return f"{HIDDEN * (len(plain) - 2)}{plain[-2:]}"
    return HIDDEN * len(plain)


def email(text: str) -> str:
    """``z***@example.com``."""
    name, at, host = text.rpartition("@")
    return f"{name[:1]}{HIDDEN * 3}@{host}" if at and name else HIDDEN * 3


def name(text: str) -> str:
    """The family name of a Chinese name (``王**``), the initials of another (``J*** S***``)."""
    plain = text.strip()
    if not plain:
        return ""
    if re.match(r"[\u3400-\u9fff]", plain):
        return plain[0] + HIDDEN * max(1, len(plain) - 1)
    return " ".join(word[0] + HIDDEN * 3 for word in plain.split())


def words(text: str) -> str:
    """Of an address or a note only its beginning, at most a quarter and six characters."""
    plain = text.strip()
    return f"{plain[: min(6, len(plain) // 4)]}{HIDDEN * 4}" if plain else ""


FORMS: dict[str, Callable[[str], str]] = {
    "phone": phone,
    "id_number": id_number,
    "email": email,
    "name": name,
    "words": words,
}


def masked(form: str, text: str) -> str:
    """The text as a screen shows it; nothing stays nothing."""
    return FORMS[form](text) if text else ""
