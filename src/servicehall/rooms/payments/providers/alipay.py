"""Alipay's open platform: orders paid by a QR code (alipay.trade.precreate), their refunds and statements."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from servicehall.kernel.money import Money, UnfitAmount

from . import alipay_signing, over_http
from .interface import BillLine, Given, NotDone, Notice, NoticeRefused, Order, Status, Unclear
from .keys import Keys

CURRENCY = "CNY"
BEIJING = timezone(timedelta(hours=8))
TOLERANCE = timedelta(minutes=5)
LARGEST_FILE = 100 * 1024 * 1024
NOT_THERE = "ACQ.TRADE_NOT_EXIST"
_STATES: dict[str, Literal["waiting", "paid", "closed"]] = {
    "WAIT_BUYER_PAY": "waiting",
    "TRADE_SUCCESS": "paid",
    "TRADE_FINISHED": "paid",
    "TRADE_CLOSED": "closed",
}


class Alipay:
    """One seller at Alipay."""

    name = "alipay"

    def __init__(self, *, app_id: str, merchant: str, keys: Keys) -> None:
        self.app_id, self.merchant, self.keys = app_id, merchant, keys

    def offer(self, order: Order) -> str:
        said = self._call(
            "alipay.trade.precreate",
            {
                "out_trade_no": order.number,
                "total_amount": order.money.decimal,
                "subject": order.description,
                "time_expire": _there(order.expires_at),
            },
            notify_url=order.notify_url,
        )
        if not isinstance(code := said.get("qr_code"), str) or not 0 < len(code) <= 512:
            raise Unclear("answer")
        return code

    def query(self, number: str) -> Status:
        try:
            said = self._call("alipay.trade.query", {"out_trade_no": number})
        except NotDone as no:
            if no.result.get("reason") == NOT_THERE:
                return Status("missing")
            raise Unclear(str(no.result.get("reason", ""))) from None
        return _status(said, said.get("send_pay_date"))

    def close(self, number: str) -> None:
        try:
            self._call("alipay.trade.close", {"out_trade_no": number})
        except NotDone as no:
            # They know an order once somebody has scanned it. Who scans it later than this pays for something
            # that is closed, and gets it back.
            if no.result.get("reason") == NOT_THERE:
                return
            if no.result.get("reason") in {"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID"}:
                raise NotDone(reason="paid") from None
            raise

    def refund(self, given: Given) -> None:
        self._call(
            "alipay.trade.refund",
            {
                "out_trade_no": given.order,
                "out_request_no": given.number,
                "refund_amount": given.money.decimal,
                "refund_reason": given.reason,
            },
        )

    def refund_state(self, given: Given) -> Literal["done", "failed", "unknown"]:
        wanted = {"out_trade_no": given.order, "out_request_no": given.number}
        try:
            said = self._call("alipay.trade.fastpay.refund.query", wanted)
        except NotDone as no:
            if no.result.get("reason") == NOT_THERE:
                raise NotDone(reason="not-there") from None
            raise Unclear(str(no.result.get("reason", ""))) from None
        if said.get("refund_status") == "REFUND_SUCCESS":
            return "done"
        if not said.get("out_request_no"):
            raise NotDone(reason="not-there")
        return "unknown"

    def read_notice(self, _headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        try:
            pairs = parse_qsl(
                body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=100
            )
            fields = dict(pairs)
        except ValueError:
            raise NoticeRefused("malformed") from None
        if len(fields) != len(pairs):
            raise NoticeRefused("malformed")
        alipay_signing.check_form(fields, next(iter(self.keys.platform.values())))
        sent = _moment(fields.get("notify_time"))
        if sent is None or abs(at - sent) > TOLERANCE:
            raise NoticeRefused("too-old")
        seller = fields.get("seller_id", "")
        if fields.get("app_id") != self.app_id or (self.merchant and seller != self.merchant):
            raise NoticeRefused("merchant")
        name, number = fields.get("notify_id", ""), fields.get("out_trade_no", "")
        if not 0 < len(name) <= 64:
            raise NoticeRefused("malformed")
        if fields.get("refund_fee"):
            return Notice(name, "refund", number)
        try:
            return Notice(name, "payment", number, _status(fields, fields.get("gmt_payment")))
        except Unclear:
            raise NoticeRefused("malformed") from None

    def bill(self, day: date) -> list[BillLine]:
        said = self._call(
            "alipay.data.dataservice.bill.downloadurl.query",
            {"bill_type": "trade", "bill_date": day.isoformat()},
        )
        url = str(said.get("bill_download_url", ""))
        there, base = urlsplit(url), urlsplit(settings.ALIPAY_URL)
        theirs = there.scheme == "https" and (there.hostname or "").endswith(".alipay.com")
        if not theirs and (there.scheme, there.netloc) != (base.scheme, base.netloc):
            raise Unclear("download-elsewhere")
        found = over_http.ask("GET", url)
        if found.status != 200:
            raise Unclear(f"http-{found.status}")
        return _lines(found.body)

    def _call(self, method: str, content: Mapping[str, Any], *, notify_url: str = "") -> dict[str, Any]:
        """What Alipay says. Raises NotDone with its code, or Unclear."""
        fields = {
            "app_id": self.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": _there(datetime.now(UTC)),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
        if notify_url:
            fields["notify_url"] = notify_url
        fields["sign"] = alipay_signing.signature(fields, self.keys.merchant)
        found = over_http.ask("POST", settings.ALIPAY_URL, form=fields)
        if found.status != 200:
            raise Unclear(f"http-{found.status}")
        node = method.replace(".", "_") + "_response"
        if b'"sign"' not in found.body:
            # Requests that they cannot ascribe to anybody are answered without a signature: nothing was done.
            raise NotDone(reason=_unsigned(found.body, node))
        try:
            said = alipay_signing.checked_answer(found.body, node, next(iter(self.keys.platform.values())))
        except NoticeRefused as refused:
            raise Unclear(f"answer-{refused.reason}") from None
        code, detail = str(said.get("code")), str(said.get("sub_code", ""))[:60]
        if code == "10000":
            return said
        if code == "20000" or detail in {"ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error"}:
            raise Unclear(detail or code)
        raise NotDone(reason=detail or code)


def _unsigned(body: bytes, node: str) -> str:
    """The code of an answer to a request that was not let in. Raises Unclear: it is none."""
    try:
        whole = json.loads(body)
        said = whole.get("error_response") or whole[node]
        code = str(said.get("sub_code", ""))[:60]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unclear("answer") from None
    if not code.startswith("isv."):
        raise Unclear(code or "answer")
    return code


def _there(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.strptime(f"{text}+0800", "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        return None
    return found.astimezone(UTC)


def _status(said: Mapping[str, Any], paid_at: Any) -> Status:
    """Raises Unclear: it does not say what there must be."""
    state = _STATES.get(str(said.get("trade_status")))
    if state is None:
        raise Unclear("answer")
    if state != "paid":
        return Status(state)
    try:
        money = Money.of(str(said["total_amount"]), CURRENCY)
        return Status("paid", money, str(said["trade_no"])[:64], _moment(paid_at))
    except (KeyError, UnfitAmount):
        raise Unclear("answer") from None


def _lines(body: bytes) -> list[BillLine]:
    """The details of a statement: a ZIP file of two lists in GB 18030, one of single trades."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            # Names are in GBK too, which this library reads as another code; the list of sums is the other one.
            texts = []
            for one in archive.infolist():
                if one.file_size > LARGEST_FILE:
                    raise Unclear("statement")
                texts.append(archive.read(one).decode("gb18030"))
    except (zipfile.BadZipFile, UnicodeDecodeError, RuntimeError, OSError, EOFError):
        raise Unclear("statement") from None
    found: list[BillLine] = []
    for text in texts:
        heads: list[str] = []
        for row in csv.reader(io.StringIO(text)):
            values = [value.strip() for value in row]
            if not values or values[0].startswith("#"):
                continue
            if not heads:
                heads = values
                continue
            line = dict(zip(heads, values, strict=False))
            if "业务类型" not in line:
                break
            found.append(_line(line))
    return found


def _line(line: Mapping[str, str]) -> BillLine:
    try:
        money = Money.of(line.get("订单金额（元）", ""), CURRENCY)
    except UnfitAmount:
        raise Unclear("statement") from None
    if line["业务类型"] == "退款":
        back = Money(abs(money.minor), CURRENCY)
        return BillLine("refund", line.get("退款批次号/请求号", ""), back, line.get("支付宝交易号", ""))
    return BillLine("payment", line.get("商户订单号", ""), money, line.get("支付宝交易号", ""))
