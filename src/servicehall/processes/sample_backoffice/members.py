"""Members of a shop: find one by phone number, sign up, see the tier."""

from __future__ import annotations

import sqlite3
from typing import Any

from .describing import BOTH, COUNT, TEXT, Inputs, Operation, Refusal, body, both, several, thing

TABLES = """
CREATE TABLE member (number INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT UNIQUE, name TEXT, points INTEGER);
"""
_TIERS = (
    (0, "standard", both("Standard", "普通会员"), both("1 point for each yuan", "每消费 1 元积 1 分")),
    (2_000, "silver", both("Silver", "银卡会员"), both("2 hours of parking", "免费停车 2 小时")),
    (
        10_000,
        "gold",
        both("Gold", "金卡会员"),
        both("4 hours of parking, own counter", "免费停车 4 小时，专属窗口"),
    ),
)
_MEMBERS = (("13800006621", "王芳", 12_480), ("13900000907", "Li Wei", 3_150), ("13700003358", "刘洋", 260))
PHONE = {"type": "string", "pattern": r"^1[3-9]\d{9}$"}
_TIER = thing({"id": TEXT, "name": BOTH, "benefit": BOTH, "from_points": COUNT})
_MEMBER = thing({"number": TEXT, "name": TEXT, "points": COUNT, "tier": _TIER, "next_in": COUNT})


def seed(db: sqlite3.Connection) -> None:
    """Some who signed up before."""
    db.executemany("INSERT INTO member (phone, name, points) VALUES (?, ?, ?)", _MEMBERS)


def _tier(one: tuple[int, str, Any, Any]) -> dict[str, Any]:
    return {"id": one[1], "name": one[2], "benefit": one[3], "from_points": one[0]}


def _shown(row: Any) -> dict[str, Any]:
    points = row["points"]
    reached = [one for one in _TIERS if one[0] <= points]
    ahead = [one[0] - points for one in _TIERS if one[0] > points]
    return {
        "number": f"M{row['number']:06d}",
        "name": row["name"],
        "points": points,
        "tier": _tier(reached[-1]),
        "next_in": min(ahead, default=0),
    }


def find_member(db: sqlite3.Connection, given: Inputs) -> Any:
    """A member by phone number."""
    row = db.execute("SELECT * FROM member WHERE phone = ?", [given["phone"]]).fetchone()
    if row is None:
        raise Refusal(
            "member-unknown", "Nobody signed up with this number.", "该手机号尚未注册会员。", status=404
        )
    return _shown(row)


def sign_up(db: sqlite3.Connection, given: Inputs) -> Any:
    """A new member."""
    try:
        db.execute(
            "INSERT INTO member (phone, name, points) VALUES (?, ?, 0)", [given["phone"], given["name"]]
        )
    except sqlite3.IntegrityError:
        raise Refusal(
            "member-already", "Somebody signed up with this number.", "该手机号已注册会员。"
        ) from None
    return find_member(db, given)


def tiers(_db: sqlite3.Connection, _given: Inputs) -> Any:
    """Every tier."""
    return {"tiers": [_tier(one) for one in _TIERS]}


OPERATIONS = (
    Operation("findMember", "GET", "/members", "A member by phone number · 按手机号查询会员", find_member, _MEMBER, query={"phone": PHONE}),
    Operation("signUpMember", "POST", "/members", "A new member · 注册会员", sign_up, _MEMBER, kind="keyed",
              body=body({"phone": PHONE, "name": TEXT})),
    Operation("memberTiers", "GET", "/member-tiers", "The tiers · 会员等级", tiers, several("tiers", _TIER)),
)  # fmt: skip
