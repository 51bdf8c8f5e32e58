"""Which process of `make test` takes which tests, decided from the files' texts, so that each reads only its own.

What reads no page passes on both databases. Pages and what need pass only once are dealt out, the longest first, to
whichever process would be done with them soonest; ``seconds.txt`` says how long they take. A run writes what it
measured to ``build/seconds.txt``: copied over the old one when the processes no longer end together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
PAGES = {"api", "board", "desk", "entry", "kiosk", "ops", "portal"}
PARTS = ("sqlite", "postgresql", "once1", "once2", "once3")
SLOWER = 1.4
"""PostgreSQL takes so many times as long as SQLite."""
ON_POSTGRESQL = {
    f"page channels/{name}.py" for name in ("api/test_reading", "desk/test_acts", "ops/test_load")
}
"""Pages that are shown on it even when it has more to do than the others."""
ONE_TEST = 0.4
"""Seconds, in a file that is new."""
_WHOLLY = re.compile(r"^pytestmark = (\[[^\]]*|.*)one_database", re.MULTILINE)


def part(kind: str, given: str) -> str:
    """The name of a process: of PARTS, or "all" when it is not one of several."""
    return kind if given == "each" else given


def unit(path: Path, *, once: bool) -> str:
    """What is dealt out as a whole; the journeys are, for they share one open hall."""
    name = path.relative_to(TESTS).as_posix()
    if once:
        return f"once {'journeys' if name.startswith('journeys/') else name}"
    return f"{'page' if _is_page(path) else 'both'} {name}"


@cache
def units(path: Path) -> frozenset[str]:
    """What stands in a file."""
    text = path.read_text(encoding="utf-8")
    if "one_database" not in text:
        return frozenset({unit(path, once=False)})
    if _WHOLLY.search(text):
        return frozenset({unit(path, once=True)})
    return frozenset({unit(path, once=False), unit(path, once=True)})


def takes(part: str, path: Path) -> bool:
    """Whether there is anything in the file for the process."""
    return part == "all" or any(has(part, one) for one in units(path))


def has(part: str, one: str) -> bool:
    """Whether the process passes that unit."""
    if part == "all":
        return True
    return part in {"sqlite", "postgresql"} if one.startswith("both ") else _dealt()[one] == part


def _is_page(path: Path) -> bool:
    if path.parent.name not in PAGES or path.parents[1].name != "channels":
        return False
    return "only_postgresql" not in path.read_text(encoding="utf-8")


@cache
def _dealt() -> dict[str, str]:
    weight: dict[str, float] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for one in units(path):
            guess = ONE_TEST * path.read_text(encoding="utf-8").count("def test_")
            weight[one] = weight.get(one, 0) + guess
    weight |= {one: seconds for one, seconds in _measured().items() if one in weight}
    both = sum(seconds for one, seconds in weight.items() if one.startswith("both "))
    load = dict.fromkeys(PARTS, 0.0) | {"sqlite": both, "postgresql": both * SLOWER}
    found = {}
    for one, seconds in sorted(weight.items(), key=lambda pair: (-pair[1], pair[0])):
        if one.startswith("both "):
            continue
        cost = {name: seconds * (SLOWER if name == "postgresql" else 1) for name in PARTS}
        if one in ON_POSTGRESQL:
            cost = {"postgresql": cost["postgresql"]}
        if one.startswith("once "):  # is passed on SQLite if on any
            del cost["postgresql"]
        found[one] = min(cost, key=lambda name: load[name] + cost[name])
        load[found[one]] += cost[found[one]]
    return found


def _measured() -> dict[str, float]:
    lines = (TESTS / "seconds.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split(maxsplit=1) for line in lines if not line.startswith("#"))
    return {one: float(seconds) for seconds, one in rows}


class Clock:
    """Adds up, in the process that hands out the tests, how long they took."""

    def __init__(self, target: Path) -> None:
        self.target, self.seconds = target, Counter[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        node = getattr(report, "node", None)
        path = TESTS.parent / report.location[0]
        if node is None or not path.is_file():
            return
        found = units(path)
        one = next(iter(found)) if len(found) == 1 else unit(path, once="one_database" in report.keywords)
        if not (one.startswith("both ") and node.gateway.id == "postgresql"):
            factor = SLOWER if node.gateway.id == "postgresql" else 1
            self.seconds[one] += report.duration / factor  # type: ignore[assignment]

    def pytest_sessionfinish(self) -> None:
        self.target.parent.mkdir(exist_ok=True)
        self.target.write_text("".join(self._lines()), encoding="utf-8")

    def _lines(self) -> Iterator[str]:
        yield "# Seconds of units of tests on two busy processors, see shares.py.\n"
        for one, seconds in sorted(self.seconds.items(), key=lambda pair: (-pair[1], pair[0])):
            yield f"{seconds:.0f} {one}\n"
