"""`servicehall simulate`: days of the hall on a virtual clock, from its own history or from a plan; two plans compared."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bars, surroundings

if TYPE_CHECKING:
    from rich.console import Console

MOST_DAYS = 1000
COLUMNS = {
    "visits": "visits",
    "served": "served",
    "wait_mean": "mean",
    "wait_p50": "p50",
    "wait_p90": "p90",
    "wait_p95": "p95",
    "service_level": "in target",
    "abandonment": "left",
    "no_shows": "missed",
}
LINES = {
    "visits": "tickets taken",
    "served": "served",
    "turned_away": "turned away",
    "unserved": "unserved at the end",
    "wait_mean": "wait, mean",
    "wait_p50": "wait, median",
    "wait_p90": "wait, 90 %",
    "wait_p95": "wait, 95 %",
    "service_level": "within target",
    "abandonment": "left the queue",
    "no_shows": "missed their call",
    "staff_use": "use of staff",
    "staff_hours": "hours at counters",
}
SHARES = {"service_level", "abandonment", "no_shows", "staff_use", "had_to_wait"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--site", metavar="SLUG", help="a usual day of this site, from its last days with visits"
    )
    what.add_argument("--plan", metavar="FILE", type=Path, help="a plan in YAML or JSON (docs/simulation.md)")
    what.add_argument(
        "--check",
        action="store_true",
        help="the simulation against theory: M/M/c and M/M/c+M, instead of a plan",
    )
    parser.add_argument("--compare", metavar="FILE", type=Path, help="another plan, for the same customers")
    parser.add_argument(
        "--days", metavar="N", type=_count, help="how many days to repeat (default: 20; --check: 60)"
    )
    parser.add_argument(
        "--seed",
        metavar="S",
        type=int,
        default=1,
        help="the same number, the same days (default: %(default)s)",
    )
    parser.add_argument(
        "--print-plan",
        action="store_true",
        help="print the plan as YAML, to be changed and compared, and end",
    )
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    surroundings.add_data_argument(parser)


def _count(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= MOST_DAYS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of days between 1 and {MOST_DAYS}")


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    from django.db import DatabaseError
    from rich.console import Console

    from servicehall.kernel.errors import NotFound
    from servicehall.rooms.simulation import actions

    if options.check:
        return _check(Console(), options.days or 60, options.seed)
    try:
        plans = [actions.usual_day(options.site) if options.site else actions.plan_in(options.plan)]
        if options.compare:
            plans.append(actions.plan_in(options.compare))
        if options.print_plan:
            import yaml

            yaml.safe_dump(plans[0], sys.stdout, allow_unicode=True, sort_keys=False)
            return 0
        names = [plan.get("name") or name for plan, name in zip(plans, ("plan", "other plan"), strict=False)]
        results = _try(plans, names, options)
    except actions.UnusablePlan as problem:
        said = "\n".join(f"  {one.told()}" for one in problem.findings[:40])
        return surroundings.complain(f"This plan cannot be tried out:\n{said}")
    except NotFound:
        return surroundings.complain(f"There is no site {options.site!r} in use here.")
    except DatabaseError as problem:
        return surroundings.complain(f"{surroundings.describe(problem)}. `servicehall doctor` says more.")
    differences = actions.compare_days(*results) if len(results) == 2 else None
    if options.json:
        found: dict[str, Any] = {
            "plans": [{"name": n, **r} for n, r in zip(names, results, strict=True)],
            "differences": differences,
        }
        print(json.dumps(found, ensure_ascii=False))
    else:
        _tell(Console(), names, results, differences)
    return 0


def _try(
    plans: Sequence[Mapping[str, Any]], names: Sequence[str], options: argparse.Namespace
) -> list[dict[str, Any]]:
    from servicehall.rooms.simulation import actions

    for plan, name in zip(plans, names, strict=True):
        for one in actions.remarks_on(plan):
            print(f"{name}: {one.told()}", file=sys.stderr)
    results = []
    for plan, name in zip(plans, names, strict=True):
        with bars.bar(f"{name}") as progress:
            results.append(
                actions.try_day(plan, days=options.days or 20, seed=options.seed, progress=progress)
            )
    return results


def _value(name: str, number: float) -> str:
    if name in SHARES:
        return f"{number:.1%}"
    if name.startswith("wait"):
        return f"{round(number) // 60}:{round(number) % 60:02d}"
    return f"{number:.1f}"


def _range(name: str, found: Mapping[str, float] | None) -> str:
    if found is None:
        return "–"
    return (
        f"{_value(name, found['mean'])} ({_value(name, max(0, found['low']))}–{_value(name, found['high'])})"
    )


def _change(name: str, found: Mapping[str, float] | None) -> str:
    if found is None:
        return "–"
    sign = "+" if found["mean"] > 0 else "−" if found["mean"] < 0 else "±"
    sure = "" if found["low"] <= 0 <= found["high"] else " *"
    return f"{sign}{_value(name, abs(found['mean']))}{sure}"


def _tell(
    console: Console,
    names: Sequence[str],
    results: Sequence[Mapping[str, Any]],
    differences: Mapping[str, Any] | None,
) -> None:
    from rich import box
    from rich.table import Table

    days = results[0]["days"]
    table = Table(
        title=f"{days} days, seed {results[0]['seed']}",
        title_justify="left",
        caption="means with their 95 % intervals; waits in minutes:seconds"
        + ("; * a difference that chance does not explain" if differences is not None else ""),
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    table.add_column("")
    for name in names:
        table.add_column(name, justify="right")
    if differences is not None:
        table.add_column("difference", justify="right")
    for key, words in LINES.items():
        cells = [_range(key, one["groups"]["all"].get(key)) for one in results]
        if differences is not None:
            cells.append(_change(key, differences.get(key)))
        table.add_row(words, *cells)
    console.print(table)
    for name, result in zip(names, results, strict=True):
        _groups(console, name, result)
    _hours(console, names, results)


def _groups(console: Console, name: str, result: Mapping[str, Any]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(
        title=f"{name}, by service and class", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("", no_wrap=True)
    for words in COLUMNS.values():
        table.add_column(words, justify="right")
    for group, figures in result["groups"].items():
        if group == "all" or not (figures["visits"] and figures["visits"]["mean"]):
            continue
        cells = ["–" if figures[key] is None else _value(key, figures[key]["mean"]) for key in COLUMNS]
        table.add_row(group.removeprefix("service:").replace(":", " "), *cells)
    console.print(table)


def _hours(console: Console, names: Sequence[str], results: Sequence[Mapping[str, Any]]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(title="By hour", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("")
    for name in names:
        for words in ("waiting", "wait", "open", "use"):
            table.add_column(f"{name}\n{words}" if len(names) > 1 else words, justify="right")
    for hour in range(24):
        cells, anything = [], False
        for one in results:
            length = sum(quarter["mean"] for quarter in one["queue"][hour * 4 : hour * 4 + 4]) / 4
            wait, staff, use = one["waits"][hour], one["staff"][hour], one["use"][hour]
            anything = anything or length > 0 or wait is not None or staff["mean"] > 0
            cells += [
                f"{length:.1f}",
                "–" if wait is None else _value("wait", wait["mean"]),
                f"{staff['mean']:.1f}",
                "–" if use is None else f"{use['mean']:.0%}",
            ]
        if anything:
            table.add_row(f"{hour:02d}:00", *cells)
    console.print(table)


def _check(console: Console, days: int, seed: int) -> int:
    from rich import box
    from rich.table import Table

    from servicehall.rooms.simulation import actions

    with bars.bar("Against theory") as progress:
        found = actions.check_theory(days=days, seed=seed, progress=progress)
    table = Table(
        title=f"{days} days each, seed {seed}: Erlang-C (M/M/c) and Erlang-A (M/M/c+M)",
        title_justify="left",
        caption="95 % intervals: one in twenty may miss; times in seconds",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for words in ("", "", "theory", "simulated", "interval", ""):
        table.add_column(words, justify="right" if words else "left")
    for one in found:
        digits = 1 if one.figure.startswith("time") else 4
        low, high = one.simulated["low"], one.simulated["high"]
        table.add_row(
            one.case,
            one.figure.replace("_", " "),
            f"{one.theory:.{digits}f}",
            f"{one.simulated['mean']:.{digits}f}",
            f"{low:.{digits}f}–{high:.{digits}f}",
            "agrees" if one.agrees else "[red]outside",
        )
    console.print(table)
    outside = sum(1 for one in found if not one.agrees)
    return 0 if outside <= len(found) / 5 else 1
