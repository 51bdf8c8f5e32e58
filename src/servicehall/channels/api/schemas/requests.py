"""Services that customers do by themselves: what is offered, where somebody is, what is answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from .base import Day, Id, LanguageTag, Reference, Sent, Shown, Text, Whole
from .request_files import File

Channel = Literal["kiosk", "phone", "desk"]
_EXAMPLE_CODE = "q0Xw5v1mB3uZs7TgkYd2Lw"


class Opening(Shown):
    """When a service can be begun."""

    days: list[int] = Field(description="1 is Monday")
    start: str = Field(examples=["09:00"], description="in the site's own time")
    end: str = Field(examples=["17:30"])


class Flow(Shown):
    """A service that is offered."""

    slug: str = Field(examples=["report-loss"])
    names: Text
    summary: Text
    category: str = Field(examples=["lost-and-found"])
    channels: list[Channel]
    opening: list[Opening] = Field(description="when it can be begun; empty: always")


class Listed(Flow):
    """A service in a list."""

    is_open: bool = Field(description="whether it can be begun now")


class Flows(Shown):
    """What is offered now, by category."""

    items: list[Listed]


class OutlinedStep(Shown):
    """A step that a way may come to."""

    id: str = Field(examples=["contact"])
    kind: str = Field(examples=["form"], description="as in the screen of the step")
    names: Text = Field(description="its title; `…` stands for what depends on answers")
    by_customer: bool = Field(description="somebody does something there; else the hall does")
    channels: list[Channel]
    may_be_skipped: bool = Field(description="asked only in some cases")


class Outline(Flow):
    """A service, step by step."""

    version: int
    offline: str = Field(description="`works`, `queued` or `refused` while there is no connection")
    purposes: list[str] = Field(description="what personal data is asked for; empty: none is")
    most_steps: int = Field(description="steps of a customer's, at most")
    steps: list[OutlinedStep]


class Progress(Shown):
    """How far it is."""

    done: int
    of: int = Field(description="at most, as it looks from here")


class Option(Shown):
    """One thing to choose."""

    value: str
    label: str
    detail: str = ""


class Question(Shown):
    """A question of a form. Types that a player does not know are asked as text."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: str = Field(description="the answer's name in what is sent")
    type: str = Field(
        examples=["phone"],
        description="text, long, name, phone, email, address, id-number, digits, scan, date, time, whole, money,"
        " number, yes, choice, choices; `photo`, `file`: answered by a list of the ids of files that were added;"
        " `signature`: by `strokes`, lines as lists x, y, x, y … on a field of 1000 by 400, or by `name` and `yes`",
    )
    label: str
    required: bool
    value: Any = Field(description="what stands in it: answered before, or the usual; money in minor units")
    help: str | None = None
    speak: str | None = Field(None, description="to be read aloud instead of label and help")
    options: list[Option] | None = None
    least: float | None = Field(None, description="least length, or least value of a number")
    most: float | None = None
    accept: list[str] | None = Field(None, description="of files: the media types that are taken")
    megabytes: int | None = Field(None, description="of files: the most that one may have")
    secret: bool | None = Field(None, description="not to be shown while it is typed")
    error: str | None = Field(None, description="why the answer given before does not fit any more")


class Held(Shown):
    """A time that was taken for the customer."""

    value: str
    day: Day
    label: str


class Answered(Shown):
    """Something that was answered, to be looked at again."""

    label: str
    value: str
    change: str = Field(description="the step where it can be changed (`at`); empty: nowhere any more")
    files: list[File] | None = Field(None, description="the files that were sent, to be read by their ids")
    signature: str | None = Field(
        None, description="as it was drawn: the data of an SVG path on a field of 1000 by 400"
    )


class Way(Shown):
    """A way to pay."""

    provider: str = Field(examples=["wechat"])
    label: str


class Payment(Shown):
    """A payment under way."""

    state: str = Field(
        description="`wished`, `opened`: ask again soon; `offered`: `qr` can be paid; `closing`: it is being stopped;"
        " `unknown`: the provider is asked; `failed`: nothing was charged, stop it and choose anew"
    )
    provider: str
    qr: str = Field(
        description="what to show as a QR code, or to open on the phone; empty until there is one"
    )


class OwnTicket(Shown):
    """The place in the queue that came with handing over."""

    number: str = Field(examples=["A017"])
    code: str = Field(description="the customer's own right to the ticket; keep it secret")


class Screen(Shown):
    """Where a request is: what a player shows. It decides how; what is asked is decided here.

    Which fields are there depends on `kind`; others than these may be, and are passed over.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    request: Id
    code: str | None = Field(
        None,
        examples=[_EXAMPLE_CODE],
        description="only where it was begun: the customer's right to go on; keep it secret",
    )
    flow: str = Field(examples=["report-loss"])
    site: str = Field(examples=["mall"])
    name: str = Field(description="of the service")
    state: Literal["open", "waiting", "ended", "left"]
    revision: int = Field(description="to be sent with an answer; grows with all that happens")
    language: str = Field(description="in which the texts are")
    kind: str = Field(
        examples=["form"],
        description="`inform`, `form`, `choose`, `book`, `review`, `confirm`, `pay`, `print`, `survey`: the customer's turn;"
        " `lookup`, `call`: the hall works on it, ask again soon; `waiting`: a person looks; `end`, `left`: it is over",
    )
    step: str = Field(description="to be sent with an answer")
    why: str | None = Field(None, description="of `waiting`: `person` or `fault`")
    title: str | None = None
    text: str | None = None
    help: str | None = None
    speak: str | None = Field(None, description="to be read aloud")
    progress: Progress | None = None
    back: str | None = Field(None, description="the step before that can be changed (`at`); empty: none")
    fields: list[Question] | None = None
    options: list[Option] | None = None
    chosen: str | None = None
    empty: str | None = Field(None, description="what to say when there is nothing to choose")
    day: Day | None = Field(None, description="of `book`: the day whose times are the `options`")
    days: list[Option] | None = Field(None, description="of `book`: the days that can be looked at")
    held: Held | None = Field(
        None, description="of `book`: the time that is the customer's while they look on"
    )
    lost: str | None = Field(
        None, description="of `book`: why the time is no longer theirs: `full` (somebody else has it), `late`"
    )
    said: str | None = Field(None, description="of `book`: what the other system said instead of times")
    answers: list[Answered] | None = None
    button: str | None = None
    amount: int | None = Field(None, description="in minor units")
    amount_words: str | None = None
    currency: str | None = None
    paid_for: str | None = Field(None, alias="for")
    ways: list[Way] | None = None
    payment: Payment | None = None
    slip: str | None = Field(None, description="what to print; then say so (`printed`)")
    scale: int | None = Field(None, description="of a survey: 1 to this; nothing passes it over")
    outcome: str | None = Field(None, description="of an end: `done`, `refused`, …")
    working: bool | None = None
    ticket: OwnTicket | None = Field(None, description="only in the answer to handing over")


class Begin(Sent):
    """Which service, where it is done."""

    flow: Reference = Field(description="its short name", examples=["report-loss"])
    channel: Channel = Field(description="what the customer stands at; `desk`: staff do it for them")
    language: LanguageTag = Field("", description="what the customer reads (BCP 47)", examples=["zh-Hans"])


class Step(Sent):
    """An answer."""

    step: Reference = Field(description="`step` of the screen that was answered", examples=["contact"])
    revision: Annotated[Whole, Field(ge=0, le=2**31 - 1)] = Field(description="`revision` of that screen")
    answer: Any = Field(
        None,
        description="of a form: an object by question (texts as people write them will do; several choices are a"
        " list); of `choose`: an option's value; of `book`: `day` to look at, and `slot`, an option's value, to take it; of `review`, `confirm`, `inform`: true; of `survey`: a number or null",
        examples=[{"phone": "138 0013 8000"}],
    )


class Printed(Sent):
    """Which slip."""

    step: Reference = Field(description="`step` of the screen that was printed", examples=["slip"])


class PayBy(Sent):
    """The way to pay."""

    provider: Reference = Field(description="of `ways`", examples=["wechat"])


class HandOver(Sent):
    """To whom."""

    service: Reference | None = Field(
        None,
        description="a queue to wait in, by its service's short name; none: staff come",
        examples=["consult"],
    )
