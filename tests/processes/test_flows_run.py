"""`servicehall flows run`: a definition played in a terminal, from a file or by asking, told in plain words."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from servicehall.cli import main
from servicehall.rooms.services import queries
from tests.rooms.services.test_rehearsing import TIMES

pytestmark = pytest.mark.one_database

ANSWERS = """\
answers:
  person: {name: Chen Jing, phone: 138 0013 8000}
results:
  member: {number: M-7}
"""


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A definition in a file, whose service needs another system."""
    monkeypatch.setattr("servicehall.cli.surroundings.start_django", lambda: None)
    monkeypatch.setenv("SERVICEHALL_DATA", str(tmp_path))
    file = tmp_path / "join.yaml"
    file.write_text(queries.samples()["join-members"], encoding="utf-8")
    return file


def run(flow: Path, answers: str | None, *more: str) -> int:
    if answers is None:
        return main(["flows", "run", str(flow), *more])
    file = flow.with_name("answers.yaml")
    file.write_text(answers, encoding="utf-8")
    return main(["flows", "run", str(flow), "--answers", str(file), *more])


def test_it_tells_step_after_step_and_what_would_have_been_done(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(flow, ANSWERS, "--channel", "desk") == 0
    said = capsys.readouterr().out
    assert said.startswith("On the desk, in en.\n1. Who are you?  [form: person]\n")
    assert "   Phone number = 13800138000\n" in said
    assert "4. Welcome  [end: done]\n   Your member number is M-7.\n" in said
    assert (
        "  - “back-office” does “signUpMember” (once; it cannot be taken back)\n      phone: 13800138000\n"
        in said
    )
    assert said.endswith("It ends at “done” (done).\n")


def test_it_tells_how_a_time_was_taken(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow.write_text(TIMES, encoding="utf-8")
    answers = (
        "answers: {slot: [s1, s1], proof: {photos: 1, name: Chen Jing, code: X}}\n"
        "results: {slot: {slots: [{id: s1, starts: '09:00', left: 1}], take: [{refused: Too late}, {number: R1}]}}"
    )
    assert run(flow, answers) == 0
    said = capsys.readouterr().out
    assert "1. “hall” is asked for “times”  [book: slot]\n2. When?  [book: slot]\n" in said
    assert "   The time is gone. Too late\n   ○ s1: 09:00" in said
    assert "   reference = R1\n" in said
    assert "  - “hall” does “take”\n      id: s1\n" in said


def test_it_speaks_the_language_that_is_asked_for(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flow, ANSWERS, "--language", "zh-Hans") == 0
    assert "4. 欢迎加入  [end: done]\n   会员号：M-7。\n" in capsys.readouterr().out


def test_a_wrong_answer_is_told_at_its_line(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flow, ANSWERS.replace("138 0013 8000", "none")) == 1
    said = capsys.readouterr().out
    assert "answers.yaml:2:36: person: phone: This is no phone number." in said
    assert "It did not reach an end: it stops at “person”." in said


def test_what_another_system_would_say_has_to_be_said(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flow, ANSWERS.split("results", maxsplit=1)[0]) == 1
    assert "The script does not say what “back-office” answers: number (text)." in capsys.readouterr().out


def test_a_script_that_does_not_fit_the_flow_is_told_at_its_line(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(flow, ANSWERS.replace("member:", "membr:")) == 1
    assert capsys.readouterr().out.rstrip().endswith("Is “member” meant? [unknown-name]")
    assert run(flow, "a: [") == 1
    assert "answers.yaml:2:1: This is not valid YAML" in capsys.readouterr().out


def test_it_says_when_it_ends_elsewhere_than_was_meant(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(flow, f"{ANSWERS}ends: {{step: done}}\n") == 0
    assert run(flow, f"{ANSWERS}ends: {{step: known}}\n") == 1
    assert "It was meant to end at “known”." in capsys.readouterr().out


def test_a_definition_that_cannot_be_played_is_told_at_its_line(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace("failed: known", "failed: nowhere"), encoding="utf-8")
    assert run(flow, ANSWERS) == 1
    assert "join.yaml:20:11: There is no step called “nowhere”. [unknown-target]" in capsys.readouterr().out
    flow.write_text("flow: [", encoding="utf-8")
    assert run(flow, ANSWERS) == 1


def test_without_answers_and_without_a_terminal_it_says_what_is_missing(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    assert run(flow, None) == 1
    assert "--answers" in capsys.readouterr().err


class Terminal(StringIO):
    """Somebody who types lines, then leaves."""

    def isatty(self) -> bool:
        return True


def test_in_a_terminal_it_asks_and_asks_again_for_what_does_not_fit(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ("Chen Jing", "none", "13800138000", "yes", "{number: M-9}")
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))
    assert run(flow, None) == 0
    said = capsys.readouterr().out
    asked = [
        said.index(words) for words in ("   Name: ", "   Phone number: ", "   Yes? [yes/no] ", "   member → ")
    ]
    assert asked == sorted(asked)
    assert "! phone: This is no phone number." in said
    assert "Your member number is M-9." in said


def test_whoever_leaves_half_way_has_reached_no_end(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("Chen Jing\n"))
    assert run(flow, None) == 1
    assert "It did not reach an end: it stops at “person”." in capsys.readouterr().out
