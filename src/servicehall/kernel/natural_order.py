"""Names in the order in which people read them: "Room 2" before "Room 10", "第二窗口" before "第十窗口".

Pure. Numbers stand by their value, in digits of any script or in Chinese numerals; letters without regard to case;
Chinese as in GB 18030, whose first level (3,755 signs of GB/T 2312) is in the order of pinyin.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from servicehall.kernel.languages import say

Key = tuple[tuple[int, int, bytes], ...]

_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_PARTS = re.compile(rf"(\d+|[{''.join(_DIGITS)}{''.join(_TENS)}]+)")
_NUMBER, _WORDS = 0, 1


def natural(text: str) -> Key:
    """What to sort a name by."""
    parts = _PARTS.split(unicodedata.normalize("NFKC", text).casefold().strip())
    return tuple(_part(part, is_number=bool(place % 2)) for place, part in enumerate(parts) if part)


def natural_name(names: Mapping[str, str] | None) -> Key:
    """The same for names in several languages, as the reader reads them."""
    return natural(say(names))


def _part(part: str, *, is_number: bool) -> tuple[int, int, bytes]:
    if not is_number:
        return (_WORDS, 0, part.encode("gb18030", "replace"))
    return (_NUMBER, int(part) if part.isdecimal() else _chinese(part), b"")


def _chinese(numeral: str) -> int:
    """Up to 9,999, as it is said (二十一) or digit by digit (二〇二六)."""
    if not set(numeral) & set(_TENS):
        return int("".join(str(_DIGITS[sign]) for sign in numeral))
    total, digit = 0, None
    for sign in numeral:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
            continue
        total += (1 if digit is None else digit) * _TENS[sign]
        digit = None
    return total + (digit or 0)
