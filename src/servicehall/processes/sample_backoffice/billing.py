"""Bills of electricity, water and gas: find an account, see what is open, pay it, get the receipt."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

from .describing import BOTH, DAY, MINOR, MOMENT, TEXT, Inputs, Operation, Refusal, body, both, several, thing

TABLES = """
CREATE TABLE account (number TEXT PRIMARY KEY, name_en TEXT, name_zh TEXT, address_en TEXT, address_zh TEXT);
CREATE TABLE bill (number TEXT PRIMARY KEY, account TEXT, kind TEXT, period TEXT, amount INTEGER, due TEXT, paid_by TEXT);
CREATE TABLE payment (number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, bill TEXT UNIQUE, amount INTEGER, at TEXT);
"""
_ACCOUNTS = (
    ("10023345", "Chen Jing", "陈静", "Flat 302, 18 Willow Lane", "柳巷 18 号 302 室"),
    ("10023346", "Zhao Lei", "赵磊", "Flat 1501, Riverside Court 5", "江畔苑 5 栋 1501 室"),
    ("10027781", "Sun Bookshop", "孙记书店", "66 Harbour Street", "港湾街 66 号"),
    ("10029900", "Lin Fang", "林芳", "Flat 101, 7 Maple Road", "枫林路 7 号 101 室"),
)
_BILLS = (
    ("E2610-23345", "10023345", "electricity", "2026-10", 18640, "2026-11-30"),
    ("W2610-23345", "10023345", "water", "2026-10", 5230, "2026-11-30"),
    ("G2610-23345", "10023345", "gas", "2026-10", 7415, "2026-12-05"),
    ("E2610-23346", "10023346", "electricity", "2026-10", 24180, "2026-11-30"),
    ("E2609-27781", "10027781", "electricity", "2026-09", 132050, "2026-10-31"),
    ("E2610-27781", "10027781", "electricity", "2026-10", 128870, "2026-11-30"),
)
_KINDS = {
    "electricity": both("Electricity", "电费"),
    "water": both("Water", "水费"),
    "gas": both("Gas", "燃气费"),
}
_ACCOUNT = thing({"number": TEXT, "name": BOTH, "address": BOTH})
_BILL = thing({"number": TEXT, "kind": TEXT, "kind_name": BOTH, "period": TEXT, "amount": MINOR, "due": DAY})
_RECEIPT = thing(
    {"number": TEXT, "account": TEXT, "bill": TEXT, "amount": MINOR, "currency": TEXT, "paid_at": MOMENT}
)


def seed(db: sqlite3.Connection) -> None:
    """The accounts and their bills."""
    db.executemany("INSERT INTO account VALUES (?, ?, ?, ?, ?)", _ACCOUNTS)
    db.executemany("INSERT INTO bill VALUES (?, ?, ?, ?, ?, ?, NULL)", _BILLS)


def _account(db: sqlite3.Connection, number: str) -> Any:
    found = db.execute("SELECT * FROM account WHERE number = ?", [number]).fetchone()
    if found is None:
        raise Refusal("account-unknown", "There is no account of this number.", "没有这个户号。", status=404)
    return found


def find_account(db: sqlite3.Connection, given: Inputs) -> Any:
    """An account by its number."""
    found = _account(db, given["number"])
    return {
        "number": found["number"],
        "name": both(found["name_en"], found["name_zh"]),
        "address": both(found["address_en"], found["address_zh"]),
    }


def open_bills(db: sqlite3.Connection, given: Inputs) -> Any:
    """What is not paid, the oldest first."""
    _account(db, given["number"])
    rows = db.execute(
        "SELECT * FROM bill WHERE account = ? AND paid_by IS NULL ORDER BY period, number", [given["number"]]
    )
    return {"bills": [{**_shown(row), "kind_name": _KINDS[row["kind"]]} for row in rows]}


def _shown(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in ("number", "kind", "period", "amount", "due")}


def pay_bill(db: sqlite3.Connection, given: Inputs) -> Any:
    """Pay one bill, exactly its amount."""
    bill = db.execute("SELECT * FROM bill WHERE number = ?", [given["bill"]]).fetchone()
    if bill is None or bill["account"] != given["account"]:
        raise Refusal("bill-unknown", "The account has no such bill.", "该户号没有这张账单。", status=404)
    if bill["paid_by"] is not None:
        raise Refusal("bill-paid", "This bill was paid before.", "这张账单此前已缴清。")
    if bill["amount"] != given["amount"]:
        raise Refusal("amount-differs", "The amount is not that of the bill.", "金额与账单不符。")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    made = db.execute(
        "INSERT INTO payment (account, bill, amount, at) VALUES (?, ?, ?, ?)",
        [given["account"], given["bill"], given["amount"], at],
    )
    number = f"R{made.lastrowid:08d}"
    db.execute("UPDATE bill SET paid_by = ? WHERE number = ?", [number, given["bill"]])
    return receipt(db, {"number": number})


def receipt(db: sqlite3.Connection, given: Inputs) -> Any:
    """The receipt of a payment."""
    number = given["number"]
    known = number[:1] == "R" and number[1:].isdecimal()
    row = db.execute("SELECT * FROM payment WHERE number = ?", [int(number[1:]) if known else 0]).fetchone()
    if row is None:
        raise Refusal("receipt-unknown", "There is no such receipt.", "没有这张收据。", status=404)
    return {
        "number": number,
        "account": row["account"],
        "bill": row["bill"],
        "amount": row["amount"],
        "currency": "CNY",
        "paid_at": row["at"],
    }


OPERATIONS = (
    Operation("findAccount", "GET", "/billing/accounts/{number}", "An account by its number · 按户号查询", find_account, _ACCOUNT),
    Operation("openBills", "GET", "/billing/accounts/{number}/bills", "Bills that are not paid · 待缴账单", open_bills,
              several("bills", _BILL)),
    Operation("payBill", "POST", "/billing/payments", "Pay a bill · 缴费", pay_bill, _RECEIPT, kind="keyed",
              body=body({"account": TEXT, "bill": TEXT, "amount": MINOR})),
    Operation("paymentReceipt", "GET", "/billing/payments/{number}", "The receipt of a payment · 缴费收据", receipt, _RECEIPT),
)  # fmt: skip
