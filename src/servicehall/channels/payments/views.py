"""Notifications of payments, in the form that each provider wants them answered in."""

from __future__ import annotations

import logging
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from servicehall.kernel.errors import NotFound, Refused
from servicehall.rooms.payments import actions as payments

log = logging.getLogger(__name__)
LONGEST_BODY = 64 * 1024


@never_cache
@csrf_exempt
@require_POST
def notify(request: HttpRequest, provider: str, account_id: UUID) -> HttpResponse:
    """Take a notification; whatever is refused is said in as few words as there are."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LONGEST_BODY:
        return _answer(provider, 413, "too long")
    body = request.read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        return _answer(provider, 413, "too long")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        payments.take_notification(provider=provider, account_id=account_id, headers=headers, body=body)
    except NotFound:
        return _answer(provider, 404, "unknown")
    except payments.NotificationNotBelieved as refused:
        log.warning("payment.notification_refused provider=%s reason=%s", provider, refused.reason)
        return _answer(provider, 403, "refused")
    except Refused as refused:
        log.warning("payment.notification_not_taken provider=%s reason=%s", provider, refused.kind)
        return _answer(provider, 503, "later")
    return _answer(provider, 200, "")


def _answer(provider: str, status: int, words: str) -> HttpResponse:
    """Alipay wants the word ``success``; WeChat Pay a status, and a reason where it is none of success."""
    if provider == "alipay":
        return HttpResponse("success" if status == 200 else "fail", status=status, content_type="text/plain")
    if status == 200:
        return HttpResponse(status=204)
    return JsonResponse({"code": "FAIL", "message": words}, status=status)
