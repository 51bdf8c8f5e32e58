"""What all forms of the API share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from servicehall.kernel import clock

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PATTERN = Field(json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"})
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_EXAMPLE_ID = "0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f"


class Shown(BaseModel):
    """A part of an answer. Fields of the source that are not named here are not part of the API."""

    model_config = ConfigDict(extra="ignore", from_attributes=False, frozen=True)


class Sent(BaseModel):
    """A part of a request: unknown fields and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _printable(value: str) -> str:
    """Refuse what no database and no screen can take: NUL, other control characters, lone surrogates."""
    if _UNPRINTABLE.search(value):
        raise PydanticCustomError("unprintable", "control characters cannot be kept")
    return value


def _only_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "a moment is a text")
    return value


def _of_our_time(value: datetime) -> datetime:
    """In UTC. The ends of the calendar have no name in other zones, and every screen shows its own zone's time."""
    if value.year not in clock.YEARS:
        raise PydanticCustomError("datetime_parsing", "a moment lies between 1970 and 2199")
    return value.astimezone(UTC)


def _only_date(value: Any) -> Any:
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise PydanticCustomError("date_parsing", "a date is year-month-day")
    return value


def _whole(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "a whole number is a number")
    return value


Whole = Annotated[int, Strict(strict=False), BeforeValidator(_whole)]
"""A whole number, also when it is written 3.0: JSON has one kind of number."""
Printable = AfterValidator(_printable)
Reference = Annotated[str, StringConstraints(min_length=1, max_length=80), Printable, _PATTERN]
FromText = BeforeValidator(_only_text)
"""Before a moment in a body: a number is not a moment."""
OfOurTime = AfterValidator(_of_our_time)
QueryDate = Annotated[date, BeforeValidator(_only_date)]


Reason = Annotated[str, StringConstraints(max_length=200), Printable, _PATTERN]
Note = Annotated[str, StringConstraints(max_length=500), Printable, _PATTERN]
Comment = Annotated[str, StringConstraints(max_length=1000), Printable, _PATTERN]
Keyword = Annotated[str, StringConstraints(max_length=40), Printable, _PATTERN]
LanguageTag = Annotated[str, StringConstraints(max_length=10), Printable, _PATTERN]

Id = Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=[_EXAMPLE_ID])]
Moment = Annotated[
    str,
    Field(
        json_schema_extra={"format": "date-time"},
        examples=["2026-11-23T01:30:00+00:00"],
        description="RFC 3339, in UTC",
    ),
]
Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-11-23"])]
Text = Annotated[
    dict[str, str],
    Field(
        description="A text by language tag (BCP 47): `zh-Hans`, `en`",
        examples=[{"en": "Cash service", "zh-Hans": "现金业务"}],
    ),
]
WaitMinutes = Annotated[
    list[int] | None,
    Field(
        description="Whole minutes until the call, `[low, high]`: in 8 of 10 cases it lies between."
        " Null when nobody serves this queue now, or when the ticket does not wait.",
        examples=[[4, 11]],
        json_schema_extra={"minItems": 2, "maxItems": 2},
    ),
]


class Named(Shown):
    """A thing of the setup with its names."""

    id: Id
    names: Text


class NamedBySlug(Shown):
    """A thing of the setup with its short name."""

    id: Id
    slug: str
    names: Text


class Nothing(Sent):
    """A request without fields."""


class Problem(BaseModel):
    """Why a request was not done, and what to do next (RFC 9457). Nothing was changed.

    `type`, `status` and the named members are for programs; `title`, `detail` and `advice` are for
    people, in the language of `Accept-Language` (English or Chinese).
    """

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:servicehall:problem:wrong-state"])
    title: str = Field(examples=["The ticket is not in the right state for this"])
    status: int = Field(ge=400, le=599, examples=[409])
    detail: str
    advice: str | None = Field(None, description="what the reader can do next")
    instance: str | None = Field(None, description="the address that was called")
    errors: dict[str, str] | None = Field(
        None,
        description="by field (or header) what is wrong with it",
        examples=[{"service": "This field is required."}],
    )
    request_id: str | None = Field(None, description="for the administrator, when the fault is ours")
