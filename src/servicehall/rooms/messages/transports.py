"""Ways out of the hall. Each has a name, sends a letter, and is asked what became of one that may have been sent.

Without a mail server or a text message service everything stays in the mailbox: kept in the database, listed
for staff on a page of operations, for trying things out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from django.conf import settings

MAILBOX = "mailbox"
Fate = Literal["taken", "arrived", "lost"]
"""What a provider says of a message: it has it, the phone has it, or nobody will."""


class NotSent(Exception):
    """The other side did not take it, for a reason of one word; nothing of the message is in the error's text.

    ``again`` says whether another try may help, ``wait`` after how many seconds at the earliest.
    """

    def __init__(self, reason: str, *, again: bool, wait: float = 0) -> None:
        super().__init__(reason)
        self.reason, self.again, self.wait = reason, again, wait


class Unclear(Exception):
    """It was sent or not: the answer is missing. It is asked about, never sent again blindly."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """A message as it goes out. ``secret`` is the one-time code in it, if it carries one. Never printed.

    ``template`` and ``values`` are for ways that send approved texts only, ``calendar`` is a part in iCalendar.
    """

    id: UUID
    address: str
    title: str
    body: str
    secret: str = ""
    tried_at: datetime | None = None
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    calendar: str = ""


class Transport(Protocol):
    """A way out."""

    name: str

    @property
    def per_second(self) -> float:
        """How many letters a second at most."""

    def send(self, letter: Letter) -> str:
        """Hand the letter over; returns the other side's number of it (empty: it gives none).

        Raises:
            NotSent: it was not taken.
            Unclear: it may have been.
        """

    def ask(self, letter: Letter) -> tuple[Fate, str] | None:
        """(what became of a letter that may have been sent, the other side's number); None: it is not there.

        Raises:
            Unclear: this cannot be found out now.
        """


def way_for(kind: str) -> Transport | None:
    """The way out for a kind of message; None: it stays in the mailbox."""
    if kind == "email":
        from .smtp import Smtp

        return Smtp() if settings.SMTP_URL else None
    if kind == "wechat":
        from .wechat import WeChat

        return WeChat() if settings.WECHAT_APP_ID else None
    if settings.SMS_PROVIDER == "aliyun":
        from .aliyun import Aliyun

        return Aliyun()
    if settings.SMS_PROVIDER == "twilio":
        from .twilio import Twilio

        return Twilio()
    return None


def filled(templates: Mapping[str, str], letter: Letter) -> tuple[str, dict[str, str]]:
    """(the provider's template, its words) of a letter: of ``appointment-moved``, else of ``appointment``; empty: none.

    A setting is ``TEMPLATE`` or ``TEMPLATE|thing1:offer|time2:time``, where the provider calls the words otherwise.
    """
    name = letter.template
    setting = templates.get(name) or templates.get(name.partition("-")[0], "")
    template, *given = (one.strip() for one in setting.split("|"))
    pairs = [(theirs, ours or theirs) for theirs, _colon, ours in (one.partition(":") for one in given)]
    wanted = pairs or [(ours, ours) for ours in letter.values if ours != "url"]
    return template, {theirs.strip(): letter.values.get(ours.strip(), "") for theirs, ours in wanted}
