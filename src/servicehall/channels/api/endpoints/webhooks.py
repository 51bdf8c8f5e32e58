"""Webhooks: how they do, test messages, sending again. Where events go is said in operations, with a confirmation."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query

from servicehall.channels.api.answers import rendered, show, write
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import SitePath, read, written
from servicehall.channels.api.schemas import webhooks as forms
from servicehall.channels.api.schemas.base import Nothing
from servicehall.kernel.errors import NotFound
from servicehall.rooms.webhooks import actions
from servicehall.rooms.webhooks import queries as webhooks

_EXAMPLE = "0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f"
WebhookPath = Annotated[str, Path(description="a webhook's id", example=_EXAMPLE)]
DeliveryPath = Annotated[str, Path(description="a delivery's id", example=_EXAMPLE)]


def _id(ref: str) -> UUID:
    try:
        return UUID(ref)
    except ValueError:
        raise NotFound from None


def _webhook(row: Any, health: webhooks.Health) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "site": str(row.site_id) if row.site_id else None,
        "kinds": row.kinds,
        "is_active": row.is_active,
        "disabled_reason": row.disabled_reason,
        "waiting": health.waiting,
        "failed": health.failed,
        "done": health.done,
    }


def _delivery(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "message_id": row.message_id,
        "kind": row.kind,
        "seq": row.seq,
        "state": row.state,
        "attempts": row.attempts,
        "status": row.status,
        "problem": row.problem,
        "made_at": row.made_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.state == "waiting" else None,
    }


@read("/sites/{site}/webhooks", forms.Webhooks, tag="webhooks")
def list_webhooks(request: Request, site: SitePath) -> HttpResponse:
    """The addresses that get a site's events, and how they do."""
    rows = webhooks.endpoints(request.auth.site(site), actor=request.auth.actor)
    health = webhooks.health([row.pk for row in rows])
    items = [_webhook(row, health.get(row.pk, webhooks.Health())) for row in rows]
    return show(forms.Webhooks, {"items": items})


@read("/webhooks/{webhook}/deliveries", forms.Deliveries, tag="webhooks")
def list_deliveries(
    request: Request, webhook: WebhookPath, wanted: Query[forms.DeliveriesQuery]
) -> HttpResponse:
    """The newest deliveries to an address."""
    rows = webhooks.deliveries(
        _id(webhook), actor=request.auth.actor, state=wanted.state or "", limit=wanted.limit
    )
    return show(forms.Deliveries, {"items": [_delivery(row) for row in rows]})


@written("/webhooks/{webhook}/test", forms.Webhook, tag="webhooks")
def test_webhook(request: Request, webhook: WebhookPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Send a test message (`webhook.tested`) to this address only."""
    actor = request.auth.actor
    row = webhooks.endpoint(_id(webhook), actor=actor)
    health = webhooks.health([row.pk]).get(row.pk, webhooks.Health())
    return write(
        request,
        row.place,
        lambda: actions.send_test(row.pk, by=actor),
        lambda _done: rendered(forms.Webhook, _webhook(row, health)),
    )


@written("/webhooks/{webhook}/repeat", forms.Repeated, tag="webhooks")
def repeat_failed(request: Request, webhook: WebhookPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Send again what was given up, the oldest first, at most 500 messages."""
    actor = request.auth.actor
    row = webhooks.endpoint(_id(webhook), actor=actor)
    return write(
        request,
        row.place,
        lambda: actions.repeat_failed(row.pk, by=actor),
        lambda count: rendered(forms.Repeated, {"count": count}),
    )


@written("/deliveries/{delivery}/repeat", forms.Delivery, tag="webhooks")
def repeat_delivery(request: Request, delivery: DeliveryPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Send one message again, with the id that it had."""
    actor = request.auth.actor
    place = webhooks.place_of(_id(delivery), actor=actor)
    return write(
        request,
        place,
        lambda: actions.repeat_delivery(_id(delivery), by=actor),
        lambda row: rendered(forms.Delivery, _delivery(row)),
    )
