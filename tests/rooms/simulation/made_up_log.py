"""A log of a made-up morning in the form of the Anonymous Bank's: one call for each rule, and its oddities."""

from __future__ import annotations

from pathlib import Path

HEADER = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time"
    "\tq_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver"
)
NONE = "0:00:00"


def line(
    call: str,
    voice: tuple[str, str],
    queue: tuple[str, str, int] = (NONE, NONE, 0),
    service: tuple[str, str, int] = (NONE, NONE, 0),
    *,
    outcome: str = "AGENT",
    server: str = "NO_SERVER",
    kind: str = "PS",
    priority: int = 0,
    day: str = "990301",
) -> str:
    """A line of the log: (from, to) or (from, to, seconds) of each part."""
    parts: list[object] = [
        "XX01",
        call,
        "0",
        priority,
        kind,
        day,
        *voice,
        5,
        *queue,
        outcome,
        *service,
        server,
    ]
    return "\t".join(str(part) for part in parts)


MORNING = [
    # No queue; the service begins a second before the voice unit ends.
    line("1", ("9:00:00", "9:00:10"), service=("9:00:09", "9:02:09", 120), server="ADA"),
    # Queues; two clocks: the service begins a second before the queue ends.
    line("2", ("9:00:30", "9:00:40"), ("9:00:40", "9:02:11", 91), ("9:02:10", "9:04:10", 120), server="ADA"),
    # A priority customer who came later and is served by somebody else.
    line("3", ("9:01:00", "9:01:05"), ("9:01:05", "9:01:20", 15), ("9:01:20", "9:03:00", 100),
         server="BEN", kind="NE", priority=2),
    # Hangs up in the queue, at once, and in the voice unit.
    line("4", ("9:01:10", "9:01:15"), ("9:01:15", "9:02:00", 45), outcome="HANG"),
    line("5", ("9:01:20", "9:01:30"), ("9:01:30", "9:01:30", 0), outcome="HANG"),
    line("6", ("9:01:40", "9:01:50"), outcome="HANG"),
    # Never was.
    line("7", ("9:01:45", "9:01:50"), ("9:01:50", "9:02:00", 10), ("9:02:00", "9:03:00", 60), outcome="PHANTOM"),
    # By an unknown server; by a server who was still serving; with no service on record.
    line("8", ("9:02:00", "9:02:05"), service=("9:02:05", "9:02:35", 30)),
    line("9", ("9:02:10", "9:02:20"), ("9:02:20", "9:02:40", 20), ("9:02:40", "9:02:50", 10), server="BEN"),
    line("10", ("9:03:00", "9:03:05"), ("9:03:05", "9:03:30", 25), server="BEN", kind="NW", priority=1),
    # Two in one second at one counter, the first for no time at all.
    line("11", ("9:05:00", "9:05:05"), service=("9:05:05", "9:05:05", 0), server="ADA"),
    line("12", ("9:05:00", "9:05:05"), service=("9:05:05", "9:05:25", 20), server="ADA"),
]  # fmt: skip
NIGHT = [
    line("20", ("23:59:40", "23:59:50"), ("23:59:50", "0:00:20", 30), ("0:00:20", "0:01:00", 40), server="ADA"),
    line("21", ("23:59:45", "0:00:00"), (NONE, "0:00:10", 10), outcome="HANG"),
]  # fmt: skip
NEXT_DAY = [line("30", ("9:00:00", "9:00:05"), service=("9:00:05", "9:00:10", 5), server="ADA", day="990302")]


def write(folder: Path, lines: list[str] | None = None) -> Path:
    """The log as a file."""
    file = folder / "march-1999.tsv"
    rows = [*MORNING, *NIGHT, *NEXT_DAY] if lines is None else lines
    file.write_text("\n".join([HEADER, *rows, ""]), encoding="ascii")
    return file
