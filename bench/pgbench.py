"""The limit on PostgreSQL: pgbench runs the statements of a recorded round, with new ids and numbers each time.

What a round makes (ids, codes, moments, numbers, keys) is replaced by variables that pgbench makes; what stays
the same from round to round (site, service, stage, series) stays.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from scripts.temporary_postgresql import programs

from .running_hall import RunningHall

Statement = tuple[str, tuple[Any, ...]]
SECONDS = 12
_NEW_ID = (
    "SELECT gen_random_uuid() AS ticket, gen_random_uuid() AS visit, md5(random()::text) AS code,"
    " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS arrival \\gset"
)
_COUNTER = "SELECT id AS counter FROM queueing_counter ORDER BY id OFFSET :client_id LIMIT 1 \\gset"


def _value(value: Any) -> str:
    """A parameter as SQL text."""
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value).replace("'", "''")
    # A colon before a letter or digit is a variable to pgbench, also within quotes.
    text = re.sub(r'":(?=\w)', '": ', text)
    return "'" + re.sub(r":(?=\w)", "_", text) + "'"


class Script:
    """A recorded round as a pgbench script."""

    def __init__(self, first: list[Statement], second: list[Statement], counter: UUID) -> None:
        self.first, self.second = first, second
        self.counter = counter
        self.ticket, self.visit = self._new_ids()

    def _new_ids(self) -> tuple[UUID, UUID]:
        _sql, params = next(s for s in self.second if s[0].startswith("INSERT INTO queueing_ticket"))
        return params[0], params[2]

    def text(self) -> str:
        """The whole script: what pgbench makes first, then the statements as recorded."""
        lines = [_NEW_ID, _COUNTER]
        for (sql, old), (_same, new) in zip(self.first, self.second, strict=True):
            if sql == "COMMIT":
                lines.append("COMMIT;")
                continue
            if sql.endswith("FOR UPDATE"):
                # The driver sends this by itself before a transaction's first statement.
                lines.append("BEGIN;")
            lines.append(self._statement(sql, list(zip(old, new, strict=True))))
        return "\n".join(lines) + "\n"

    def _statement(self, sql: str, values: list[tuple[Any, Any]]) -> str:
        parts = sql.split("%s")
        text = parts[0]
        for number, (pair, part) in enumerate(zip(values, parts[1:], strict=True)):
            is_seq = "INTO kernel_event" in sql and number == 1
            text += (":seq_last::bigint" if is_seq else self._parameter(*pair)) + part
        text = " ".join(text.split()).replace("%%", "%")
        for table, name in (("queueing_seriesday", "number_"), ("kernel_sitelog", "seq_")):
            if f"INSERT INTO {table}" in text:
                return f"{text} \\gset {name}"
        return f"{text};"

    def _parameter(self, old: Any, new: Any) -> str:
        """What stands for one parameter."""
        if new == self.counter or str(new) == str(self.counter):
            return ":counter::uuid"
        if new in (self.ticket, str(self.ticket)):
            return ":ticket::uuid"
        if new in (self.visit, str(self.visit)):
            return ":visit::uuid"
        if old == new:
            return _value(new)
        return self._fresh(new)

    @staticmethod
    def _fresh(value: Any) -> str:
        if isinstance(value, UUID):
            return "gen_random_uuid()"
        if isinstance(value, int) and not isinstance(value, bool):
            if value > 10**12:
                return ":arrival::bigint"
            return ":number_last::int"
        if isinstance(value, float):
            return repr(value)
        if hasattr(value, "isoformat"):
            return "clock_timestamp()"
        text = str(value)
        if re.fullmatch(r"[A-Z]+\d+", text):
            return "'A' || :number_last::text"
        if len(text) <= 64 and not text.startswith("{"):
            return "md5(random()::text)"
        return _value(text)


def limit(running: RunningHall, rounds: list[list[Statement]], clients: int) -> tuple[float, int]:
    """(requests a second of pgbench, statements a round); three requests are a round."""
    script = running.data / "round.sql"
    script.write_text(Script(rounds[-2], rounds[-1], UUID(running.counters[-1])).text(), encoding="utf-8")
    url = urlsplit(running.environment["DATABASE_URL"])
    command = [
        str(Path(programs()) / "pgbench"),
        *("-h", parse_qs(url.query)["host"][0], "-U", url.username or "postgres"),
        *("-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(SECONDS), "-f", str(script)),
        url.path.lstrip("/"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(f"pgbench: {done.stderr[-1500:]}\n{done.stdout[-500:]}")
    running.python("bench.emptying")
    return float(found[1]) * 3, len(rounds[-1])
