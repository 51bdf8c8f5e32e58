"""The simulated WeChat Pay, version 3: every request's signature checked, every answer signed.

Written from the provider's description and apart from the hall's own adapter, so that a mistake in one is not
believed by the other.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from .service import APP_ID, MERCHANT, PLATFORM_ID, SEALED, SERIAL, Order, Service

Said = tuple[int, bytes, str]
"""Status, body, content type."""
_AUTHORIZATION = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 (?=.*mchid="(?P<mchid>[^"]+)")(?=.*nonce_str="(?P<nonce>[^"]{1,32})")'
    r'(?=.*signature="(?P<signature>[^"]+)")(?=.*timestamp="(?P<stamp>\d+)")(?=.*serial_no="(?P<serial>[^"]+)").*'
)
_ORDER = re.compile(r"/v3/pay/transactions/out-trade-no/([^/?]+)(/close)?")
_REFUND = re.compile(r"/v3/refund/domestic/refunds/([^/?]+)")
_NATIVE = {"appid", "mchid", "description", "out_trade_no", "time_expire", "notify_url", "amount"}
BEIJING = timedelta(hours=8)


def _said(status: int, what: Mapping[str, Any]) -> Said:
    return status, json.dumps(what, ensure_ascii=False).encode(), "application/json"


def _error(status: int, code: str, message: str = "simulated") -> Said:
    return _said(status, {"code": code, "message": message})


def stamped(key: RSAPrivateKey, body: bytes, *, age: float = 0) -> dict[str, str]:
    """The headers that sign an answer or a notification."""
    stamp, nonce = str(int(time.time() - age)), secrets.token_hex(16)
    signed = key.sign(f"{stamp}\n{nonce}\n".encode() + body + b"\n", padding.PKCS1v15(), SHA256())
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": PLATFORM_ID,
        "Wechatpay-Signature": b64encode(signed).decode(),
        "Request-ID": secrets.token_hex(12),
    }


def refusal_of(
    service: Service, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Said | None:
    """Why a request is not let in; None when it is."""
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None:
        return _error(
            401, "SIGN_ERROR", "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"
        )
    if found["mchid"] != MERCHANT["wechat"] or found["serial"] != SERIAL:
        return _error(401, "SIGN_ERROR", "商户证书序列号有误。请使用签名私钥匹配的证书序列号")
    if headers.get("wechatpay-serial", PLATFORM_ID) != PLATFORM_ID:
        return _error(400, "PARAM_ERROR", "Wechatpay-Serial")
    if abs(time.time() - int(found["stamp"])) > 300:
        return _error(401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    message = f"{method}\n{target}\n{found['stamp']}\n{found['nonce']}\n".encode() + body + b"\n"
    try:
        service.keys["wechat"].merchant.verify(
            b64decode(found["signature"]), message, padding.PKCS1v15(), SHA256()
        )
    except (InvalidSignature, ValueError):
        return _error(401, "SIGN_ERROR", "错误的签名，验签失败")
    if "application/json" not in headers.get("accept", "") or not headers.get("user-agent"):
        return _error(400, "PARAM_ERROR", "Accept, User-Agent")
    return None


def answer(service: Service, method: str, target: str, body: bytes, base: str) -> Said:
    """The answer to a request that was let in."""
    path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
    try:
        given = json.loads(body) if body else {}
    except ValueError:
        return _error(400, "PARAM_ERROR")
    fixed: dict[tuple[str, str], Callable[[], Said]] = {
        ("GET", "/v3/bill/tradebill"): lambda: _bill(service, query, base),
        ("GET", "/v3/billdownload/file"): lambda: (200, statement(service, query["token"][0]), "text/plain"),
        ("POST", "/v3/pay/transactions/native"): lambda: _native(service, given, body),
        ("POST", "/v3/refund/domestic/refunds"): lambda: _refund(service, given),
    }
    if (known := fixed.get((method, path))) is not None:
        return known()
    if (found := _REFUND.fullmatch(path)) and method == "GET":
        return _refund_state(service, found[1])
    if (found := _ORDER.fullmatch(path)) is None:
        return _error(404, "RESOURCE_NOT_EXISTS")
    order = service.orders.get(("wechat", found[1]))
    if order is None:
        return _error(404, "ORDER_NOT_EXIST")
    if found[2]:
        return _close(order, given)
    fits = query.get("mchid") == [MERCHANT["wechat"]]
    return _said(200, transaction(order)) if fits else _error(400, "PARAM_ERROR")


def _wrong(given: Mapping[str, Any]) -> bool:
    amount, url = given.get("amount"), str(given.get("notify_url", ""))
    return (
        not set(given) <= _NATIVE
        or given.get("appid") != APP_ID["wechat"]
        or given.get("mchid") != MERCHANT["wechat"]
        or not 0 < len(str(given.get("description", "")).encode()) <= 127
        or not re.fullmatch(r"[0-9A-Za-z_|*-]{6,32}", str(given.get("out_trade_no", "")))
        or not url.startswith(("https://", "http://127.0.0.1", "http://localhost"))
        or "?" in url
        or not isinstance(amount, dict)
        or set(amount) - {"total", "currency"} != set()
        or type(amount.get("total")) is not int
        or not 0 < amount["total"] <= 10**10
        or amount.get("currency", "CNY") != "CNY"
    )


def _native(service: Service, given: Mapping[str, Any], body: bytes) -> Said:
    if service.mode == "declined":
        return _error(403, "RULE_LIMIT")
    try:
        expires = datetime.fromisoformat(str(given.get("time_expire", "")))
    except ValueError:
        expires = None
    if _wrong(given) or expires is None or expires.tzinfo is None:
        return _error(400, "PARAM_ERROR")
    if expires <= datetime.now(UTC) + timedelta(minutes=1):
        return _error(400, "INVALID_REQUEST", "time_expire")
    key, asked = ("wechat", given["out_trade_no"]), hashlib.sha256(body).hexdigest()
    with service.lock:
        known = service.orders.get(key)
        if known is not None:
            if known.state == "paid":
                return _error(400, "ORDERPAID")
            if known.state == "closed":
                return _error(400, "ORDER_CLOSED")
            if known.asked != asked:
                return _error(400, "INVALID_REQUEST", "201 商户订单号重复")
        else:
            code = f"weixin://wxpay/bizpayurl?pr={secrets.token_urlsafe(8)}"
            known = service.orders[key] = Order(
                "wechat", given["out_trade_no"], given["amount"]["total"], given["description"],
                given["notify_url"], code, datetime.now(UTC), expires, asked,
            )  # fmt: skip
    return _said(200, {"code_url": known.code})


def transaction(order: Order) -> dict[str, Any]:
    """An order as it is told."""
    found: dict[str, Any] = {
        "appid": APP_ID["wechat"],
        "mchid": MERCHANT["wechat"],
        "out_trade_no": order.number,
        "trade_state": {"waiting": "NOTPAY", "closed": "CLOSED", "paid": "SUCCESS"}[order.state],
        "trade_state_desc": "simulated",
        "amount": {"total": order.amount, "currency": "CNY"},
    }
    if order.paid_at is not None:
        if order.refunds:
            found["trade_state"] = "REFUND"
        found |= {
            "trade_type": "NATIVE",
            "transaction_id": order.transaction_id,
            "bank_type": "OTHERS",
            "success_time": f"{order.paid_at + BEIJING:%Y-%m-%dT%H:%M:%S}+08:00",
            "payer": {"openid": "o-simulated"},
        }
        found["amount"] |= {"payer_total": order.amount, "payer_currency": "CNY"}
    return found


def _close(order: Order, given: Mapping[str, Any]) -> Said:
    if given != {"mchid": MERCHANT["wechat"]}:
        return _error(400, "PARAM_ERROR")
    if order.state == "paid":
        return _error(400, "ORDERPAID")
    order.state = "closed"
    return 204, b"", "application/json"


def _refund(service: Service, given: Mapping[str, Any]) -> Said:
    order = service.orders.get(("wechat", str(given.get("out_trade_no"))))
    amount = given.get("amount")
    if order is None:
        return _error(404, "RESOURCE_NOT_EXISTS")
    if service.mode == "declined":
        return _error(403, "NOT_ENOUGH")
    if not isinstance(amount, dict) or (amount.get("total"), amount.get("currency")) != (order.amount, "CNY"):
        return _error(400, "PARAM_ERROR")
    if type(amount.get("refund")) is not int or amount["refund"] <= 0:
        return _error(400, "PARAM_ERROR")
    number = str(given.get("out_refund_no", ""))
    made = service.give_back(order, number, amount["refund"])
    if made is None:
        return _error(400, "INVALID_REQUEST", "退款金额大于可退金额")
    return _refund_state(service, number)


def _refund_state(service: Service, number: str) -> Said:
    for (interface, _name), order in service.orders.items():
        made = order.refunds.get(number) if interface == "wechat" else None
        if made is not None:
            is_done = datetime.now(UTC) >= made.done_at
            return _said(
                200,
                {
                    "refund_id": made.id,
                    "out_refund_no": number,
                    "transaction_id": order.transaction_id,
                    "out_trade_no": order.number,
                    "status": "SUCCESS" if is_done else "PROCESSING",
                    "amount": {"total": order.amount, "refund": made.amount, "currency": "CNY"},
                },
            )
    return _error(404, "RESOURCE_NOT_EXISTS")


def notification(service: Service, order: Order) -> tuple[bytes, dict[str, str]]:
    """What is told about a paid order, as the mode wants it."""
    said = transaction(order)
    if service.mode == "other-amount":
        said["amount"]["total"] = order.amount + 1
    nonce = secrets.token_hex(6)
    sealed = AESGCM(SEALED.encode()).encrypt(nonce.encode(), json.dumps(said).encode(), b"transaction")
    whole = {
        "id": f"EV-{order.transaction_id}",
        "create_time": f"{datetime.now(UTC) + BEIJING:%Y-%m-%dT%H:%M:%S}+08:00",
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
        "resource": {
            "original_type": "transaction",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": b64encode(sealed).decode(),
            "associated_data": "transaction",
            "nonce": nonce,
        },
    }
    body, keys = json.dumps(whole, ensure_ascii=False).encode(), service.keys["wechat"]
    key = keys.stranger if service.mode == "forged" else keys.platform
    headers = stamped(key, body, age=600 if service.mode == "old" else 0)
    return body, {**headers, "Content-Type": "application/json"}


_HEADS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)


def statement(service: Service, day: str) -> bytes:
    """The trades of a Beijing day, as the file has them."""
    lines, total = [_HEADS], 0
    for (interface, _name), order in service.orders.items():
        if interface != "wechat" or order.paid_at is None:
            continue
        moments = [(order.paid_at, None), *((one.done_at, one) for one in order.refunds.values())]
        for moment, made in moments:
            if f"{moment + BEIJING:%Y-%m-%d}" != day:
                continue
            whole, back = f"{order.amount / 100:.2f}", f"{made.amount / 100:.2f}" if made else "0.00"
            values = (
                f"{moment + BEIJING:%Y-%m-%d %H:%M:%S}", APP_ID["wechat"], MERCHANT["wechat"], "0", "",
                order.transaction_id, order.number, "o-simulated", "NATIVE", "REFUND" if made else "SUCCESS",
                "OTHERS", "CNY", "0.00" if made else whole, "0.00", made.id if made else "0",
                made.number if made else "0", back, "0.00", "ORIGINAL" if made else "", "SUCCESS" if made else "",
                order.description.replace(",", " "), "", "0.00000", "0.60%", "0.00" if made else whole, back, "",
            )  # fmt: skip
            lines.append(",".join(f"`{value}" for value in values))
            total += 1
    lines += ["总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"]
    lines += [f"`{total},`0.00,`0.00,`0.00,`0.00,`0.00,`0.00"]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _bill(service: Service, query: Mapping[str, list[str]], base: str) -> Said:
    day = query.get("bill_date", [""])[0]
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day) or query.get("bill_type") != ["ALL"]:
        return _error(400, "PARAM_ERROR")
    data = statement(service, day)
    if data.count(b"\r\n") == 3:
        return _error(400, "NO_STATEMENT_EXIST")
    return _said(
        200,
        {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(data, usedforsecurity=False).hexdigest(),
            "download_url": f"{base}/v3/billdownload/file?token={day}",
        },
    )
