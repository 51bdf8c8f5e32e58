"""What stands behind the door: the five systems on one SQLite file, each act once for its key, many clients at once.

Acts stand in one line (a lock, then ``BEGIN IMMEDIATE``), so that the last place is sold to one of all who want it.
The answer to a key is kept, refusals too, and given again to whoever comes with it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from . import billing, documents, hospital, members, orders
from .describing import TEXT, Contents, Operation, Refusal, body, document, thing

SYSTEMS = (billing, hospital, orders, documents, members)
TAGS = {
    "billing": "Bills of electricity, water and gas · 水电燃气账单",
    "hospital": "Registration at a hospital · 医院挂号",
    "orders": "Orders of a shop · 商场订单",
    "returns": "Returns · 退货",
    "return-reasons": "Reasons for a return · 退货原因",
    "documents": "Certificates · 证明办理",
    "members": "Members of a shop · 会员",
    "member-tiers": "Tiers · 会员等级",
    "keys": "What became of a key · 幂等键查询",
}
Answer = tuple[int, Any]
_KEPT = """
CREATE TABLE kept (key TEXT PRIMARY KEY, operation TEXT, inputs TEXT, status INTEGER, answer TEXT);
"""


def outcome(db: sqlite3.Connection, given: Mapping[str, Any]) -> Any:
    """What became of a key: for who lost the answer and must not do it again blindly."""
    row = db.execute("SELECT * FROM kept WHERE key = ?", [given["key"]]).fetchone()
    if row is None:
        return {"known": False}
    return {
        "known": True,
        "operation": row["operation"],
        "status": row["status"],
        "answer": json.loads(row["answer"]),
    }


_OUTCOME = Operation(
    "outcomeOfKey", "GET", "/keys/{key}", "What became of an Idempotency-Key · 查询幂等键的结果", outcome,
    thing({"known": {"type": "boolean"}}, operation=TEXT, status={"type": "integer"}, answer={"type": "object"}),
)  # fmt: skip
OPERATIONS: dict[str, Operation] = {
    one.name: one for one in (*(one for system in SYSTEMS for one in system.OPERATIONS), _OUTCOME)
}
DOCUMENT = document(OPERATIONS, TAGS)
_BROAD = {
    "operation-unknown": ("There is no such operation.", "没有这个操作。"),
    "inputs-unfit": ("This does not fit the description.", "输入与接口说明不符。"),
    "key-missing": ("This needs an Idempotency-Key.", "需要 Idempotency-Key。"),
    "key-reused": ("This key was used for something else.", "该幂等键已用于其他请求。"),
    "not-known": ("The secret is wrong.", "密钥不正确。"),
}


def refused(status: int, code: str) -> Refusal:
    """A refusal of the door itself."""
    return Refusal(code, *_BROAD[code], status=status)


class Office:
    """The systems and what they keep."""

    def __init__(self, place: Path | None = None) -> None:
        self._line = threading.Lock()
        self._name = str(place) if place else "file:sample?mode=memory"
        is_new = place is None or not place.exists()
        # One connection for all, used by one thread at a time: the simplest thing that is safe.
        self._db = sqlite3.connect(
            self._name, check_same_thread=False, isolation_level=None, uri=place is None
        )
        self._db.row_factory = sqlite3.Row
        if place is not None:
            self._db.execute("PRAGMA journal_mode=WAL")
        if is_new:
            self._make()

    def _make(self) -> None:
        with self._alone() as db:
            for tables in (_KEPT, *(system.TABLES for system in SYSTEMS)):
                for statement in filter(str.strip, tables.split(";")):
                    db.execute(statement)
            for system in SYSTEMS:
                system.seed(db)

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        with self._line:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        with self._line:
            self._db.close()

    def act(self, operation: Operation, given: Mapping[str, Any], key: str | None) -> Any:
        """Do it, once for each key.

        Raises:
            Refusal: the system says no.
        """
        _check(operation, given)
        if operation.kind != "keyed":
            with self._alone() as db:
                return operation.handle(db, given)
        if not key:
            raise refused(400, "key-missing")
        status, found = self._once(operation, given, key)
        if status != 200:
            raise Refusal(found["code"], found["words"]["en"], found["words"]["zh-Hans"], status=status)
        return found

    def _once(self, operation: Operation, given: Mapping[str, Any], key: str) -> Answer:
        inputs = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
        with self._alone() as db:
            row = db.execute("SELECT * FROM kept WHERE key = ?", [key]).fetchone()
            if row is not None:
                if (row["operation"], row["inputs"]) != (operation.name, inputs):
                    raise refused(422, "key-reused")
                return row["status"], json.loads(row["answer"])
            status, found = _done(db, operation, given)
            db.execute(
                "INSERT INTO kept VALUES (?, ?, ?, ?, ?)",
                [key, operation.name, inputs, status, json.dumps(found, ensure_ascii=False)],
            )
            return status, found


def _done(db: sqlite3.Connection, operation: Operation, given: Mapping[str, Any]) -> Answer:
    """The answer to keep; what a refused act has begun is undone."""
    db.execute("SAVEPOINT act")
    try:
        found = operation.handle(db, given)
    except Refusal as refusal:
        db.execute("ROLLBACK TO act")
        return refusal.status, {"code": refusal.code, "words": refusal.words}
    finally:
        db.execute("RELEASE act")
    return 200, found


def _check(operation: Operation, given: Mapping[str, Any]) -> None:
    names = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}
    schema = operation.body or body({})
    whole = {
        **schema,
        "properties": {
            **schema["properties"],
            **operation.query,
            **dict.fromkeys(names, operation.path_schema),
        },
        "required": [*schema["required"], *operation.query, *names],
    }
    if not Draft202012Validator(whole).is_valid(dict(given)):
        raise refused(422, "inputs-unfit")


__all__ = ["DOCUMENT", "OPERATIONS", "Contents", "Office", "refused"]
