"""Text messages by Twilio's interface (2010-04-01), which others speak too: Basic auth, form post, status callback.

A request is not idempotent there; what became of a letter whose answer is missing is looked up by recipient and
text among the day's messages.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from servicehall.kernel.protection import normal_form

from . import over_http
from .transports import Fate, Letter, NotSent, Unclear

AGAIN = {20429, 20500, 20503, 30001, 30022}
"""Error numbers after which another try may help: too many at once, the service's own troubles."""
TO_BE_MENDED = {20003, 20005}
"""The account or its password: somebody has to act, a try after a minute may already help."""
SKEW = timedelta(minutes=1)
FATES: dict[str, Fate] = {
    "accepted": "taken",
    "scheduled": "taken",
    "queued": "taken",
    "sending": "taken",
    "sent": "taken",
    "delivered": "arrived",
    "read": "arrived",
    "undelivered": "lost",
    "failed": "lost",
    "canceled": "lost",
}


def signature_of(url: str, fields: Mapping[str, str], token: str) -> str:
    """What Twilio signs a callback with: HMAC-SHA1 over the address and the form's fields in order."""
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def receipt_path(message_id: object) -> str:
    """Where the state of a message is told to; under :data:`settings.PUBLIC_URL`."""
    return f"/messages/receipts/twilio/{message_id}"


class Twilio:
    """Twilio's text messages."""

    name = "twilio"

    @property
    def per_second(self) -> float:
        return float(settings.SMS_PER_SECOND)

    def send(self, letter: Letter) -> str:
        form = {"To": normal_form.phone(letter.address), "Body": letter.body, **_sender()}
        if settings.PUBLIC_URL:
            form["StatusCallback"] = settings.PUBLIC_URL.rstrip("/") + receipt_path(letter.id)
        answer = self._call("POST", "", form)
        number = answer.said.get("code")
        if answer.status in {200, 201} and answer.said.get("sid"):
            if FATES.get(str(answer.said.get("status"))) == "lost":
                raise NotSent(f"twilio-{answer.said.get('error_code')}", again=False)
            return str(answer.said["sid"])[:100]
        reason = f"twilio-{number}" if number else f"http-{answer.status}"
        if number in TO_BE_MENDED:
            raise NotSent(reason, again=True, wait=60)
        again = number in AGAIN or answer.status == 429 or answer.status >= 500
        raise NotSent(reason, again=again, wait=answer.retry_after)

    def ask(self, letter: Letter) -> tuple[Fate, str] | None:
        since = (letter.tried_at or datetime.now(UTC)) - SKEW
        query = {"To": normal_form.phone(letter.address), "PageSize": "50"}
        try:
            answer = self._call("GET", f"?{urlencode(query)}")
        except NotSent as problem:
            raise Unclear(problem.reason) from None
        if answer.status != 200:
            raise Unclear(f"http-{answer.status}")
        for row in answer.said.get("messages") or []:
            if row.get("body") == letter.body and _made(row) >= since:
                return FATES.get(str(row.get("status")), "taken"), str(row.get("sid", ""))[:100]
        return None

    def _call(self, method: str, query: str, form: Mapping[str, str] | None = None) -> over_http.Answer:
        base, account = settings.SMS_URL or "https://api.twilio.com", settings.SMS_KEY
        url = f"{base.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json{query}"
        return over_http.ask(method, url, headers={}, form=form, auth=(account, settings.SMS_SECRET))


def _made(row: Mapping[str, Any]) -> datetime:
    try:
        return parsedate_to_datetime(str(row.get("date_created")))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _sender() -> dict[str, str]:
    """A number or name, or a messaging service (its id begins with MG)."""
    sender = settings.SMS_FROM
    return {"MessagingServiceSid": sender} if sender.startswith("MG") else {"From": sender}
