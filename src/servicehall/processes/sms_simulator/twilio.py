"""The simulated Twilio: messages posted and listed under Basic auth, receipts signed as theirs are.

Written apart from the hall's own adapter, like the simulated Aliyun.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .service import Service, Text

Answer = tuple[int, dict[str, Any]]


def path_of(service: Service) -> str:
    """Where messages are posted and listed."""
    return f"/2010-04-01/Accounts/{service.account.key}/Messages.json"


def _error(status: int, code: int, words: str) -> Answer:
    return status, {
        "code": code,
        "message": words,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def refusal_of(service: Service, headers: Mapping[str, str]) -> Answer | None:
    """Why a request is not let in; None when it is."""
    scheme, _space, given = headers.get("authorization", "").partition(" ")
    try:
        who = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        who = ""
    wanted = f"{service.account.key}:{service.account.secret}"
    if scheme.lower() != "basic" or not hmac.compare_digest(who.encode(), wanted.encode()):
        return _error(401, 20003, "Authenticate")
    return _error(429, 20429, "Too Many Requests") if service.is_too_fast() else None


def post(service: Service, headers: Mapping[str, str], body: bytes) -> tuple[Answer, Text | None]:
    """Take a message."""
    if (refused := refusal_of(service, headers)) is not None:
        return refused, None
    fields = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    to, words = fields.get("To", ""), fields.get("Body", "")
    sender = fields.get("From") or fields.get("MessagingServiceSid") or ""
    fault = service.fault_of(to)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", to) or fault == "bad-number":
        return _error(400, 21211, "Invalid 'To' Phone Number"), None
    if sender != service.account.sender:
        return _error(400, 21606, "The 'From' phone number is not a valid number of yours"), None
    if not words or len(words) > 1600:
        return _error(400, 21602 if not words else 21617, "Message body"), None
    errors = {
        "number-limit": _error(400, 21610, "Attempt to send to unsubscribed recipient"),
        "broken-twice": _error(503, 20503, "Service Unavailable"),
        "throttled-once": _error(429, 20429, "Too Many Requests"),
        "no-credit": _error(401, 20003, "Authenticate"),
    }
    if fault in errors:
        return errors[fault], None
    number = f"SM{service.next_number():032x}"
    text = service.take(to=to, body=words, interface="twilio", number=number)
    text.receipt = fields.get("StatusCallback", "")
    return (201, _shown(text)), text


def listed(service: Service, headers: Mapping[str, str], query: str) -> Answer:
    """The messages to a number, newest first."""
    if (refused := refusal_of(service, headers)) is not None:
        return refused
    to = dict(parse_qsl(query)).get("To", "")
    rows = [_shown(t) for t in reversed(service.texts) if t.to == to]
    return 200, {"messages": rows, "page": 0, "page_size": 50}


def _shown(text: Text) -> dict[str, Any]:
    state = {"taken": "queued"}.get(text.state, text.state)
    return {
        "sid": text.number,
        "to": text.to,
        "body": text.body,
        "status": state,
        "date_created": format_datetime(text.at),
        "error_code": None if text.state != "undelivered" else 30005,
    }


def receipt(service: Service, text: Text) -> tuple[bytes, dict[str, str]]:
    """(form, headers) of what is told about a message that ended, signed."""
    form = {
        "MessageSid": text.number,
        "MessageStatus": text.state,
        "To": text.to,
        "AccountSid": service.account.key,
    }
    if text.state == "undelivered":
        form["ErrorCode"] = "30005"
    signed = text.receipt + "".join(name + form[name] for name in sorted(form))
    signature = hmac.digest(service.account.secret.encode(), signed.encode(), "sha1")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": base64.b64encode(signature).decode(),
    }
    return urlencode(form).encode(), headers
