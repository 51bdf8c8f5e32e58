"""`servicehall evaluate wait`: a log becomes the story of a queue; what cannot be used is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from servicehall.cli import main
from servicehall.rooms.simulation.replay import call_log, visits
from servicehall.rooms.simulation.wait_trial import as_happened
from tests.rooms.simulation import made_up_log

pytestmark = pytest.mark.one_database


def test_each_visit_joins_and_is_called_or_leaves(tmp_path: Path) -> None:
    read = visits.read(call_log.calls(made_up_log.write(tmp_path)))
    story = list(as_happened(read.visits))
    joins = [one for one in story if one.what == "join"]
    outs = {one.ref: one for one in story if one.what in {"call", "leave"}}
    assert len(joins) == len(outs) == len(read.visits)
    assert all(outs[one.ref].at >= one.at for one in joins)
    served = [one for one in story if one.what == "call"]
    assert len(served) == sum(visit.is_served for visit in read.visits)
    assert {one.head_start for one in joins} <= {0.0, 90.0}


@pytest.mark.parametrize("share", ["0", "1", "half", "-1", "nan"])
def test_a_wrong_share_is_refused(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["evaluate", "wait", "log.tsv", "--train-share", share])
    assert end.value.code == 2
    assert "--train-share" in capsys.readouterr().err


def test_what_cannot_be_read_or_learned_from_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICEHALL_DATA", str(tmp_path))
    for path, said in (
        (tmp_path / "nothing.tsv", "No such file"),
        (made_up_log.write(tmp_path), "too few waits"),
    ):
        assert main(["evaluate", "wait", str(path)]) == 1
        assert said in capsys.readouterr().err
