"""`servicehall replay FILE …`: a real log against the running hall, and both side by side at the end."""

from __future__ import annotations

import argparse
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from servicehall.rooms.simulation.actions import Report

SHOWN = 40
"""Differing tickets that are listed."""
KINDS = {
    "PS": "regular activity",
    "PE": "in English",
    "NW": "new customers",
    "NE": "stock exchange",
    "IN": "internet help",
    "TT": "called back",
}
NOTES = {
    "phantom": "PHANTOM lines: calls that never were",
    "voice-only": "hung up in the voice unit, before any queue",
    "unknown-server": "served by NO_SERVER: given to a counter of its own",
    "overlap": "served by somebody who was still serving: given to that server's second place",
    "no-service-start": "reached an agent without a logged service: served for no time",
    "clocks-differ": "service start logged before queue end (two clocks): both kept as logged",
    "past-midnight": "ended on the next day",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from servicehall.rooms.simulation.actions import AS_IT_HAPPENED, MODES

    parser.add_argument("file", metavar="FILE", type=Path, help="a month of the Anonymous Bank's call log")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the hall (default: %(default)s)")
    parser.add_argument(
        "--mode", choices=MODES, default=AS_IT_HAPPENED,
        help="as-it-happened: calls whom the log says, when it says; ours: free servers call next and the"
        " hall chooses (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--day", metavar="YYMMDD", type=_day, help="the day to begin with (default: the log's first)"
    )
    parser.add_argument("--days", metavar="N", type=_count, default=1, help="how many days (default: 1)")
    parser.add_argument(
        "--hours", metavar="H-H", type=_hours, default=(0, 24), help="only calls that began then, e.g. 9-12"
    )
    parser.add_argument(
        "--speed", metavar="X", type=_speed, default=0.0,
        help="X times as fast as it was, to watch it (default: as fast as the hall answers)",
    )  # fmt: skip
    parser.add_argument(
        "--site", metavar="SLUG", default="replay",
        help="the rehearsal site; made when it is not there (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--token", default="",
        help="an integration token of that site, for a hall on another machine where an earlier replay set"
        " the site up; without it this command sets the site up in the data folder",
    )  # fmt: skip
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    if not options.token:
        surroundings.start_django()
    from django.db import DatabaseError
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from servicehall.rooms.simulation import actions

    first_hour, last_hour = options.hours
    plan = actions.Plan(
        file=options.file, url=options.url.rstrip("/"), mode=options.mode, site=options.site,
        first_day=options.day, days=options.days, first_hour=first_hour, last_hour=last_hour,
        speed=options.speed, token=options.token,
    )  # fmt: skip
    console = Console()
    columns = (
        TextColumn("{task.description:26}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[clock]}"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("", total=None, clock="")

            def progress(done: int, total: int, at: datetime) -> None:
                bar.update(task, completed=done, total=total, clock=f"{at:%Y-%m-%d %H:%M:%S}")

            report = actions.replay(
                plan, progress=progress, say=lambda what: bar.update(task, description=what)
            )
    except actions.CannotReplay as problem:
        return surroundings.complain(str(problem))
    except DatabaseError as problem:
        return surroundings.complain(f"{surroundings.describe(problem)}. `servicehall doctor` says more.")
    _tell(console, report, plan.mode)
    return 1 if report.differences else 0


def _tell(console: Console, report: Report, mode: str) -> None:
    days = f"{report.days[0]:%Y-%m-%d}" + (f" to {report.days[-1]:%Y-%m-%d}" if len(report.days) > 1 else "")
    console.print(_table(report, f"{days}, {mode}"))
    for title, counts in (("Left out", report.left_out), ("Kept", report.oddities)):
        for kind, count in counts.items():
            console.print(f"{title}: {count} × {NOTES[kind]}", highlight=False)
    if report.left_over:
        console.print(f"Nobody was left to serve {report.left_over} tickets at the end.", highlight=False)
    rate = report.rows[0].log.tickets / report.seconds if report.seconds else 0
    console.print(f"{report.seconds:.1f} s, {rate:.0f} visits a second", highlight=False)
    if not report.differences:
        if mode == "as-it-happened":
            console.print("[green]The hall's records agree with the log to the second.")
        return
    console.print(f"[red]{len(report.differences)} tickets differ from the log:")
    for line in report.differences[:SHOWN]:
        console.print(f"  {line}", highlight=False)
    if len(report.differences) > SHOWN:
        console.print(f"  and {len(report.differences) - SHOWN} more")


def _table(report: Report, title: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(
        title=title,
        title_justify="left",
        caption="wait (mean, median, 90th percentile) and mean service in seconds, of who was served",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for name in ("", "", "tickets", "served", "left", "wait", "p50", "p90", "service"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    for row in report.rows:
        name = f"{row.kind} {KINDS.get(row.kind, '')}".strip() if row.kind else "all"
        for whose, figures in (("hall", row.hall), ("log", row.log)):
            seconds = (figures.wait_mean, figures.wait_p50, figures.wait_p90, figures.service_mean)
            table.add_row(
                name if whose == "hall" else "",
                whose,
                *(str(count) for count in (figures.tickets, figures.served, figures.abandoned)),
                *("–" if value is None else f"{value:.1f}" for value in seconds),
                end_section=whose == "log",
            )
    return table


def _day(text: str) -> object:
    from servicehall.rooms.simulation.actions import parse_day

    try:
        return parse_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 990201") from None


def _hours(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    if match and int(match[1]) < int(match[2]) <= 24:
        return int(match[1]), int(match[2])
    raise argparse.ArgumentTypeError(f"{text!r} is not a span of hours such as 9-12")


def _count(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 366:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of days")


def _speed(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if 0 < value < 1e9:
        return value
    raise argparse.ArgumentTypeError(f"{text!r} is not a speed such as 60")
