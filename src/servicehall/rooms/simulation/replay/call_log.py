"""The call log of the Anonymous Bank, line by line. Only reads; what the lines mean is in visits.py.

The log was made available by Professor Avishai Mandelbaum and the SEELab of the Technion (Haifa);
it is not part of this product. Form: tab-separated, one call a line, times on the wall clock of
Israel, ``0:00:00`` where something did not happen (or at midnight), durations in seconds.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

COLUMNS = [
    "vru+line",
    "call_id",
    "customer_id",
    "priority",
    "type",
    "date",
    "vru_entry",
    "vru_exit",
    "vru_time",
    "q_start",
    "q_exit",
    "q_time",
    "outcome",
    "ser_start",
    "ser_exit",
    "ser_time",
    "server",
]
OUTCOMES = ("AGENT", "HANG", "PHANTOM")


class UnreadableLog(Exception):
    """The file is not such a log; says where and why."""


@dataclass(frozen=True, slots=True)
class Call:
    """A line. Times in seconds since midnight of ``day``, as they stand; durations in seconds."""

    line: int
    ref: str
    priority: int
    kind: str
    day: date
    voice_start: int
    voice_end: int
    queue_start: int
    queue_end: int
    queue_seconds: int
    outcome: str
    service_start: int
    service_end: int
    service_seconds: int
    server: str


def _seconds(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60):
        raise ValueError(text)
    return hours * 3600 + minutes * 60 + seconds


def _call(line: int, row: dict[str, str]) -> Call:
    if row["outcome"] not in OUTCOMES:
        raise ValueError(row["outcome"])
    return Call(
        line,
        f"{row['vru+line']}/{row['call_id']}",
        int(row["priority"]),
        row["type"].strip(),
        datetime.strptime(row["date"], "%y%m%d").date(),  # noqa: DTZ007 - a date has no zone
        _seconds(row["vru_entry"]),
        _seconds(row["vru_exit"]),
        _seconds(row["q_start"]),
        _seconds(row["q_exit"]),
        int(row["q_time"]),
        row["outcome"],
        _seconds(row["ser_start"]),
        _seconds(row["ser_exit"]),
        int(row["ser_time"]),
        row["server"].strip(),
    )


def calls(path: Path) -> Iterator[Call]:
    """The calls of a log file, in its order.

    Raises:
        UnreadableLog: the file is missing, is no such log, or a line cannot be read.
    """
    try:
        with path.open(encoding="ascii", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            if [name.strip() for name in rows.fieldnames or []] != COLUMNS:
                raise UnreadableLog(f"{path}: the first line must name the columns {' '.join(COLUMNS)}")
            for line, row in enumerate(rows, 2):
                try:
                    yield _call(line, row)
                except (ValueError, TypeError, AttributeError) as problem:
                    raise UnreadableLog(f"{path}, line {line}: cannot be read ({problem})") from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableLog(f"{path}: {problem}") from problem
