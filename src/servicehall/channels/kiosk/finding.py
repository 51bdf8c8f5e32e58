"""What a customer may type on the letter keys to find a service: English words, pinyin initials.

The initial of a common character is read off its place in GB 2312-80, whose first level (3,755
characters) is in the order of pinyin. Characters beyond it have no initial here and match anything.
"""

from __future__ import annotations

import re
from bisect import bisect_right

# The first code of each initial in level 1; there are no syllables that begin with I, U or V.
_FIRST = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"),
    (0xB8C1, "g"), (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"),
    (0xC4C3, "n"), (0xC5B6, "o"), (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"),
    (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"), (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
_CODES = [code for code, _ in _FIRST]
_LAST = 0xD7F9
# Characters of halls and banks that are read in two ways.
_ALSO = {
    "行": "h",
    "长": "z",
    "重": "c",
    "调": "t",
    "还": "h",
    "便": "p",
    "会": "k",
    "查": "z",
    "单": "s",
    "乐": "y",
}


def initials(text: str) -> str:
    """The initials of each Chinese character, as tokens of letters: ``银行`` → ``y xh``; ``?`` where unknown."""
    tokens = []
    for character in text:
        if not "\u4e00" <= character <= "\u9fff":
            continue
        letters = _initial(character) + _ALSO.get(character, "")
        tokens.append("".join(dict.fromkeys(letters)) or "?")
    return " ".join(tokens)


def _initial(character: str) -> str:
    try:
        high, low = character.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return ""
    code = high << 8 | low
    if not _CODES[0] <= code <= _LAST:
        return ""
    return _FIRST[bisect_right(_CODES, code) - 1][1]


def words(text: str) -> str:
    """The words of a Latin name in small letters, and their initials as one word: ``Lost card`` → ``lost card lc``."""
    found = re.findall(r"[a-z0-9]+", text.lower())
    first = "".join(word[0] for word in found)
    return " ".join([*found, first] if len(found) > 1 else found)


def keys(name: str) -> dict[str, str]:
    """The words and initials of a service's name as the customer reads it."""
    return {"words": words(name), "initials": initials(name)}
