"""Delivery receipts, checked before anything of them is believed."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from servicehall.kernel.errors import NotFound
from servicehall.rooms.messages import actions as messages
from servicehall.rooms.messages import queries

log = logging.getLogger(__name__)
MOST_AT_ONCE = 500


def _refused(provider: str, reason: str) -> HttpResponse:
    log.warning("receipt.refused provider=%s reason=%s", provider, reason)
    return HttpResponse("refused\n", status=403, content_type="text/plain")


@never_cache
@csrf_exempt
@require_POST
def twilio(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The state of one message; signed with the account's password over the address and the form."""
    if settings.SMS_PROVIDER != "twilio" or not settings.SMS_SECRET:
        return _refused("twilio", "not-in-use")
    # The address that was told to the provider, whatever name a proxy calls us by.
    base = settings.PUBLIC_URL.rstrip("/") or f"{request.scheme}://{request.get_host()}"
    fields = {name: request.POST[name] for name in request.POST}
    wanted = queries.twilio_signature(f"{base}{request.get_full_path()}", fields, settings.SMS_SECRET)
    if not hmac.compare_digest(wanted.encode(), request.headers.get("X-Twilio-Signature", "").encode()):
        return _refused("twilio", "signature")
    fate = queries.TWILIO_FATES.get(fields.get("MessageStatus", ""), "taken")
    if fate != "taken":
        error = fields.get("ErrorCode", "")
        _note(
            message_id,
            "twilio",
            arrived=fate == "arrived",
            number=fields.get("MessageSid", ""),
            detail=f"twilio-{error}" if error else "",
        )
    return HttpResponse(status=204)


@never_cache
@csrf_exempt
@require_POST
def aliyun(request: HttpRequest, token: str) -> HttpResponse:
    """The states of many messages. Aliyun signs nothing: the address itself is the secret."""
    if settings.SMS_PROVIDER != "aliyun":
        return _refused("aliyun", "not-in-use")
    if not hmac.compare_digest(token.encode(), queries.aliyun_receipt_token().encode()):
        return _refused("aliyun", "token")
    try:
        rows = json.loads(request.body)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or len(rows) > MOST_AT_ONCE:
        return JsonResponse({"code": 1, "msg": "an array of receipts"}, status=400)
    for row in rows:
        if isinstance(row, dict):
            _note_row(row)
    # Whatever we do not know is taken as read: the provider would send all of it again.
    return JsonResponse({"code": 0, "msg": "OK"})


def _note_row(row: Mapping[str, Any]) -> None:
    try:
        message_id = UUID(str(row.get("out_id", "")))
    except ValueError:
        return
    arrived, code = row.get("success") is True, str(row.get("err_code", ""))
    number = str(row.get("biz_id", ""))
    _note(message_id, "aliyun", arrived=arrived, number=number, detail="" if arrived else code)


def _note(message_id: UUID, provider: str, *, arrived: bool, number: str, detail: str) -> None:
    try:
        messages.note_receipt(
            message_id=message_id, transport=provider, arrived=arrived, number=number, detail=detail
        )
    except NotFound:
        # Forgotten by age or with its customer, or another installation's.
        log.info("receipt.unknown provider=%s", provider)
