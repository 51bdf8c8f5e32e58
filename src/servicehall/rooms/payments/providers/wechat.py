"""WeChat Pay, merchant interface version 3: orders paid by a QR code ("Native"), their refunds and statements."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings

from servicehall.kernel.money import Money, UnfitAmount

from . import over_http, wechat_signing
from .interface import BillLine, Given, NotDone, Notice, NoticeRefused, Order, Status, Unclear
from .keys import Keys

CURRENCY = "CNY"
NOT_THERE = {"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS", "ORDERNOTEXIST"}
AGAIN = {"SYSTEM_ERROR", "BANK_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "USER_ACCOUNT_ABNORMAL"}
_STATES: dict[str, Literal["waiting", "paid", "closed", "failed"]] = {
    "SUCCESS": "paid",
    "REFUND": "paid",
    "NOTPAY": "waiting",
    "USERPAYING": "waiting",
    "ACCEPT": "waiting",
    "CLOSED": "closed",
    "REVOKED": "closed",
    "PAYERROR": "failed",
}
_REFUNDS: dict[str, Literal["done", "failed", "unknown"]] = {
    "SUCCESS": "done",
    "CLOSED": "failed",
    "ABNORMAL": "failed",
}


class WechatPay:
    """One merchant of WeChat Pay."""

    name = "wechat"

    def __init__(self, *, app_id: str, merchant: str, serial: str, keys: Keys) -> None:
        self.app_id, self.merchant, self.serial, self.keys = app_id, merchant, serial, keys

    def offer(self, order: Order) -> str:
        said = self._call(
            "POST",
            "/v3/pay/transactions/native",
            {
                "appid": self.app_id,
                "mchid": self.merchant,
                "description": order.description,
                "out_trade_no": order.number,
                "time_expire": order.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
                "notify_url": order.notify_url,
                "amount": {"total": order.money.minor, "currency": order.money.currency},
            },
        )
        if not isinstance(code := said.get("code_url"), str) or not 0 < len(code) <= 512:
            raise Unclear("answer")
        return code

    def query(self, number: str) -> Status:
        try:
            return _status(self._call("GET", f"{_order(number)}?mchid={self.merchant}"))
        except NotDone as no:
            if no.result.get("reason") in NOT_THERE:
                return Status("missing")
            raise Unclear(str(no.result.get("reason", ""))) from None

    def close(self, number: str) -> None:
        try:
            self._call("POST", f"{_order(number)}/close", {"mchid": self.merchant})
        except NotDone as no:
            reason = no.result.get("reason")
            if reason in {"ORDER_CLOSED", *NOT_THERE}:
                return
            raise NotDone(reason="paid" if reason == "ORDERPAID" else reason) from None

    def refund(self, given: Given) -> None:
        said = self._call(
            "POST",
            "/v3/refund/domestic/refunds",
            {
                "out_trade_no": given.order,
                "out_refund_no": given.number,
                "reason": given.reason,
                "amount": {
                    "refund": given.money.minor,
                    "total": given.whole.minor,
                    "currency": given.money.currency,
                },
            },
        )
        state = _REFUNDS.get(str(said.get("status")), "unknown")
        if state == "failed":
            raise NotDone(reason=str(said.get("status"))[:60])
        if state == "unknown":
            raise Unclear("processing")

    def refund_state(self, given: Given) -> Literal["done", "failed", "unknown"]:
        try:
            said = self._call("GET", f"/v3/refund/domestic/refunds/{given.number}")
        except NotDone as no:
            if no.result.get("reason") in NOT_THERE:
                raise NotDone(reason="not-there") from None
            raise Unclear(str(no.result.get("reason", ""))) from None
        return _REFUNDS.get(str(said.get("status")), "unknown")

    def read_notice(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        wechat_signing.check(headers, body, keys=self.keys.platform, at=at)
        try:
            whole = json.loads(body)
            sealed, kind, name = whole["resource"], str(whole["event_type"]), str(whole["id"])
            if sealed["algorithm"] != "AEAD_AES_256_GCM":
                raise NoticeRefused("malformed")
            plain = wechat_signing.opened(
                self.keys.sealed, str(sealed["nonce"]), str(sealed.get("associated_data") or ""),
                str(sealed["ciphertext"]),
            )  # fmt: skip
            said = json.loads(plain)
            number = str(said.get("out_trade_no", ""))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise NoticeRefused("malformed") from None
        if said.get("mchid") != self.merchant:
            raise NoticeRefused("merchant")
        if kind.startswith("REFUND."):
            return Notice(name, "refund", number)
        if kind != "TRANSACTION.SUCCESS":
            return Notice(name, "other", number)
        if said.get("appid") != self.app_id:
            raise NoticeRefused("merchant")
        try:
            return Notice(name, "payment", number, _status(said))
        except Unclear:
            raise NoticeRefused("malformed") from None

    def bill(self, day: date) -> list[BillLine]:
        try:
            said = self._call("GET", f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL")
        except NotDone as no:
            if no.result.get("reason") == "NO_STATEMENT_EXIST":
                return []
            raise
        url, wanted = str(said.get("download_url", "")), str(said.get("hash_value", ""))
        base, there = urlsplit(_base()), urlsplit(url)
        if (there.scheme, there.netloc) != (base.scheme, base.netloc):
            raise Unclear("download-elsewhere")
        target = f"{there.path}?{there.query}"
        found = over_http.ask("GET", url, headers=self._headers("GET", target, ""))
        # The file itself is not signed; its digest is, and SHA-1 is the only one they give.
        digest = hashlib.sha1(found.body, usedforsecurity=False).hexdigest()
        if found.status != 200 or digest != wanted.lower():
            raise Unclear("statement-changed")
        return list(_lines(found.body.decode("utf-8-sig")))

    def _headers(self, method: str, target: str, body: str) -> dict[str, str]:
        return {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "Servicehall",
            "Authorization": wechat_signing.authorization(
                method=method, target=target, body=body, merchant=self.merchant, serial=self.serial,
                key=self.keys.merchant, nonce=secrets.token_hex(16), at=datetime.now(UTC),
            ),
        }  # fmt: skip

    def _call(self, method: str, target: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the platform says. Raises NotDone with its code, or Unclear."""
        text = "" if given is None else json.dumps(given, ensure_ascii=False, separators=(",", ":"))
        headers = self._headers(method, target, text)
        if any(name.startswith("PUB_KEY_ID_") for name in self.keys.platform):
            headers["Wechatpay-Serial"] = next(n for n in self.keys.platform if n.startswith("PUB_KEY_ID_"))
        found = over_http.ask(
            method, f"{_base()}{target}", headers=headers, body=None if given is None else text.encode()
        )
        try:
            said = json.loads(found.body) if found.body else {}
        except (ValueError, RecursionError):
            raise Unclear(f"http-{found.status}") from None
        if found.status == 401:
            # They sign no answer to whom they do not know; nothing was done then.
            raise NotDone(reason=_code(said, found.status))
        try:
            wechat_signing.check(found.headers, found.body, keys=self.keys.platform, at=datetime.now(UTC))
        except NoticeRefused:
            raise Unclear("answer-signature") from None
        if not isinstance(said, dict):
            raise Unclear("answer")
        if 200 <= found.status < 300:
            return said
        code = _code(said, found.status)
        if found.status >= 500 or code in AGAIN:
            raise Unclear(code)
        raise NotDone(reason=code)


def _base() -> str:
    return str(settings.WECHAT_PAY_URL).rstrip("/")


def _order(number: str) -> str:
    return f"/v3/pay/transactions/out-trade-no/{number}"


def _code(said: Any, status: int) -> str:
    code = said.get("code") if isinstance(said, dict) else None
    return str(code or f"http-{status}")[:60]


def _status(said: Mapping[str, Any]) -> Status:
    """Raises Unclear: it does not say what there must be."""
    state = _STATES.get(str(said.get("trade_state")))
    if state is None:
        raise Unclear("answer")
    if state != "paid":
        return Status(state)
    try:
        amount = said["amount"]
        # What the order says, not what the payer was charged after their own vouchers: that is owed to us.
        money = Money(amount["total"], amount.get("currency", CURRENCY))
        return Status("paid", money, str(said["transaction_id"])[:64], _moment(said.get("success_time")))
    except (KeyError, TypeError, UnfitAmount, AttributeError):
        raise Unclear("answer") from None


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def _lines(text: str) -> list[BillLine]:
    """The lines of a statement: every value has a backquote in front, the last two lines are sums."""
    rows = csv.reader(io.StringIO(text))
    heads = [head.strip().lstrip("\ufeff") for head in next(rows, [])]
    found: list[BillLine] = []
    for row in rows:
        if not row or not row[0].startswith("`"):
            break
        line = dict(zip(heads, (value.lstrip("`").strip() for value in row), strict=False))
        number, currency = line.get("商户订单号", ""), line.get("货币种类") or CURRENCY
        try:
            if line.get("交易状态") == "REFUND":
                money = Money.of(line.get("申请退款金额") or line.get("退款金额", ""), currency)
                found.append(
                    BillLine("refund", line.get("商户退款单号", ""), money, line.get("微信退款单号", ""))
                )
            else:
                money = Money.of(line.get("订单金额") or line.get("应结订单金额", ""), currency)
                found.append(BillLine("payment", number, money, line.get("微信订单号", "")))
        except UnfitAmount:
            raise Unclear("statement") from None
    return found
