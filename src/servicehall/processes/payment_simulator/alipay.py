"""The simulated Alipay gateway: every request's RSA2 signature checked, every answer signed.

Written from the provider's description and apart from the hall's own adapter.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from .service import APP_ID, MERCHANT, Order, Service

BEIJING = timedelta(hours=8)
_NEEDED = {"app_id", "method", "charset", "sign_type", "sign", "timestamp", "version", "biz_content"}
_BUSINESS = {"code": "40004", "msg": "Business Failed"}
_FINE = {"code": "10000", "msg": "Success"}


def _sign(key: RSAPrivateKey, data: bytes) -> str:
    return b64encode(key.sign(data, padding.PKCS1v15(), SHA256())).decode()


def _joined(fields: Mapping[str, str], *without: str) -> bytes:
    return "&".join(f"{n}={fields[n]}" for n in sorted(fields) if n not in without and fields[n]).encode()


def _failed(sub_code: str) -> dict[str, Any]:
    return {**_BUSINESS, "sub_code": sub_code, "sub_msg": "simulated"}


def _invalid(sub_code: str) -> dict[str, Any]:
    return {"code": "40002", "msg": "Invalid Arguments", "sub_code": sub_code, "sub_msg": "simulated"}


def answer(service: Service, body: bytes, base: str) -> bytes:
    """The answer to a request, as the gateway writes it."""
    fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    node = fields.get("method", "error").replace(".", "_") + "_response"
    if (wrong := _refusal_of(service, fields)) is not None:
        # Who is not known gets no signature.
        return json.dumps({node: _invalid(wrong)}, ensure_ascii=False).encode()
    said = json.dumps(_said(service, fields, base), ensure_ascii=False)
    signed = _sign(service.keys["alipay"].platform, said.encode())
    return f'{{"{node}":{said},"sign":"{signed}"}}'.encode()


def _refusal_of(service: Service, fields: Mapping[str, str]) -> str | None:
    if fields.get("app_id") != APP_ID["alipay"]:
        return "isv.invalid-app-id"
    if missing := sorted(_NEEDED - set(fields)):
        return f"isv.missing-{missing[0].replace('_', '-')}"
    if fields["sign_type"] != "RSA2" or fields["charset"].lower() != "utf-8" or fields["version"] != "1.0":
        return "isv.invalid-signature-type"
    try:
        made = datetime.strptime(fields["timestamp"] + "+0800", "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        return "isv.invalid-timestamp"
    if abs(datetime.now(UTC) - made) > timedelta(minutes=15):
        return "isv.invalid-timestamp"
    try:
        service.keys["alipay"].merchant.verify(
            b64decode(fields["sign"]), _joined(fields, "sign"), padding.PKCS1v15(), SHA256()
        )
    except (InvalidSignature, ValueError):
        return "isv.invalid-signature"
    return None


def _said(service: Service, fields: Mapping[str, str], base: str) -> dict[str, Any]:
    try:
        given = json.loads(fields["biz_content"])
    except ValueError:
        return _invalid("isv.invalid-parameter")
    known: dict[str, Callable[[], dict[str, Any]]] = {
        "alipay.trade.precreate": lambda: _precreate(service, fields, given),
        "alipay.trade.query": lambda: _query(service, given),
        "alipay.trade.close": lambda: _close(service, given),
        "alipay.trade.refund": lambda: _refund(service, given),
        "alipay.trade.fastpay.refund.query": lambda: _refund_state(service, given),
        "alipay.data.dataservice.bill.downloadurl.query": lambda: {
            **_FINE,
            "bill_download_url": f"{base}/bill.zip?day={given.get('bill_date')}",
        },
    }
    found = known.get(fields["method"])
    return found() if found else _invalid("isv.invalid-method")


def _fen(text: Any) -> int | None:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", str(text)):
        return None
    try:
        return int(Decimal(str(text)) * 100)
    except InvalidOperation:
        return None


def _yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _precreate(service: Service, fields: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    if service.mode == "declined":
        return _failed("ACQ.ACCESS_FORBIDDEN")
    amount, number = _fen(given.get("total_amount")), str(given.get("out_trade_no", ""))
    subject, url = str(given.get("subject", "")), fields.get("notify_url", "")
    if not amount or not re.fullmatch(r"\w{1,64}", number) or not 0 < len(subject) <= 256 or not url:
        return _failed("ACQ.INVALID_PARAMETER")
    try:
        expires = datetime.strptime(f"{given.get('time_expire')}+0800", "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        return _failed("ACQ.INVALID_PARAMETER")
    with service.lock:
        order = service.orders.get(("alipay", number))
        if order is None:
            order = service.orders["alipay", number] = Order(
                "alipay", number, amount, subject, url,
                f"https://qr.alipay.com/{secrets.token_urlsafe(9)}", datetime.now(UTC), expires,
            )  # fmt: skip
        if order.state == "paid":
            return _failed("ACQ.TRADE_HAS_SUCCESS")
        if order.state == "closed":
            return _failed("ACQ.TRADE_HAS_CLOSE")
        if order.amount != amount:
            return _failed("ACQ.CONTEXT_INCONSISTENT")
    return {**_FINE, "out_trade_no": number, "qr_code": order.code}


def _order(service: Service, given: Mapping[str, Any]) -> Order | None:
    """An order that they know: one that nobody has scanned is not there."""
    order = service.orders.get(("alipay", str(given.get("out_trade_no", ""))))
    return order if order is not None and order.state == "paid" else None


def _query(service: Service, given: Mapping[str, Any]) -> dict[str, Any]:
    order = _order(service, given)
    if order is None or order.paid_at is None:
        return _failed("ACQ.TRADE_NOT_EXIST")
    is_over = order.refunded == order.amount
    return {
        **_FINE,
        "trade_no": order.transaction_id,
        "out_trade_no": order.number,
        "buyer_logon_id": "sim***@example.com",
        "trade_status": "TRADE_CLOSED" if is_over else "TRADE_SUCCESS",
        "total_amount": _yuan(order.amount),
        "send_pay_date": f"{order.paid_at + BEIJING:%Y-%m-%d %H:%M:%S}",
    }


def _close(service: Service, given: Mapping[str, Any]) -> dict[str, Any]:
    order = service.orders.get(("alipay", str(given.get("out_trade_no", ""))))
    if order is not None and order.state == "paid":
        return _failed("ACQ.TRADE_STATUS_ERROR")
    # Nobody scanned it, so they know no trade: the code goes on to live until it expires.
    return _failed("ACQ.TRADE_NOT_EXIST")


def _refund(service: Service, given: Mapping[str, Any]) -> dict[str, Any]:
    order, amount = _order(service, given), _fen(given.get("refund_amount"))
    if order is None:
        return _failed("ACQ.TRADE_NOT_EXIST")
    if service.mode == "declined":
        return _failed("ACQ.SELLER_BALANCE_NOT_ENOUGH")
    number = str(given.get("out_request_no", ""))
    is_new = number not in order.refunds
    made = service.give_back(order, number, amount) if amount else None
    if made is None:
        return _failed("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    return {
        **_FINE,
        "trade_no": order.transaction_id,
        "out_trade_no": order.number,
        "fund_change": "Y" if is_new else "N",
        "refund_fee": _yuan(order.refunded),
    }


def _refund_state(service: Service, given: Mapping[str, Any]) -> dict[str, Any]:
    order = _order(service, given)
    if order is None:
        return _failed("ACQ.TRADE_NOT_EXIST")
    made = order.refunds.get(str(given.get("out_request_no", "")))
    if made is None:
        return dict(_FINE)
    return {
        **_FINE,
        "trade_no": order.transaction_id,
        "out_trade_no": order.number,
        "out_request_no": made.number,
        "refund_amount": _yuan(made.amount),
        "refund_status": "REFUND_SUCCESS",
    }


def notification(service: Service, order: Order) -> tuple[bytes, dict[str, str]]:
    """What is told about a paid order, as the mode wants it."""
    sent = datetime.now(UTC) + BEIJING - timedelta(minutes=10 if service.mode == "old" else 0)
    paid = (order.paid_at or datetime.now(UTC)) + BEIJING
    fields = {
        "notify_time": f"{sent:%Y-%m-%d %H:%M:%S}",
        "notify_type": "trade_status_sync",
        "notify_id": f"sim{order.transaction_id}",
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
        "app_id": APP_ID["alipay"],
        "auth_app_id": APP_ID["alipay"],
        "seller_id": MERCHANT["alipay"],
        "trade_no": order.transaction_id,
        "out_trade_no": order.number,
        "subject": order.description,
        "buyer_logon_id": "sim***@example.com",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": _yuan(order.amount + (service.mode == "other-amount")),
        "receipt_amount": _yuan(order.amount),
        "gmt_create": f"{paid:%Y-%m-%d %H:%M:%S}",
        "gmt_payment": f"{paid:%Y-%m-%d %H:%M:%S}",
    }
    keys = service.keys["alipay"]
    key = keys.stranger if service.mode == "forged" else keys.platform
    fields["sign"] = _sign(key, _joined(fields, "sign", "sign_type"))
    return urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


_HEADS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def statement(service: Service, day: str) -> bytes:
    """The trades of a Beijing day, zipped as they send them."""
    lines = ["#支付宝业务明细查询", f"#账号：[{MERCHANT['alipay']}]", _HEADS]
    for (interface, _name), order in service.orders.items():
        if interface != "alipay" or order.paid_at is None:
            continue
        moments = [(order.paid_at, None), *((one.at, one) for one in order.refunds.values())]
        for moment, made in moments:
            if f"{moment + BEIJING:%Y-%m-%d}" != day:
                continue
            at, amount = f"{moment + BEIJING:%Y-%m-%d %H:%M:%S}", _yuan(made.amount if made else order.amount)
            values = [
                f"{order.transaction_id}\t", f"{order.number}\t", "退款" if made else "交易",
                order.description.replace(",", " "), at, at, "", "", "", "", "sim***@example.com",
                f"-{amount}" if made else amount, f"-{amount}" if made else amount,
                "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00",
                f"{made.number}\t" if made else "", "0.00", "0.00", "",
            ]  # fmt: skip
            lines.append(",".join(values))
    lines.append(
        "#-----------------------------------------业务明细列表结束------------------------------------"
    )
    sums = ["#支付宝业务汇总查询", "门店编号,门店名称,交易订单总笔数", "合计,,1"]
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        name = f"{MERCHANT['alipay']}0156_{day.replace('-', '')}"
        archive.writestr(f"{name}_业务明细.csv", "\r\n".join(lines).encode("gb18030"))
        archive.writestr(f"{name}_业务明细(汇总).csv", "\r\n".join(sums).encode("gb18030"))
    return found.getvalue()
