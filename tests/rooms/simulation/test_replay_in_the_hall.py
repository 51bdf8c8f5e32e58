"""A made-up log replayed over the API of a hall that runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from servicehall.cli import main
from servicehall.rooms.simulation.actions import CannotReplay, Plan, Report, replay
from tests.rooms.simulation import made_up_log
from tests.rooms.simulation.test_replay_of_a_log import REAL

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")


@pytest.fixture
def hall(settings: Any, live_server: Any) -> Iterator[str]:
    """The address of a running hall (only its API)."""
    from servicehall.rooms.queueing import configuration

    settings.ROOT_URLCONF = "tests.channels.api.addresses"
    configuration.forget()
    yield live_server.url
    configuration.forget()


def run(hall: str, file: Path, **changed: Any) -> Report:
    moments: list[datetime] = []
    plan = Plan(**{"file": file, "url": hall, **changed})
    report = replay(plan, progress=lambda _d, _t, at: moments.append(at), say=lambda _what: None)
    assert moments
    return report


def test_as_it_happened_agrees_to_the_second(hall: str, tmp_path: Path) -> None:
    report = run(hall, made_up_log.write(tmp_path), days=2)
    assert report.differences == []
    assert report.days == [date(1999, 3, 1), date(1999, 3, 2)]
    every = report.rows[0]
    assert every.hall == every.log
    assert (every.hall.tickets, every.hall.served, every.hall.abandoned) == (13, 10, 3)
    assert [row.kind for row in report.rows] == ["", "PS", "NE", "NW"]
    assert report.left_over == 0


def test_a_second_replay_begins_with_an_empty_hall_and_leaves_no_token(hall: str, tmp_path: Path) -> None:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.people.models import ApiToken
    from servicehall.rooms.queueing import actions as queue
    from servicehall.rooms.queueing.models import Counter

    file = made_up_log.write(tmp_path)
    run(hall, file)
    site = Counter.objects.filter(site__slug="replay")[0].site_id
    queue.issue_ticket(site_id=site, service="ps", by=SYSTEM)
    counters = Counter.objects.count()
    assert run(hall, file, mode="ours").left_over == 0
    assert run(hall, file).differences == []
    assert Counter.objects.count() == counters
    assert not ApiToken.objects.filter(revoked_at=None).exists()


def test_ours_lets_the_hall_choose_who_is_next(hall: str, tmp_path: Path) -> None:
    busy = made_up_log.line("1", ("9:00:00", "9:00:00"), service=("9:00:00", "9:05:00", 300), server="ADA")
    first = made_up_log.line(
        "2", ("9:01:00", "9:01:00"), ("9:01:00", "9:05:00", 240), ("9:05:00", "9:06:00", 60), server="ADA"
    )
    later = made_up_log.line(
        "3",
        ("9:02:00", "9:02:00"),
        ("9:02:00", "9:06:00", 240),
        ("9:06:00", "9:07:00", 60),
        server="ADA",
        priority=2,
    )
    gone = made_up_log.line("4", ("9:03:00", "9:03:00"), ("9:03:00", "9:04:00", 60), outcome="HANG")
    report = run(hall, made_up_log.write(tmp_path, [busy, first, later, gone]), mode="ours")
    every = report.rows[0]
    # The priority customer has waited 180 s + 90 s of head start against 240 s, and goes first.
    assert (every.hall.served, every.hall.abandoned) == (3, 1)
    assert every.hall.wait_mean == pytest.approx((0 + 180 + 300) / 3)
    assert every.log.wait_mean == pytest.approx((0 + 240 + 240) / 3)
    assert every.hall.service_mean == every.log.service_mean
    assert report.differences == []


def test_a_hang_up_who_is_called_in_time_is_served(hall: str, tmp_path: Path) -> None:
    there = made_up_log.line("1", ("9:00:00", "9:00:00"), service=("9:00:00", "9:00:40", 40), server="ADA")
    still = made_up_log.line("2", ("9:10:00", "9:10:00"), service=("9:10:00", "9:10:20", 20), server="ADA")
    gone = made_up_log.line("3", ("9:05:00", "9:05:00"), ("9:05:00", "9:06:00", 60), outcome="HANG")
    every = run(hall, made_up_log.write(tmp_path, [there, gone, still]), mode="ours").rows[0]
    assert (every.hall.served, every.hall.abandoned, every.log.abandoned) == (3, 0, 1)
    assert every.hall.service_mean == 30.0  # the mean of the kind for whom the log has no service


def test_what_cannot_be_replayed_says_why(hall: str, tmp_path: Path) -> None:
    from tests.hall import make_site

    file = made_up_log.write(tmp_path)
    make_site("mall")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"site": "mall"}, "is a real one"),
        ({"first_day": date(2001, 1, 1)}, "no such day; it has 1999-03-01 to 1999-03-02"),
        ({"first_hour": 3, "last_hour": 4}, "Nobody came"),
        ({"file": tmp_path / "missing"}, "No such file"),
        ({"url": "http://127.0.0.1:9"}, "does not answer"),
        ({"url": "nowhere"}, "is not an address"),
        ({"token": "wrong"}, "401"),
    ]
    for changed, says in cases:
        with pytest.raises(CannotReplay, match=says):
            run(**{"hall": hall, "file": file, **changed})


def test_the_command_tells_both_side_by_side(
    hall: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(made_up_log.write(tmp_path))
    monkeypatch.setenv("SERVICEHALL_DATA", str(tmp_path))
    assert main(["replay", file, "--url", hall, "--hours", "9-10"]) == 0
    said = capsys.readouterr().out
    assert "agree with the log to the second" in said
    assert "1 × PHANTOM" in said
    assert main(["replay", file, "--url", hall, "--day", "990307"]) == 1
    assert "no such day" in capsys.readouterr().err


def test_a_difference_is_told_and_ends_in_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from servicehall.rooms.simulation import actions
    from servicehall.rooms.simulation.replay.comparison import Row, figures

    row = Row("", figures([]), figures([]))
    report = Report(
        [date(1999, 3, 1)], [row], differences=[f"XX01/{n}: wait 3 s instead of 2 s" for n in range(50)]
    )
    monkeypatch.setattr(actions, "replay", lambda *_a, **_k: report)
    monkeypatch.setenv("SERVICEHALL_DATA", str(tmp_path))
    assert main(["replay", "log.tsv"]) == 1
    said = capsys.readouterr().out
    assert "50 tickets differ" in said
    assert "XX01/0: wait 3 s instead of 2 s" in said
    assert "and 10 more" in said


@pytest.mark.parametrize(
    "wrong", [["--day", "x"], ["--days", "0"], ["--hours", "12-9"], ["--speed", "-1"], ["--mode", "mine"]]
)
def test_options_that_do_not_fit(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["replay", "log.tsv", *wrong])
    assert wrong[1] in capsys.readouterr().err


@pytest.mark.skipif(not REAL.exists(), reason="the real log is not part of this repository")
def test_an_hour_of_a_real_day_agrees_to_the_second(hall: str) -> None:
    report = run(hall, REAL, first_day=date(1999, 2, 7), first_hour=7, last_hour=8)
    assert report.differences == []
    assert report.rows[0].hall.tickets > 20
