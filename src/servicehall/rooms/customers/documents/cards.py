"""What the chip of a Chinese identity card says: the text record of GA 467-2013, 256 bytes of UTF-16LE. Pure.

The record has more than is taken: sex, nation, birth, address and photo are left on the card, because nothing in
the hall needs them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from servicehall.kernel.resident_numbers import is_resident_number

RECORD = 256
_KIND = slice(248, 250)
_PERMIT = "J"
"""The mark of a residence permit for Hong Kong, Macao and Taiwan residents; an empty place is a resident's card."""
_NAME = slice(0, 30)
_NUMBER = slice(122, 158)
_UNTIL = {"": slice(204, 220), _PERMIT: slice(204, 220)}
FOR_EVER = "长期"

Kind = Literal["resident-id", "residence-permit"]


class CardProblem(ValueError):
    """A record that cannot be used; ``reason`` is one of length, kind, name, number, validity."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was read. ``valid_until`` is its last day; None: for ever."""

    kind: Kind
    name: str
    number: str
    valid_until: date | None

    def is_valid(self, day: date) -> bool:
        """Whether it is valid on that day."""
        return self.valid_until is None or day <= self.valid_until

    def __repr__(self) -> str:
        return f"<Card {self.kind}>"


def read(record: bytes) -> Card:
    """The card of a text record.

    Raises:
        CardProblem: it has another length, is of a kind that is not known, or a field does not fit.
    """
    if len(record) != RECORD:
        raise CardProblem("length")
    mark = _text(record, _KIND)
    if mark not in _UNTIL:
        raise CardProblem("kind")
    name, number = _text(record, _NAME), _text(record, _NUMBER).upper()
    if not name:
        raise CardProblem("name")
    if not is_resident_number(number):
        raise CardProblem("number")
    kind: Kind = "residence-permit" if mark == _PERMIT else "resident-id"
    return Card(kind, name, number, _day(_text(record, _UNTIL[mark])))


def _text(record: bytes, place: slice) -> str:
    try:
        return record[place].decode("utf-16-le").rstrip(" \0")
    except UnicodeDecodeError:
        raise CardProblem("length") from None


def _day(text: str) -> date | None:
    if text == FOR_EVER:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise CardProblem("validity") from None
