"""What is wrong with a plan, or worth knowing before it is believed, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def gettext_noop(words: str) -> str:
    """Marks a text for the catalogues. Django's own asks for settings, which `servicehall replay` has not read yet."""
    return words


PHRASES = {
    "missing": gettext_noop("This has to be filled in."),
    "not-a-list": gettext_noop("A list is expected here."),
    "not-a-table": gettext_noop("Fields with names are expected here."),
    "not-a-number": gettext_noop("A number is expected here, not “%(value)s”."),
    "not-whole": gettext_noop("A whole number is expected here, not “%(value)s”."),
    "not-text": gettext_noop("Text of at most %(most)s characters is expected here, without control characters."),
    "out-of-range": gettext_noop("%(value)s is not between %(low)s and %(high)s."),
    "not-a-time": gettext_noop("“%(value)s” is not a time such as 09:30."),
    "not-an-hour": gettext_noop("“%(value)s” is not a full hour such as 09:00."),
    "ends-before": gettext_noop("The end has to be later than the beginning."),
    "unknown-field": gettext_noop("There is no field “%(value)s” here."),
    "unknown-name": gettext_noop("“%(value)s” is not known. Known are: %(known)s."),
    "too-many": gettext_noop("There are %(value)s; at most %(most)s can be tried out."),
    "no-shares": gettext_noop("At least one share has to be greater than zero."),
    "two-at-counter": gettext_noop("Two people would be at counter %(counter)s at %(at)s."),
    "unreadable": gettext_noop("The file is neither YAML nor JSON: %(value)s"),
    "no-file": gettext_noop("This file cannot be read: %(value)s."),
    "not-utf-8": gettext_noop("This file is no text in UTF-8."),
    "too-long": gettext_noop("This is too long: at most %(most)s characters are read."),
    "too-deep": gettext_noop("Lists and tables lie within one another more often than in any plan."),
    "aliases": gettext_noop("Anchors and aliases (& and *) cannot be used here: write each part where it belongs."),
    "no-services": gettext_noop("This hall has no services yet: set them up, or take a plan from a file."),
    "never-open": gettext_noop("The doors are never open."),
    "nobody-comes": gettext_noop("Nobody comes on this day: there is nothing to measure. How many come in each hour is in the plan’s file, under “arrivals”."),
    "nobody-serves": gettext_noop("Nobody is at a counter on this day."),
    "never-served": gettext_noop("Nobody who is at a counter may serve “%(stage)s” at any time."),
    "gap": gettext_noop("From %(begins)s to %(ends)s customers come for “%(stage)s”, and nobody who may serve it is there."),
    "overload": gettext_noop("What comes is %(percent)s %% of the work that the staff can do on this day: not all can be served."),
    "outside": gettext_noop("%(count)s customers would come while the doors are closed; they are turned away."),
    "booked-outside": gettext_noop("%(count)s appointments lie outside the opening hours."),
}  # fmt: skip


_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def is_kept(text: str) -> bool:
    """Whether databases and screens can take the text: no control characters, no halves of characters."""
    return _UNKEPT.search(text) is None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a plan: ``where`` in it (roster.3.from), and whether it keeps the plan from being tried."""

    code: str
    where: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_error: bool = True

    def told(self) -> str:
        """In words, in the reader's language."""
        from django.utils.translation import gettext as _

        words = _(PHRASES[self.code]) % self.facts
        return _UNKEPT.sub("\ufffd", f"{self.where}: {words}" if self.where else words)


class UnusablePlan(Exception):
    """The plan cannot be tried out; ``findings`` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(one.told() for one in findings[:10]))
        self.findings = findings
