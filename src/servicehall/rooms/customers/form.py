"""A form: the questions that an organisation asks at one step, and which of them its purposes need. Pure.

Asked is what somebody needs: a question whose answer no purpose uses is not published, and what only a purpose
with consent needs is asked of those who consent to it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from servicehall.kernel.languages import NAMES, Text

RECORD = ("name", "phone", "email", "address", "id_number")
"""Answers that are fields of the customer's record."""
WORDS = "words"
"""The field of an answer in the customer's own words: a question of the organisation's own, kept beside the record."""
CONTACTS = ("phone", "email")
MOST = 12
"""Questions in one form; more are not answered by anybody who stands in a hall."""
_OWN = re.compile(r"own-[a-z0-9-]{1,36}")
LONGEST_LABEL = 120


class Unfit(ValueError):
    """Questions that are no form; ``key`` says which one, ``reason`` is one of unknown, twice, label, long, many."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key, self.reason = key, reason


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``field`` is what its answer is, as purposes name it; a question in own words has a label."""

    key: str
    field: str
    required: bool = False
    labels: Text = dataclasses.field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As it is kept in a version."""
        return {"key": self.key, "field": self.field, "required": self.required, "labels": self.labels}


@dataclass(frozen=True, slots=True)
class Need:
    """A purpose as a form sees it: the fields that it needs, and whether the customer has to agree first."""

    id: Any
    uses: frozenset[str]
    by_consent: bool


def asks(name: str, *, required: bool = False) -> Question:
    """The question for a field of the record."""
    return Question(name, name, required)


def read(stored: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Questions as they were kept or sent, in the order in which they are asked.

    Raises:
        Unfit: one is not known, stands there twice, or lacks its label in a language; or there are too many.
    """
    found: dict[str, Question] = {}
    for one in stored:
        key, about = str(one.get("key", "")), str(one.get("field", ""))
        if about not in (*RECORD, WORDS) or not (key == about if about in RECORD else _OWN.fullmatch(key)):
            raise Unfit(key, "unknown")
        if key in found:
            raise Unfit(key, "twice")
        labels = {code: str(words).strip() for code, words in dict(one.get("labels") or {}).items()}
        if about == WORDS and not all(labels.get(code) for code in NAMES):
            raise Unfit(key, "label")
        if any(len(words) > LONGEST_LABEL for words in labels.values()):
            raise Unfit(key, "long")
        found[key] = Question(key, about, one.get("required") is True, labels)
    if len(found) > MOST:
        raise Unfit(list(found)[MOST], "many")
    return tuple(found.values())


def unneeded(questions: Iterable[Question], needs: Iterable[Need]) -> list[Question]:
    """Questions whose answers none of these purposes needs."""
    used = frozenset[str]().union(*(need.uses for need in needs))
    return [one for one in questions if one.field not in used]


def waiting_for(question: Question, needs: Iterable[Need], agreed: Collection[Any]) -> list[Need]:
    """The purposes to one of which a customer has to agree before this answer may be kept; none: it may be."""
    using = [need for need in needs if question.field in need.uses]
    if any(not need.by_consent or need.id in agreed for need in using):
        return []
    return using
