"""Registration at a hospital: departments, doctors, slots with the places that are left, a place taken or given back."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .describing import BOTH, COUNT, DAY, MINOR, TEXT, Inputs, Operation, Refusal, body, both, several, thing

TABLES = """
CREATE TABLE slot (id TEXT PRIMARY KEY, doctor TEXT, day TEXT, starts TEXT, places INTEGER, taken INTEGER DEFAULT 0
  CHECK (taken BETWEEN 0 AND places));
CREATE TABLE registration (number INTEGER PRIMARY KEY AUTOINCREMENT, slot TEXT, card TEXT, position INTEGER,
  cancelled INTEGER DEFAULT 0, prints INTEGER DEFAULT 0);
CREATE UNIQUE INDEX one_place_a_card ON registration (slot, card) WHERE cancelled = 0;
"""
ZONE = ZoneInfo("Asia/Shanghai")
"""Where the hospital is, as the demo's halls are: its days and hours are of this clock, whatever the machine's is."""
AHEAD = 14
"""Days that can be booked."""
_HOURS = ("08:30", "09:30", "10:30", "14:00", "15:00")
_DEPARTMENTS = {
    "internal": (both("Internal medicine", "内科"), both("Building A, floor 2", "门诊楼 A 座 2 层")),
    "children": (both("Children", "儿科"), both("Building B, floor 1", "门诊楼 B 座 1 层")),
    "eyes": (both("Eyes", "眼科"), both("Building A, floor 4", "门诊楼 A 座 4 层")),
    "bones": (both("Bones and joints", "骨科"), both("Building A, floor 3", "门诊楼 A 座 3 层")),
}
_CHIEF, _DOCTOR = both("Chief physician", "主任医师"), both("Attending physician", "主治医师")
_DOCTORS = {
    "d101": ("internal", both("Zhou Min", "周敏"), _CHIEF, 5000, 6),
    "d102": ("internal", both("Wu Tao", "吴涛"), _DOCTOR, 2500, 10),
    "d201": ("children", both("Xu Lan", "徐兰"), _CHIEF, 5000, 6),
    "d202": ("children", both("He Yun", "何云"), _DOCTOR, 2500, 10),
    "d301": ("eyes", both("Ma Qing", "马青"), _DOCTOR, 2500, 8),
    "d401": ("bones", both("Guo Qiang", "郭强"), _CHIEF, 8000, 1),
}
"""By id: department, name, rank, fee, places a slot. The last one has one place, for who wants to see a race."""
_DEPARTMENT = thing({"id": TEXT, "name": BOTH, "place": BOTH})
_WHO = thing({"id": TEXT, "name": BOTH, "rank": BOTH, "fee": MINOR})
_SLOT = thing({"id": TEXT, "starts": TEXT, "places": COUNT, "left": COUNT})
_SLIP = thing(
    {
        "number": TEXT,
        "slot": TEXT,
        "department": BOTH,
        "place": BOTH,
        "doctor": BOTH,
        "day": DAY,
        "starts": TEXT,
        "position": COUNT,
        "fee": MINOR,
        "state": {"enum": ["registered", "cancelled"]},
    }
)


def seed(_db: sqlite3.Connection) -> None:
    """Slots are made when their day is asked for."""


def _now() -> datetime:
    return datetime.now(ZONE)


def is_ahead(day: str, starts: str, now: datetime) -> bool:
    """Whether a slot (``2026-11-26``, ``08:30``) begins after a moment of the hospital's clock."""
    begins = datetime.combine(date.fromisoformat(day), time.fromisoformat(starts), ZONE)
    return begins > now


def departments(_db: sqlite3.Connection, _given: Inputs) -> Any:
    """Every department."""
    return {
        "departments": [{"id": key, "name": name, "place": at} for key, (name, at) in _DEPARTMENTS.items()]
    }


def doctors(_db: sqlite3.Connection, given: Inputs) -> Any:
    """The doctors of a department."""
    if given["department"] not in _DEPARTMENTS:
        raise Refusal("department-unknown", "There is no such department.", "没有这个科室。", status=404)
    return {
        "doctors": [
            {"id": key, "name": name, "rank": rank, "fee": fee}
            for key, (department, name, rank, fee, _places) in _DOCTORS.items()
            if department == given["department"]
        ]
    }


def slots(db: sqlite3.Connection, given: Inputs) -> Any:
    """The slots of a doctor on a day that are still to come, with the places that are left."""
    doctor, day = given["doctor"], given["day"]
    if doctor not in _DOCTORS:
        raise Refusal("doctor-unknown", "There is no such doctor.", "没有这位医生。", status=404)
    _make_day(db, doctor, day)
    now = _now()
    rows = db.execute("SELECT * FROM slot WHERE doctor = ? AND day = ? ORDER BY starts", [doctor, day])
    return {
        "slots": [
            {"id": r["id"], "starts": r["starts"], "places": r["places"], "left": r["places"] - r["taken"]}
            for r in rows
            if is_ahead(day, r["starts"], now)
        ]
    }


def _make_day(db: sqlite3.Connection, doctor: str, day: str) -> None:
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise Refusal("day-unfit", "This is no day.", "日期无效。", status=422) from None
    today = _now().date()
    if not today <= wanted <= today + timedelta(days=AHEAD):
        raise Refusal("day-unfit", "Only the next 14 days can be booked.", "只能预约未来 14 天。", status=422)
    rows = [(f"{doctor}-{day}-{at[:2]}", doctor, day, at, _DOCTORS[doctor][4]) for at in _HOURS]
    db.executemany(
        "INSERT OR IGNORE INTO slot (id, doctor, day, starts, places) VALUES (?, ?, ?, ?, ?)", rows
    )


def register(db: sqlite3.Connection, given: Inputs) -> Any:
    """Take a place. The row of the slot decides: whoever comes when it is full gets none."""
    doctor, _, rest = given["slot"].partition("-")
    if doctor in _DOCTORS:
        _make_day(db, doctor, rest[:10])
    slot, card = given["slot"], given["card"]
    row = db.execute("SELECT day, starts FROM slot WHERE id = ?", [slot]).fetchone()
    if row is None:
        raise Refusal("slot-unknown", "There is no such slot.", "没有这个号源。", status=404)
    if not is_ahead(row["day"], row["starts"], _now()):
        raise Refusal(
            "slot-past",
            "This time has begun already. Choose a later one.",
            "该时段已开始，请选择更晚的时间。",
        )
    held = "SELECT 1 FROM registration WHERE slot = ? AND card = ? AND cancelled = 0"
    if db.execute(held, [slot, card]).fetchone():
        raise Refusal("registered-before", "This card has a place in this slot.", "此就诊卡已挂该时段的号。")
    if not db.execute("UPDATE slot SET taken = taken + 1 WHERE id = ? AND taken < places", [slot]).rowcount:
        raise Refusal("slot-full", "No place is left in this slot.", "该时段的号已挂满。")
    (before,) = db.execute("SELECT count(*) FROM registration WHERE slot = ?", [slot]).fetchone()
    made = db.execute(
        "INSERT INTO registration (slot, card, position) VALUES (?, ?, ?)", [slot, card, before + 1]
    )
    return slip(db, {"number": f"H{made.lastrowid:07d}"})


def _registration(db: sqlite3.Connection, number: str) -> Any:
    known = number[:1] == "H" and number[1:].isdecimal()
    row = db.execute(
        "SELECT r.*, s.doctor, s.day, s.starts FROM registration r JOIN slot s ON s.id = r.slot WHERE r.number = ?",
        [int(number[1:]) if known else 0],
    ).fetchone()
    if row is None:
        raise Refusal(
            "registration-unknown", "There is no such registration.", "没有这条挂号记录。", status=404
        )
    return row


def slip(db: sqlite3.Connection, given: Inputs) -> Any:
    """What the patient takes along."""
    row = _registration(db, given["number"])
    department, name, _rank, fee, _places = _DOCTORS[row["doctor"]]
    return {
        "number": given["number"],
        "slot": row["slot"],
        "department": _DEPARTMENTS[department][0],
        "place": _DEPARTMENTS[department][1],
        "doctor": name,
        "day": row["day"],
        "starts": row["starts"],
        "position": row["position"],
        "fee": fee,
        "state": "cancelled" if row["cancelled"] else "registered",
    }


def cancel(db: sqlite3.Connection, given: Inputs) -> Any:
    """Give the place back."""
    row = _registration(db, given["number"])
    if row["cancelled"]:
        raise Refusal("cancelled-before", "It was cancelled before.", "此前已取消。")
    db.execute("UPDATE registration SET cancelled = 1 WHERE number = ?", [row["number"]])
    db.execute("UPDATE slot SET taken = taken - 1 WHERE id = ?", [row["slot"]])
    return slip(db, given)


def print_slip(db: sqlite3.Connection, given: Inputs) -> Any:
    """Print the slip at the entrance: a printer knows no keys, and paper comes out each time."""
    row = _registration(db, given["number"])
    db.execute("UPDATE registration SET prints = prints + 1 WHERE number = ?", [row["number"]])
    return {"number": given["number"], "prints": row["prints"] + 1}


OPERATIONS = (
    Operation("listDepartments", "GET", "/hospital/departments", "Departments · 科室", departments,
              several("departments", _DEPARTMENT)),
    Operation("listDoctors", "GET", "/hospital/departments/{department}/doctors", "Doctors of a department · 科室医生", doctors,
              several("doctors", _WHO)),
    Operation("listSlots", "GET", "/hospital/doctors/{doctor}/slots", "Slots of a doctor on a day · 医生当日号源", slots,
              several("slots", _SLOT), query={"day": DAY}),
    Operation("registerForSlot", "POST", "/hospital/registrations", "Take a place in a slot · 挂号", register, _SLIP,
              kind="keyed", body=body({"slot": TEXT, "card": TEXT})),
    Operation("registrationSlip", "GET", "/hospital/registrations/{number}", "The slip of a registration · 挂号单", slip, _SLIP),
    Operation("cancelRegistration", "POST", "/hospital/registrations/{number}/cancellation", "Give a place back · 退号",
              cancel, _SLIP, kind="keyed"),
    Operation("printSlip", "POST", "/hospital/registrations/{number}/prints", "Print the slip at the entrance · 在入口打印挂号单",
              print_slip, thing({"number": TEXT, "prints": COUNT}), kind="unkeyed"),
)  # fmt: skip
