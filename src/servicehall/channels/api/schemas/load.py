"""The load watch: rules with what they measure now, and loads that are not over."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Id, Moment, Shown, Text


class LoadRule(Shown):
    """A rule. Waits are in minutes, `share` in per cent of those who wait, the others are counts."""

    id: Id
    names: Text
    measure: Literal["longest", "expected", "waiting", "share", "free", "kiosks"]
    services: list[str] = Field(description="short names; none: the whole hall", examples=[["consult"]])
    threshold: float
    over_at: float = Field(description="the load is over at this value, on the calm side of the threshold")
    hold_minutes: float
    calm_minutes: float
    action: str = Field(examples=["counter-services"])
    mode: Literal["proposed", "automatic"]
    is_active: bool
    value: float | None = Field(description="what is measured now; null: not known")
    is_beyond: bool


class Episode(Shown):
    """A load that is not over, and what was decided about it."""

    id: Id
    rule: Id
    state: Literal["proposed", "running", "dismissed", "undone"]
    value: float = Field(description="of the measure when the rule fired")
    began_at: Moment
    started_at: Moment | None = Field(description="when the action took effect")
    taken: int = Field(description="customers who took the offer")


class Load(Shown):
    """The load watch of a site now."""

    rules: list[LoadRule]
    episodes: list[Episode]
