"""Certificates: which kinds there are, asking for one, how far it is, and the paper itself as PDF or text."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from .describing import (
    BOTH,
    COUNT,
    MINOR,
    TEXT,
    Contents,
    Inputs,
    Operation,
    Refusal,
    body,
    both,
    several,
    thing,
)

TABLES = """
CREATE TABLE holder (id_number TEXT PRIMARY KEY, name TEXT);
CREATE TABLE certificate (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, holder TEXT, asked REAL);
"""
MAKING = 3.0
"""Seconds until a certificate is ready."""
_KINDS = {
    "residence": (both("Certificate of residence", "居住证明"), 0),
    "income": (both("Certificate of income", "收入证明"), 0),
    "no-record": (both("Certificate of no criminal record", "无犯罪记录证明"), 0),
    "property": (both("Certificate of property", "不动产登记证明"), 2000),
}
_HOLDERS = (("11010519491231002X", "王芳"), ("440524188001010014", "Li Wei"))
"""The numbers of the examples in GB 11643-1999; nobody has them."""
_KIND = thing({"id": TEXT, "name": BOTH, "fee": MINOR})
_STATE = thing(
    {"number": TEXT, "kind": TEXT, "name": BOTH, "state": {"enum": ["making", "ready"]}, "pages": COUNT}
)


def seed(db: sqlite3.Connection) -> None:
    """Who is in the register; nobody has asked for a certificate yet."""
    db.executemany("INSERT INTO holder (id_number, name) VALUES (?, ?)", _HOLDERS)


def holder(db: sqlite3.Connection, given: Inputs) -> Any:
    """The entry of a person: name and number have to fit each other."""
    row = db.execute(
        "SELECT rowid, * FROM holder WHERE id_number = ?", [given["id_number"].upper()]
    ).fetchone()
    if row is None or row["name"].casefold() != given["name"].strip().casefold():
        raise Refusal(
            "holder-unknown", "There is no such entry in the register.", "登记中没有这个人。", status=404
        )
    return {"holder": f"P{row['rowid']:06d}", "name": row["name"]}


def kinds(_db: sqlite3.Connection, _given: Inputs) -> Any:
    """Every kind."""
    return {"kinds": [{"id": key, "name": name, "fee": fee} for key, (name, fee) in _KINDS.items()]}


def ask(db: sqlite3.Connection, given: Inputs) -> Any:
    """Have one made."""
    if given["kind"] not in _KINDS:
        raise Refusal("kind-unknown", "There is no such certificate.", "没有这种证明。", status=404)
    made = db.execute(
        "INSERT INTO certificate (kind, holder, asked) VALUES (?, ?, ?)",
        [given["kind"], given["holder"], time.time()],
    )
    return state(db, {"number": f"C{made.lastrowid:06d}"})


def _certificate(db: sqlite3.Connection, number: str) -> Any:
    known = number[:1] == "C" and number[1:].isdecimal()
    row = db.execute(
        "SELECT * FROM certificate WHERE number = ?", [int(number[1:]) if known else 0]
    ).fetchone()
    if row is None:
        raise Refusal("certificate-unknown", "There is no such certificate.", "没有这份证明。", status=404)
    return row


def state(db: sqlite3.Connection, given: Inputs) -> Any:
    """How far it is."""
    row = _certificate(db, given["number"])
    is_ready = time.time() - row["asked"] >= MAKING
    return {
        "number": given["number"],
        "kind": row["kind"],
        "name": _KINDS[row["kind"]][0],
        "state": "ready" if is_ready else "making",
        "pages": 1,
    }


def _ready(db: sqlite3.Connection, number: str) -> Any:
    row = _certificate(db, number)
    if time.time() - row["asked"] < MAKING:
        raise Refusal("not-ready", "It is still being made.", "证明正在制作中。")
    return row


def text(db: sqlite3.Connection, given: Inputs) -> Contents:
    """The paper as text, in both languages."""
    row = _ready(db, given["number"])
    name = _KINDS[row["kind"]][0]
    said = (
        f"{name['zh-Hans']}  {name['en']}\n编号 No. {given['number']}\n持有人 Holder: {row['holder']}\n\n"
        "仅供演示，不具法律效力。\nA sample: it proves nothing.\n"
    )
    return Contents("text/plain", said.encode())


def pdf(db: sqlite3.Connection, given: Inputs) -> Contents:
    """The paper as PDF."""
    row = _ready(db, given["number"])
    title = _KINDS[row["kind"]][0]["en"]
    return Contents(
        "application/pdf", _pdf([title, f"No. {given['number']}", "", "A sample: it proves nothing."])
    )


def _pdf(words: list[str]) -> bytes:
    """A page of plain lines (PDF 1.4, ISO 32000-1 with the standard font Helvetica, which has Latin letters only)."""
    shown = " ".join(f"({line}) Tj T*" for line in words)
    stream = f"BT /F1 16 Tf 24 TL 72 760 Td {shown} ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end


OPERATIONS = (
    # Asked with POST although it only reads: an identity number has no place in an address, which servers log.
    Operation("findHolder", "POST", "/documents/holders", "The entry of a person · 核对登记信息", holder,
              thing({"holder": TEXT, "name": TEXT}), body=body({"name": TEXT, "id_number": TEXT})),
    Operation("documentKinds", "GET", "/documents/kinds", "Kinds of certificates · 证明种类", kinds, several("kinds", _KIND)),
    Operation("requestDocument", "POST", "/documents/requests", "Ask for a certificate · 申请证明", ask, _STATE, kind="keyed",
              body=body({"kind": TEXT, "holder": TEXT})),
    Operation("documentState", "GET", "/documents/requests/{number}", "How far a certificate is · 证明办理进度", state, _STATE),
    Operation("documentText", "GET", "/documents/requests/{number}/text", "The certificate as text · 证明文本", text,
              media_type="text/plain"),
    Operation("documentPdf", "GET", "/documents/requests/{number}/pdf", "The certificate as PDF · 证明 PDF", pdf,
              media_type="application/pdf"),
)  # fmt: skip
