"""Orders of a shop: find one by its number and the end of the phone number, see its lines, ask to return some."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .describing import BOTH, COUNT, DAY, MINOR, TEXT, Inputs, Operation, Refusal, body, both, several, thing

TABLES = """
CREATE TABLE purchase (number TEXT PRIMARY KEY, tail TEXT, bought TEXT, store_en TEXT, store_zh TEXT);
CREATE TABLE line (number TEXT, position INTEGER, goods_en TEXT, goods_zh TEXT, count INTEGER, price INTEGER,
  returned INTEGER DEFAULT 0, PRIMARY KEY (number, position), CHECK (returned BETWEEN 0 AND count));
CREATE TABLE return_request (number INTEGER PRIMARY KEY AUTOINCREMENT, purchase TEXT, position INTEGER, count INTEGER,
  reason TEXT, decision TEXT, amount INTEGER);
"""
REASONS = {
    "faulty": both("It is faulty", "商品有质量问题"),
    "wrong": both("It is not what was ordered", "商品发错"),
    "size": both("The size does not fit", "尺码不合适"),
    "unwanted": both("No longer wanted", "不想要了"),
}
AT_ONCE = 50_000
"""Up to this amount (fen) money goes back at once; above it, or after the days, somebody looks at it."""
DAYS = 7
_ORDERS = (
    ("SO260901001", "6621", 2, "Harmony Mall, floor 3", "和悦商场 3 层"),
    ("SO260901002", "6621", 30, "Harmony Mall, floor 1", "和悦商场 1 层"),
    ("SO260901003", "0907", 1, "Online shop", "网上商城"),
    ("SO260901004", "3358", 5, "Harmony Mall, floor 2", "和悦商场 2 层"),
)
"""Number, tail of the phone, days ago, where."""
_LINES = (
    ("SO260901001", 1, "Rain jacket, M", "雨衣外套 M 码", 1, 39900),
    ("SO260901001", 2, "Wool socks", "羊毛袜", 3, 2900),
    ("SO260901002", 1, "Rice cooker 4 L", "电饭煲 4 升", 1, 32900),
    ("SO260901003", 1, "Notebook computer 14″", "14 英寸笔记本电脑", 1, 549900),
    ("SO260901004", 1, "Running shoes, 42", "跑鞋 42 码", 1, 45900),
)
_PURCHASE = thing({"number": TEXT, "bought_on": DAY, "store": BOTH, "total": MINOR})
_LINE = thing({"position": COUNT, "goods": BOTH, "count": COUNT, "price": MINOR, "can_return": COUNT})
_DECISION = thing(
    {
        "number": TEXT,
        "order": TEXT,
        "position": COUNT,
        "count": COUNT,
        "decision": {"enum": ["refund", "case"]},
        "amount": MINOR,
    }
)


def seed(db: sqlite3.Connection) -> None:
    """Orders of the last weeks."""
    today = datetime.now(UTC).astimezone().date()
    rows = [(number, tail, str(today - timedelta(days=ago)), en, zh) for number, tail, ago, en, zh in _ORDERS]
    db.executemany("INSERT INTO purchase VALUES (?, ?, ?, ?, ?)", rows)
    db.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, 0)", _LINES)


def _order(db: sqlite3.Connection, number: str) -> Any:
    found = db.execute("SELECT * FROM purchase WHERE number = ?", [number]).fetchone()
    if found is None:
        raise _unknown()
    return found


def _unknown() -> Refusal:
    """One answer for both: whoever guesses numbers does not learn which ones there are."""
    return Refusal(
        "order-unknown", "Number and phone number belong to no order.", "订单号与手机尾号不匹配。", status=404
    )


def find_order(db: sqlite3.Connection, given: Inputs) -> Any:
    """An order, for who knows the last four digits of its phone number."""
    found = _order(db, given["number"])
    if found["tail"] != given["phone_tail"]:
        raise _unknown()
    (total,) = db.execute(
        "SELECT sum(count * price) FROM line WHERE number = ?", [given["number"]]
    ).fetchone()
    return {
        "number": found["number"],
        "bought_on": found["bought"],
        "store": both(found["store_en"], found["store_zh"]),
        "total": total,
    }


def lines(db: sqlite3.Connection, given: Inputs) -> Any:
    """What was bought, and how many can still be returned."""
    _order(db, given["number"])
    rows = db.execute("SELECT * FROM line WHERE number = ? ORDER BY position", [given["number"]])
    return {
        "lines": [
            {
                "position": row["position"],
                "goods": both(row["goods_en"], row["goods_zh"]),
                "count": row["count"],
                "price": row["price"],
                "can_return": row["count"] - row["returned"],
            }
            for row in rows
        ]
    }


def reasons(_db: sqlite3.Connection, _given: Inputs) -> Any:
    """Why goods come back."""
    return {"reasons": [{"id": key, "name": name} for key, name in REASONS.items()]}


def ask_return(db: sqlite3.Connection, given: Inputs) -> Any:
    """Ask to return goods: the money goes back at once, or somebody looks at it."""
    order, position, count = _order(db, given["order"]), given["position"], given["count"]
    line = db.execute(
        "SELECT * FROM line WHERE number = ? AND position = ?", [given["order"], position]
    ).fetchone()
    if line is None:
        raise Refusal("line-unknown", "The order has no such line.", "订单中没有这件商品。", status=404)
    if count > line["count"] - line["returned"]:
        raise Refusal("more-than-bought", "So many cannot be returned.", "退货数量超过可退数量。")
    amount = count * line["price"]
    age = (datetime.now(UTC).astimezone().date() - date.fromisoformat(order["bought"])).days
    by_us = given["reason"] in {"faulty", "wrong"}
    decision = "refund" if amount <= AT_ONCE and (by_us or age <= DAYS) else "case"
    made = db.execute(
        "INSERT INTO return_request (purchase, position, count, reason, decision, amount) VALUES (?, ?, ?, ?, ?, ?)",
        [given["order"], position, count, given["reason"], decision, amount],
    )
    db.execute(
        "UPDATE line SET returned = returned + ? WHERE number = ? AND position = ?",
        [count, given["order"], position],
    )
    return returned(db, {"number": f"RT{made.lastrowid:06d}"})


def returned(db: sqlite3.Connection, given: Inputs) -> Any:
    """What was decided."""
    number = given["number"]
    known = number[:2] == "RT" and number[2:].isdecimal()
    row = db.execute(
        "SELECT * FROM return_request WHERE number = ?", [int(number[2:]) if known else 0]
    ).fetchone()
    if row is None:
        raise Refusal("return-unknown", "There is no such return.", "没有这条退货申请。", status=404)
    return {
        "number": number,
        "order": row["purchase"],
        "position": row["position"],
        "count": row["count"],
        "decision": row["decision"],
        "amount": row["amount"],
    }


OPERATIONS = (
    Operation("findOrder", "GET", "/orders/{number}", "An order by number and phone tail · 按订单号与手机尾号查询", find_order, _PURCHASE,
              query={"phone_tail": {"type": "string", "pattern": r"^\d{4}$"}}),
    Operation("orderLines", "GET", "/orders/{number}/lines", "The lines of an order · 订单商品", lines, several("lines", _LINE)),
    Operation("returnReasons", "GET", "/return-reasons", "Reasons for a return · 退货原因", reasons,
              several("reasons", thing({"id": TEXT, "name": BOTH}))),
    Operation("requestReturn", "POST", "/returns", "Ask to return goods · 申请退货", ask_return, _DECISION, kind="keyed",
              body=body({"order": TEXT, "position": {"type": "integer", "minimum": 1},
                         "count": {"type": "integer", "minimum": 1}, "reason": {"enum": list(REASONS)}})),
    Operation("returnDecision", "GET", "/returns/{number}", "What was decided about a return · 退货处理结果", returned, _DECISION),
)  # fmt: skip
