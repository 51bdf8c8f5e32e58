"""What is made of a log before it is replayed: visits, counters, the script, presence; and the comparison."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from servicehall.rooms.simulation.replay import as_it_happened, call_log, comparison, presence, visits
from servicehall.rooms.simulation.replay.visits import Reading, Visit
from tests.rooms.simulation import made_up_log

pytestmark = pytest.mark.one_database
FIRST, SECOND = date(1999, 3, 1), date(1999, 3, 2)


@pytest.fixture
def morning(tmp_path: Path) -> Reading:
    return visits.read(call_log.calls(made_up_log.write(tmp_path)), {FIRST}, last_hour=12)


def by_call(read: Reading) -> dict[str, Visit]:
    return {visit.ref.partition("/")[2]: visit for visit in read.visits}


def wall(text: str, day: int = 1) -> datetime:
    hours, minutes, seconds = map(int, text.split(":"))
    return datetime(1999, 3, day, hours, minutes, seconds, tzinfo=ZoneInfo("Asia/Jerusalem"))


def test_who_came_into_the_queue_or_was_served_takes_a_ticket(morning: Reading) -> None:
    assert sorted(by_call(morning), key=int) == ["1", "2", "3", "4", "5", "8", "9", "10", "11", "12"]
    assert morning.left_out == {"voice-only": 1, "phantom": 1}
    assert morning.oddities == {
        "clocks-differ": 1, "unknown-server": 1, "overlap": 2, "no-service-start": 1,
    }  # fmt: skip


def test_without_a_queue_the_ticket_is_taken_when_the_service_begins(morning: Reading) -> None:
    visit = by_call(morning)["1"]
    assert visit.joined == visit.called == visit.started == wall("9:00:09")
    assert (visit.ended, visit.wait_seconds, visit.service_seconds) == (wall("9:02:09"), 0, 120)


def test_wait_and_service_are_the_logs_own_though_its_clocks_differ(morning: Reading) -> None:
    visit = by_call(morning)["2"]
    assert (visit.joined, visit.called, visit.started) == (wall("9:00:40"), wall("9:02:11"), wall("9:02:10"))
    for one in morning.visits:
        if one.called and one.started and one.ended:
            assert (one.called - one.joined).total_seconds() == one.wait_seconds
            assert (one.ended - one.started).total_seconds() == one.service_seconds


def test_hang_ups_leave_when_they_hung_up(morning: Reading) -> None:
    found = by_call(morning)
    assert (found["4"].joined, found["4"].left) == (wall("9:01:15"), wall("9:02:00"))
    assert found["5"].joined == found["5"].left
    assert not found["4"].is_served


def test_a_service_that_is_not_on_record_takes_no_time(morning: Reading) -> None:
    visit = by_call(morning)["10"]
    assert visit.called == visit.started == visit.ended == wall("9:03:30")
    assert (visit.is_served, visit.service_seconds) == (True, 0)


def test_no_counter_ever_has_two_customers(morning: Reading) -> None:
    found = by_call(morning)
    assert (found["3"].place, found["9"].place, found["8"].place) == ("BEN", "BEN (2)", "NO_SERVER (1)")
    assert (found["11"].place, found["12"].place) == ("ADA", "ADA (2)")
    _check_counters(morning.visits)


def _check_counters(found: list[Visit]) -> None:
    busy: dict[str, Visit] = {}
    for step in as_it_happened.script(found):
        if step.act == "call" and step.visit:
            assert step.place not in busy
            busy[step.place] = step.visit
        elif step.act == "finish":
            assert busy.pop(step.place) is step.visit
    assert busy == {}


def test_what_happens_in_one_second_has_an_order(morning: Reading) -> None:
    acts = [
        (step.act, step.visit.ref[5:] if step.visit else step.place)
        for step in as_it_happened.script(morning.visits)
    ]
    assert acts[:4] == [("take", "1"), ("sign-in", "ADA"), ("call", "1"), ("start", "1")]
    last = [one for one in acts if one[1] in {"11", "12", "ADA (2)"}]
    assert last == [
        ("take", "11"), ("take", "12"), ("call", "11"), ("start", "11"), ("finish", "11"),
        ("sign-in", "ADA (2)"), ("call", "12"), ("start", "12"), ("finish", "12"),
    ]  # fmt: skip


def test_midnight_is_a_time_and_not_a_gap(tmp_path: Path) -> None:
    read = visits.read(call_log.calls(made_up_log.write(tmp_path)), {FIRST}, first_hour=23)
    found = by_call(read)
    assert (found["20"].joined, found["20"].called) == (wall("23:59:50"), wall("0:00:20", 2))
    assert (found["21"].joined, found["21"].left) == (wall("0:00:00", 2), wall("0:00:10", 2))
    assert read.oddities == {"past-midnight": 1}


def test_a_break_is_a_long_time_between_two_services() -> None:
    def served(start: str, end: str, server: str = "ADA", kind: str = "PS") -> Visit:
        began, ended = wall(start), wall(end)
        seconds = int((ended - began).total_seconds())
        return Visit(start, kind, 0, began, None, began, began, ended, server, 0, seconds)

    found = [
        served("9:00:00", "9:10:00"),
        served("9:24:00", "9:30:00", kind="NE"),
        served("9:46:00", "9:50:00"),
        served("9:00:00", "9:01:00", "NO_SERVER"),
    ]
    spans = [(s.server, f"{s.since:%H:%M}", f"{s.until:%H:%M}") for s in presence.stretches(found)]
    assert spans == [("ADA", "09:00", "09:30"), ("ADA", "09:46", "09:50")]
    assert presence.kinds_served(found)["ADA"] == {"PS", "NE"}
    assert presence.mean_service(found) == {"PS": 300.0, "NE": 360.0}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no log at all\n", "the first line must name the columns"),
        (f"{made_up_log.HEADER}\nXX01\t1\n", "line 2"),
        (f"{made_up_log.HEADER}\n{made_up_log.MORNING[0].replace('9:00:09', '9:60:09')}\n", "line 2"),
        (f"{made_up_log.HEADER}\n{made_up_log.MORNING[0].replace('AGENT', 'GHOST')}\n", "GHOST"),
        (f"{made_up_log.HEADER}\n\xe9\n", "codec"),
    ],
)
def test_what_is_no_such_log_says_where(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "log.tsv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(call_log.UnreadableLog, match=says):
        list(call_log.calls(file))
    with pytest.raises(call_log.UnreadableLog, match="No such file"):
        list(call_log.calls(tmp_path / "missing.tsv"))


def test_percentiles_are_values_that_occurred() -> None:
    outcomes = [comparison.Outcome("PS", "done", wait, 10) for wait in range(1, 11)]
    outcomes.append(comparison.Outcome("PS", "cancelled", 999, 0))
    found = comparison.figures(outcomes)
    assert (found.tickets, found.served, found.abandoned) == (11, 10, 1)
    assert (found.wait_mean, found.wait_p50, found.wait_p90, found.service_mean) == (5.5, 5, 9, 10)
    assert comparison.figures([]) == comparison.Figures(0, 0, 0, None, None, None, None)


def test_each_second_of_difference_is_named(morning: Reading) -> None:
    visit = by_call(morning)["3"]
    record = {
        "number": "S001", "state": "done", "priority": "p2", "service": {"slug": "ne"}, "counter": {"id": "c1"},
        "joined_at": "1999-03-01T07:01:05+00:00", "called_at": "1999-03-01T07:01:20+00:00",
        "started_at": "1999-03-01T07:01:20+00:00", "ended_at": "1999-03-01T07:03:00+00:00",
        "waited_seconds": 15.0, "served_seconds": 100.0,
    }  # fmt: skip
    counters = {"BEN": "c1"}
    assert comparison.differences([visit], {visit.ref: record}, counters) == []
    assert comparison.differences([visit], {}, counters) == ["XX01/3: the hall has no ticket"]
    late = record | {"called_at": "1999-03-01T07:01:21+00:00", "waited_seconds": 16.0, "counter": None}
    (said,) = comparison.differences([visit], {visit.ref: late}, counters)
    assert said.startswith("XX01/3 (S001): counter None instead of c1; wait 16 s instead of 15 s; called ")


REAL = Path(__file__).resolve().parents[4] / "shared/data/anonymous-bank/february-1999.tsv"


@pytest.mark.skipif(not REAL.exists(), reason="the real log is not part of this repository")
def test_the_rules_hold_for_a_real_month() -> None:
    read = visits.read(call_log.calls(REAL))
    assert len(read.visits) + sum(read.left_out.values()) == 33_344
    assert sum(visit.is_served for visit in read.visits) == 27_162  # every AGENT line
    for one in read.visits:
        end = one.called if one.is_served else one.left
        assert end is not None
        assert (end - one.joined).total_seconds() == one.wait_seconds
    _check_counters(read.visits)
