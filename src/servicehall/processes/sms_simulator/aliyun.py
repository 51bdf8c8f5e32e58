"""The simulated Aliyun: SendSms and QuerySendDetails, every request's ACS3-HMAC-SHA256 signature checked.

Written from the provider's description and apart from the hall's own adapter, so that a mistake in one is not
believed by the other.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote

from .service import Service, Text

Answer = tuple[int, dict[str, Any]]
SKEW = timedelta(minutes=15)
NEEDED = {
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
}
_HEADER = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})"
)


def _error(status: int, code: str) -> Answer:
    return status, {"Code": code, "Message": f"simulated: {code}", "RequestId": "SIMULATED"}


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def refusal_of(service: Service, headers: Mapping[str, str], query: str, body: bytes) -> Answer | None:
    """Why a request is not let in; None when it is."""
    found = _HEADER.fullmatch(headers.get("authorization", ""))
    if found is None:
        return _error(400, "IncompleteSignature")
    key, names, signature = found.groups()
    if key != service.account.key:
        return _error(404, "InvalidAccessKeyId.NotFound")
    signed = names.split(";")
    if signed != sorted(signed) or not set(signed) >= NEEDED or any(name not in headers for name in signed):
        return _error(400, "IncompleteSignature")
    payload = sha256(body).hexdigest()
    pairs = sorted((_encoded(n), _encoded(v)) for n, v in parse_qsl(query, keep_blank_values=True))
    canonical = "\n".join(
        [
            "POST",
            "/",
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{headers[name].strip()}" for name in signed),
            "",
            names,
            payload,
        ]
    )
    to_sign = "ACS3-HMAC-SHA256\n" + sha256(canonical.encode()).hexdigest()
    wanted = hmac.digest(service.account.secret.encode(), to_sign.encode(), "sha256").hex()
    if headers["x-acs-content-sha256"] != payload or not hmac.compare_digest(wanted, signature):
        return _error(400, "SignatureDoesNotMatch")
    return _stale(service, headers)


def _stale(service: Service, headers: Mapping[str, str]) -> Answer | None:
    try:
        made = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return _error(400, "InvalidTimeStamp.Format")
    if abs(datetime.now(UTC) - made) > SKEW:
        return _error(400, "InvalidTimeStamp.Expired")
    if not service.is_new(headers["x-acs-signature-nonce"]):
        return _error(400, "SignatureNonceUsed")
    return _error(429, "Throttling.User") if service.is_too_fast() else None


def answer(
    service: Service, headers: Mapping[str, str], query: str, body: bytes
) -> tuple[Answer, Text | None]:
    """The answer to a request, and the message that was taken with it."""
    if (refused := refusal_of(service, headers, query, body)) is not None:
        return refused, None
    if headers["x-acs-version"] != "2017-05-25":
        return _error(400, "InvalidVersion"), None
    fields = dict(parse_qsl(query, keep_blank_values=True))
    if headers["x-acs-action"] == "SendSms":
        return _send(service, fields)
    if headers["x-acs-action"] == "QuerySendDetails":
        return _details(service, fields), None
    return _error(404, "InvalidAction.NotFound"), None


def _wrong(service: Service, fields: Mapping[str, str]) -> str:
    """The code of what is wrong with a message; empty: nothing."""
    to = fields.get("PhoneNumbers", "")
    if fields.get("SignName") != service.account.sender:
        return "isv.SMS_SIGNATURE_ILLEGAL"
    if fields.get("TemplateCode") != service.account.template:
        return "isv.SMS_TEMPLATE_ILLEGAL"
    if not re.fullmatch(r"1\d{10}|[1-9]\d{6,14}", to):
        return "isv.MOBILE_NUMBER_ILLEGAL"
    try:
        given = json.loads(fields.get("TemplateParam", ""))
    except ValueError:
        return "isv.INVALID_JSON_PARAM"
    if not isinstance(given, dict) or set(given) != {"code"}:
        return "isv.TEMPLATE_MISSING_PARAMETERS"
    if not re.fullmatch(r"[0-9A-Za-z]{4,8}", str(given["code"])):
        return "isv.PARAM_LENGTH_LIMIT"
    return ""


def _send(service: Service, fields: Mapping[str, str]) -> tuple[Answer, Text | None]:
    if wrong := _wrong(service, fields):
        return _error(200, wrong), None
    to = fields["PhoneNumbers"]
    fault = service.fault_of(to)
    codes = {
        "bad-number": "isv.MOBILE_NUMBER_ILLEGAL",
        "number-limit": "isv.BUSINESS_LIMIT_CONTROL",
        "broken-twice": "isp.SYSTEM_ERROR",
        "throttled-once": "Throttling.User",
        "no-credit": "isv.AMOUNT_NOT_ENOUGH",
    }
    if fault in codes:
        return _error(200, codes[fault]), None
    code = json.loads(fields["TemplateParam"])["code"]
    number = f"{service.next_number():018d}^0"
    body = f"【{service.account.sender}】您的验证码为 {code}，十分钟内有效，请勿告诉他人。"
    text = service.take(to=to, body=body, interface="aliyun", number=number, out_id=fields.get("OutId", ""))
    return (200, {"Code": "OK", "Message": "OK", "BizId": number, "RequestId": "SIMULATED"}), text


def _details(service: Service, fields: Mapping[str, str]) -> Answer:
    states = {"taken": 1, "undelivered": 2, "delivered": 3}
    rows = [
        {
            "PhoneNum": t.to,
            "OutId": t.out_id,
            "SendStatus": states[t.state],
            "BizId": t.number,
            "Content": t.body,
        }
        for t in service.texts
        if t.to == fields.get("PhoneNumber")
        and f"{t.at + timedelta(hours=8):%Y%m%d}" == fields.get("SendDate")
    ]
    shown = {"SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}, "TotalCount": str(len(rows))}
    return 200, {"Code": "OK", "Message": "OK", "RequestId": "SIMULATED", **shown}


def receipt(text: Text) -> bytes:
    """What is told about a message that ended."""
    is_delivered = text.state == "delivered"
    row = {
        "phone_number": text.to,
        "send_time": f"{text.at:%Y-%m-%d %H:%M:%S}",
        "report_time": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
        "success": is_delivered,
        "err_code": "DELIVERED" if is_delivered else "MK:0001",
        "err_msg": "",
        "sms_size": "1",
        "biz_id": text.number,
        "out_id": text.out_id,
    }
    return json.dumps([row]).encode()
