"""Setting up: installs what is missing only, and says in plain words what it cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import bootstrap
from scripts.bootstrap import Need, SetupFailed, ensure_programs

pytestmark = pytest.mark.one_database


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only programs are an apt-get that makes what it installs, and what that needs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    apt = programs / "apt-get"
    apt.write_text(
        f"""#!/bin/sh
echo "$@" >> {tmp_path}/apt.log
case "$1" in
  update) : > {tmp_path}/updated ;;
  install) [ -e {tmp_path}/updated ] || exit 100
    for name; do case $name in -*|install) ;; *) : > {tmp_path}/$name.installed ;; esac; done ;;
esac
"""
    )
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return tmp_path


def need(machine: Path, name: str, *, required: bool = True) -> Need:
    return Need((name,), (machine / f"{name}.installed").exists, f"{name} does things", required=required)


def test_what_is_there_is_left_alone(machine: Path) -> None:
    (machine / "chromium.installed").touch()
    ensure_programs([need(machine, "chromium")])
    assert not (machine / "apt.log").exists()


def test_only_what_is_missing_is_installed_after_refreshing_the_lists(machine: Path) -> None:
    (machine / "chromium.installed").touch()
    ensure_programs([need(machine, "chromium"), need(machine, "postgresql")])
    assert (machine / "apt.log").read_text().splitlines() == [
        "install -y --no-install-recommends -qq postgresql",
        "update -qq",
        "install -y --no-install-recommends -qq postgresql",
    ]


def test_without_rights_the_command_to_type_is_named(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SetupFailed, match="sudo apt-get update && sudo apt-get install postgresql"):
        ensure_programs([need(machine, "postgresql")])
    assert "missing: postgresql (postgresql does things)" in capsys.readouterr().err


def test_without_voices_the_setup_goes_on(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine / "bin" / "apt-get").unlink()
    ensure_programs([need(machine, "espeak-ng", required=False)])
    assert "missing: espeak-ng" in capsys.readouterr().err


def test_what_is_wanted_and_unknown_does_not_hold_up_what_is_needed(machine: Path) -> None:
    apt = machine / "bin" / "apt-get"
    apt.write_text(
        apt.read_text().replace("install) [", 'install) case "$*" in *unknown*) exit 100 ;; esac; [')
    )
    ensure_programs([need(machine, "unknown", required=False), need(machine, "postgresql")])
    assert (machine / "postgresql.installed").exists()


def test_a_change_of_the_pins_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    (tmp_path / "pins.txt").write_text("django==5.2")
    before = bootstrap.fingerprint("pins.txt")
    assert bootstrap.fingerprint("pins.txt") == before
    (tmp_path / "pins.txt").write_text("django==5.3")
    assert bootstrap.fingerprint("pins.txt") != before
