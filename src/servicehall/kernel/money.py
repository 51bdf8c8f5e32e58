"""Money: a whole number of minor units and an ISO 4217 currency. No fractions are kept, none are rounded away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, is_currency
from django.utils import translation

_ZERO = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF")  # fmt: skip
_THREE = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_FOUR = ("CLF", "UYW")
EXPONENTS = dict.fromkeys(_ZERO, 0) | dict.fromkeys(_THREE, 3) | dict.fromkeys(_FOUR, 4)
"""Digits of the minor unit where they are not two (ISO 4217, list one; CLDR has others for cash)."""
MOST = 10**13
"""More than any hall takes, less than a column of 64 bits holds."""
_DECIMAL = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,6})?")
"""No exponents: a short text such as 1e9999 would be a number of many pages."""
_LOCALES = {"zh": "zh_Hans_CN"}


class UnfitAmount(ValueError):
    """No amount: not a number, too many digits after the point, or no such currency."""


def exponent(currency: str) -> int:
    """How many digits the minor unit has.

    Raises:
        UnfitAmount: there is no such currency.
    """
    if not (len(currency) == 3 and currency.isascii() and currency.isupper() and is_currency(currency)):
        raise UnfitAmount(currency)
    return EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (fen, cents) of a currency; may be zero or below it."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        minor: object = self.minor  # what comes from outside may be anything
        if isinstance(minor, bool) or not isinstance(minor, int) or abs(minor) > MOST:
            raise UnfitAmount("minor")

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """The money that a decimal text says, such as ``12.30``, exactly.

        Raises:
            UnfitAmount: it is none, or finer than the currency.
        """
        digits = exponent(currency)
        if not _DECIMAL.fullmatch(text.strip()):
            raise UnfitAmount(text[:20])
        whole = Decimal(text.strip()).scaleb(digits)
        if int(whole) != whole:
            raise UnfitAmount(text[:20])
        return cls(int(whole), currency)

    @property
    def decimal(self) -> str:
        """The amount as a decimal text with the currency's digits, such as ``12.30``: for programs."""
        digits = exponent(self.currency)
        return f"{Decimal(self.minor).scaleb(-digits):.{digits}f}"

    def words(self, language: str | None = None) -> str:
        """The amount as people of that language (by default the reader's) write it."""
        wanted = (language or translation.get_language() or "en").split("-")[0]
        digits = exponent(self.currency)
        pattern = "¤#,##0" + ("." + "0" * digits if digits else "")
        return str(
            format_currency(
                Decimal(self.decimal),
                self.currency,
                pattern,
                _LOCALES.get(wanted, "en"),
                currency_digits=False,
            )
        )

    def __str__(self) -> str:
        return self.words()

    def _with(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise UnfitAmount(f"{self.currency} and {other.currency}")
        return other

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._with(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._with(other).minor, self.currency)
