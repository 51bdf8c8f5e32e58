"""Numbers of Chinese identity cards (GB 11643-1999): which are whole and right. Pure."""

from __future__ import annotations

import re
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
"""ISO 7064 MOD 11-2, as GB 11643 writes it out."""


def is_resident_number(text: str) -> bool:
    """Whether it is a whole number with a day that exists and the right check character.

    >>> is_resident_number("11010519491231002X"), is_resident_number("110105194912310021")
    (True, False)
    """
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", text, re.ASCII):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return CHECKS[sum(int(digit) * w for digit, w in zip(text, WEIGHTS, strict=False)) % 11] == text[17]


def looks_like_one(text: str) -> bool:
    """Whether somebody meant a whole number of that kind."""
    return bool(re.fullmatch(r"\d{17}[\dX]", text, re.ASCII))
