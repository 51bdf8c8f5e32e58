"""Text messages by Aliyun's service (Dysmsapi, version 2017-05-25), requests signed with ACS3-HMAC-SHA256.

Such services send approved templates only: the template of codes has one variable, ``code``; those of other messages
are set by name, with the variables that the message gives. A request is not
idempotent there; our id goes along as ``OutId``, and what became of a letter is looked up by it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from servicehall.kernel.protection import normal_form

from . import over_http
from .transports import Fate, Letter, NotSent, Unclear, filled

VERSION = "2017-05-25"
BEIJING = timedelta(hours=8)
AGAIN = {"isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "ServiceUnavailable", "InternalError"}
"""Codes after which another try may help; codes that begin with ``Throttling`` too."""
TO_BE_MENDED = {"isv.AMOUNT_NOT_ENOUGH", "isv.ACCOUNT_ABNORMAL", "InvalidTimeStamp.Expired"}
"""Somebody has to act (credit, the clock); a try after a minute may already help."""
_FATES: dict[int, Fate] = {1: "taken", 2: "lost", 3: "arrived"}


def canonical_query(fields: Mapping[str, str]) -> str:
    """The fields in order of their names, in the encoding of RFC 3986."""
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in fields.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed_headers(
    *, host: str, action: str, version: str, query: str, key: str, secret: str, date: str, nonce: str
) -> dict[str, str]:
    """The headers of a POST to ``/`` without a body (Aliyun, "V3 request structure and signature")."""
    payload = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": payload,
        "x-acs-date": date,
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    whole = "\n".join(("POST", "/", query, lines, names, payload))
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(whole.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    authorization = f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={names},Signature={signature}"
    return {**headers, "Authorization": authorization}


def receipt_token() -> str:
    """The part of the receipts' address that only the provider is told: it signs nothing."""
    return hmac.new(settings.SECRET_KEY.encode(), b"receipts from aliyun", hashlib.sha256).hexdigest()[:40]


class Aliyun:
    """Aliyun's text messages."""

    name = "aliyun"

    @property
    def per_second(self) -> float:
        return float(settings.SMS_PER_SECOND)

    def send(self, letter: Letter) -> str:
        template, values = settings.SMS_TEMPLATE, {"code": letter.secret}
        if not letter.secret:
            template, values = filled(settings.SMS_TEMPLATES, letter)
        if not template:
            raise NotSent("no-template", again=False)
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": _number(letter.address),
                "SignName": settings.SMS_FROM,
                "TemplateCode": template,
                "TemplateParam": json.dumps(values, ensure_ascii=False),
                "OutId": str(letter.id),
            },
        )
        code = _code(answer)
        if code == "OK":
            return str(answer.said.get("BizId", ""))[:100]
        if code.startswith("Throttling"):
            raise NotSent(code, again=True, wait=answer.retry_after or 2)
        if code in TO_BE_MENDED:
            raise NotSent(code, again=True, wait=60)
        raise NotSent(code, again=code in AGAIN or answer.status >= 500)

    def ask(self, letter: Letter) -> tuple[Fate, str] | None:
        day = (letter.tried_at or datetime.now(UTC)) + BEIJING
        try:
            answer = self._call(
                "QuerySendDetails",
                {
                    "PhoneNumber": _number(letter.address),
                    "SendDate": f"{day:%Y%m%d}",
                    "PageSize": "50",
                    "CurrentPage": "1",
                },
            )
        except NotSent as problem:
            raise Unclear(problem.reason) from None
        if _code(answer) != "OK":
            raise Unclear(_code(answer))
        rows: Any = (answer.said.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
        for row in rows:
            if row.get("OutId") == str(letter.id):
                return _FATES.get(row.get("SendStatus"), "taken"), str(row.get("BizId", ""))[:100]
        return None

    def _call(self, action: str, fields: Mapping[str, str]) -> over_http.Answer:
        base, query = settings.SMS_URL or "https://dysmsapi.aliyuncs.com", canonical_query(fields)
        headers = signed_headers(
            host=urlsplit(base).netloc,
            action=action,
            version=VERSION,
            query=query,
            key=settings.SMS_KEY,
            secret=settings.SMS_SECRET,
            date=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            nonce=secrets.token_hex(16),
        )
        return over_http.ask("POST", f"{base.rstrip('/')}/?{query}", headers=headers)


def _code(answer: over_http.Answer) -> str:
    """The provider's word for what happened, cut to what fits our column."""
    return str(answer.said.get("Code") or f"http-{answer.status}")[:60]


def _number(address: str) -> str:
    """As the service wants it: Chinese numbers without a country, others with theirs and no plus sign."""
    whole = normal_form.phone(address)
    return whole.removeprefix(f"+{normal_form.COUNTRY}") if _is_chinese(whole) else whole.removeprefix("+")


def _is_chinese(whole: str) -> bool:
    return whole.startswith(f"+{normal_form.COUNTRY}1") and len(whole) == 14
