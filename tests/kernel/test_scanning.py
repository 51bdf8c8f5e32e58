"""Uploaded files go through the installation's virus scanner, a program that answers as ClamAV's do."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from servicehall.kernel import uploads
from servicehall.kernel.uploads import IMAGE, PAGE, HoldsVirus, NotScanned, NotWhatItSays, admit
from tests.pictures import picture

pytestmark = pytest.mark.one_database
SIGNATURE = b"a signature of this test"
SCANNER = f"""
import sys
content = sys.stdin.buffer.read()
if not content:
    sys.exit(2)
sys.exit(1 if {SIGNATURE!r} in content else 0)
"""


@pytest.fixture
def scanner(tmp_path: Path, settings: Any) -> Path:
    """A scanner that knows one virus; its arguments are split as a shell would."""
    program = tmp_path / "a scanner.py"
    program.write_text(SCANNER)
    settings.SCAN_COMMAND = f"{shlex.quote(sys.executable)} -S -E {shlex.quote(str(program))}"
    return program


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_what_the_scanner_refuses_is_not_taken(scanner: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert admit(sent("a.png", picture()), IMAGE).size
    assert admit(sent("a.html", b"<p>A page</p>"), PAGE).read() == b"<p>A page</p>"
    # It sees what was sent, not what is left when the picture has been written anew.
    for name, content, kind in (
        ("wang.png", picture() + SIGNATURE, IMAGE),
        ("wang.html", b"<p>" + SIGNATURE + b"</p>", PAGE),
    ):
        with pytest.raises(HoldsVirus) as refused:
            admit(sent(name, content), kind)
        with translation.override("zh-hans"):
            assert refused.value.problem()["title"] == "病毒扫描程序拒绝了此文件"
    assert "upload.virus_found" in caplog.text
    assert "wang" not in caplog.text


@pytest.mark.parametrize("broken", ["missing", "breaks", "slow"])
def test_without_an_answer_nothing_is_taken(
    scanner: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "missing":
        settings.SCAN_COMMAND = str(scanner.with_name("nothing here"))
    elif broken == "breaks":
        scanner.write_text("raise SystemExit(2)")
    else:
        monkeypatch.setattr(uploads, "SCAN_PATIENCE", 0.3)
        scanner.write_text("import time; time.sleep(30)")
    with pytest.raises(NotScanned) as refused:
        admit(sent("a.png", picture()), IMAGE)
    assert refused.value.status == 503


def test_without_the_setting_nothing_is_started(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SCAN_COMMAND = ""
    monkeypatch.setattr(subprocess, "run", None)
    assert admit(sent("a.png", picture()), IMAGE).size
    with pytest.raises(NotWhatItSays):
        admit(sent("a.txt", b"text"), IMAGE)
