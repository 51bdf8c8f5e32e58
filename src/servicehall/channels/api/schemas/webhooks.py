"""Webhooks and deliveries. Addresses and secrets are not part of the API: kept answers would hold them in the clear."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .base import Id, Moment, Shown


class Webhook(Shown):
    """An address that gets events, and how it does."""

    id: Id
    name: str = Field(examples=["Warehouse"])
    site: Id | None = Field(description="whose events it gets; null: those of all sites of the organisation")
    kinds: list[str] = Field(examples=[["ticket.*", "visit.rated"]])
    is_active: bool
    disabled_reason: Literal["", "failing", "gone", "stopped"]
    waiting: int = Field(description="messages on their way")
    failed: int = Field(description="messages that were given up")
    done: int = Field(description="messages that were taken, of the last thirty days")


class Webhooks(Shown):
    """The addresses of a site."""

    items: list[Webhook]


class Delivery(Shown):
    """An event on its way to an address."""

    id: Id
    message_id: str = Field(
        description="the header `webhook-id` of every try", examples=["msg_0199a1f03c5e7b1a9f005d2a3c4b5e6f"]
    )
    kind: str = Field(examples=["ticket.called"])
    seq: int = Field(description="number of the event in its log")
    state: Literal["waiting", "done", "failed"]
    attempts: int
    status: int = Field(description="HTTP status of the last answer; 0: none came")
    problem: str = Field(
        description="why it was not taken: no-address, forbidden, no-connection, tls, timeout, no-answer,"
        " redirect, status; empty when it was"
    )
    made_at: Moment
    due_at: Moment | None = Field(description="when it is tried next")


class Deliveries(Shown):
    """The newest deliveries to an address, newest first."""

    items: list[Delivery]


class Repeated(Shown):
    """How many messages are sent again."""

    count: int


class DeliveriesQuery(BaseModel):
    """Which deliveries."""

    state: Literal["waiting", "done", "failed"] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
