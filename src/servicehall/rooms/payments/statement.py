"""A provider's statement of a day against our own book. Pure: no clock, no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .providers.interface import BillLine

Problem = Literal["missing-here", "missing-there", "amount"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree; amounts in minor units, none where there is no such line."""

    problem: Problem
    kind: str
    number: str
    ours: int | None
    theirs: int | None
    currency: str
    transaction_id: str = ""

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self, name) for name in self.__slots__}


def compare(
    theirs: Iterable[BillLine], *, of_day: Iterable[BillLine], known: Mapping[tuple[str, str, str], BillLine]
) -> tuple[int, list[Difference]]:
    """How many lines agree, and what does not.

    Args:
        of_day: our own lines of that day: each has to be on the statement.
        known: our lines of any day by :func:`key`: what is on the statement has to be among them. So what
            happened around midnight is not missing for us because the provider counts it to the day before.
    """
    matched, found = 0, []
    seen: Counter[tuple[str, str, str]] = Counter()
    for line in theirs:
        seen[key(line)] += 1
        own = known.get(key(line))
        if own is None or seen[key(line)] > 1:
            found.append(_difference("missing-here", line, None, line))
        elif own.money != line.money:
            found.append(_difference("amount", line, own, line))
        else:
            matched += 1
    found += [_difference("missing-there", own, own, None) for own in of_day if key(own) not in seen]
    return matched, found


def key(line: BillLine) -> tuple[str, str, str]:
    """What is the same line: a refund by our number, a payment by our number and the provider's of the transaction."""
    return (line.kind, line.number, line.transaction_id if line.kind == "payment" else "")


def _difference(
    problem: Problem, line: BillLine, ours: BillLine | None, theirs: BillLine | None
) -> Difference:
    return Difference(
        problem, line.kind, line.number[:64], ours.money.minor if ours else None,
        theirs.money.minor if theirs else None, line.money.currency, line.transaction_id[:64],
    )  # fmt: skip
