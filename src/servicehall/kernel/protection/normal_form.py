"""One spelling for what people write in many ways, so that equal things have equal blind indexes. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

COUNTRY = "86"
"""The country of a telephone number that names none."""


def half_width(text: str) -> str:
    """Full-width digits and letters as the ordinary ones."""
    return unicodedata.normalize("NFKC", text)


def phone(text: str) -> str:
    """``+`` and digits, close to E.164; a number without a country is taken for a Chinese one.

    >>> phone("１３８ 1234-5678"), phone("0086 138 1234 5678"), phone("(010) 6552 9988"), phone("+44 20 7946 0958")
    ('+8613812345678', '+8613812345678', '+861065529988', '+442079460958')
    """
    plain = half_width(text).strip()
    digits = re.sub(r"\D", "", plain)
    if not digits:
        return ""
    if plain.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if len(digits) == 13 and digits.startswith(f"{COUNTRY}1"):
        return f"+{digits}"
    return f"+{COUNTRY}{digits.removeprefix('0')}"


def email(text: str) -> str:
    """Lower case, no spaces around, half width."""
    return half_width(text).strip().casefold()


def id_number(text: str) -> str:
    """Upper case letters and digits only: ``11010519491231002x`` and ``１１０１０５ 19491231 002Ｘ`` are one."""
    return re.sub(r"[^0-9A-Z]", "", half_width(text).upper())


def name_and_phone_tail(text: str) -> str:
    """A name without spaces and case, and the last four digits of a phone: ``text`` is ``name\\nphone``."""
    name, _, number = text.partition("\n")
    digits = re.sub(r"\D", "", half_width(number))
    plain = re.sub(r"[\s·•.]", "", half_width(name)).casefold()
    return f"{plain}|{digits[-4:]}" if plain and len(digits) >= 7 else ""


def whole_id_number(text: str) -> str:
    """An ID number to look for: its last digits alone are many people's."""
    plain = id_number(text)
    return plain if len(plain) >= 8 else ""


def contact(text: str) -> str:
    """An e-mail address, a phone number, or somebody's id with an official account of WeChat, whichever it is."""
    if re.fullmatch(r"o[\w-]{27}", text, re.ASCII):
        return text
    return email(text) if "@" in half_width(text) else phone(text)


FORMS: dict[str, Callable[[str], str]] = {
    "phone": phone,
    "email": email,
    "id_number": whole_id_number,
    "contact": contact,
    "name_and_phone_tail": name_and_phone_tail,
}
