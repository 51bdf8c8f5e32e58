"""The doctor compares what is installed with an export of known weaknesses that somebody brought."""

from __future__ import annotations

import json
import subprocess
import zipfile
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from servicehall.processes.doctor.advisories import _in_range, advisories, installed, locked
from servicehall.processes.doctor.findings import Finding
from tests.processes.running import COMMAND, environment

pytestmark = pytest.mark.one_database
LOCK = Path(__file__).parents[2] / "package-lock.json"
NOW = datetime(2026, 6, 10, tzinfo=UTC)
FROM_FAR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
FROM_NEAR = "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


def advisory(
    name: str, ecosystem: str = "PyPI", *, published: str = "2026-06-08", **more: Any
) -> dict[str, Any]:
    events = [{"introduced": "0"}]
    return {
        "id": "GHSA-test-0001",
        "aliases": ["CVE-2026-0001"],
        "summary": "It does\nwhat it should not",
        "published": f"{published}T00:00:00Z",
        "modified": "2026-06-09T00:00:00Z",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": name},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
    } | more


def said(tmp_path: Path, *entries: Any, now: datetime = NOW) -> list[Finding]:
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for number, entry in enumerate(entries):
            text = entry if isinstance(entry, str) else json.dumps(entry)
            archive.writestr(f"{number}.json", text)
    return list(advisories([file], LOCK, now))


def levels(found: list[Finding]) -> list[str]:
    return [one.level for one in found]


def test_a_weakness_is_a_warning_within_its_time_frame_and_a_problem_past_it(tmp_path: Path) -> None:
    (found,) = said(tmp_path, advisory("Django"))
    assert found.level == "warning"
    version = metadata.version("django")
    assert found.what == f"PyPI django {version}: GHSA-test-0001, CVE-2026-0001 (It does what it should not)"
    assert "by 2026-06-15" in found.advice
    for published, severity, level in (
        ("2026-06-04", [{"type": "CVSS_V3", "score": FROM_FAR}], "warning"),
        ("2026-06-01", [{"type": "CVSS_V3", "score": FROM_FAR}], "problem"),
        ("2026-06-01", [], "problem"),
        ("2026-06-01", [{"type": "CVSS_V4", "score": FROM_NEAR}], "warning"),
        ("2026-05-01", [{"type": "CVSS_V4", "score": FROM_NEAR}], "problem"),
    ):
        assert levels(said(tmp_path, advisory("django", published=published, severity=severity))) == [level]


def test_what_is_not_here_not_affected_or_withdrawn_is_no_finding(tmp_path: Path) -> None:
    fixed = advisory("django")
    fixed["affected"][0]["ranges"][0]["events"] += [{"fixed": metadata.version("django")}]
    entries = (
        fixed,
        advisory("django", withdrawn="2026-06-09T00:00:00Z"),
        advisory("no-such-package-here"),
        advisory("django", "npm"),
        advisory("axe-core", "npm"),  # for tests only
    )
    (found,) = said(tmp_path, *entries)
    assert found.level == "ok"
    assert "PyPI, npm" in found.what


def test_pages_packages_and_listed_versions_count(tmp_path: Path) -> None:
    version = json.loads(LOCK.read_text())["packages"]["node_modules/htmx.org"]["version"]
    listed = advisory("htmx.org", "npm")
    listed["affected"][0] = {"package": listed["affected"][0]["package"], "versions": [version]}
    (found,) = said(tmp_path, listed)
    assert found.what.startswith(f"npm htmx.org {version}: ")
    assert ("npm", "@alpinejs/csp") in locked(LOCK)
    assert ("PyPI", "django-ninja") in installed()


@pytest.mark.parametrize(
    ("ecosystem", "version", "events", "inside"),
    [
        ("PyPI", "5.2", [("introduced", "0"), ("fixed", "5.2")], False),
        ("PyPI", "5.2rc1", [("introduced", "0"), ("fixed", "5.2")], True),
        ("PyPI", "5.10", [("introduced", "5.9"), ("last_affected", "5.10")], True),
        ("PyPI", "5.11", [("introduced", "5.9"), ("last_affected", "5.10")], False),
        ("PyPI", "4.2", [("introduced", "5"), ("introduced", "0"), ("fixed", "6"), ("fixed", "4.1")], False),
        ("PyPI", "5.2", [("introduced", "5"), ("introduced", "0"), ("fixed", "6"), ("fixed", "4.1")], True),
        ("PyPI", "5.2", [("introduced", "what?")], True),
        ("npm", "2.0.0-beta.2", [("introduced", "2.0.0-beta.10")], False),
        ("npm", "2.0.0", [("introduced", "2.0.0-beta.10"), ("fixed", "2.0.1")], True),
        ("npm", "10.0.0", [("introduced", "9.0.0"), ("fixed", "10.0.0")], False),
        ("npm", "10.0.0-rc.1", [("introduced", "9.0.0"), ("fixed", "10.0.0")], True),
    ],
)
def test_ranges_are_read_as_each_ecosystem_orders_versions(
    ecosystem: str, version: str, events: list[tuple[str, str]], inside: bool
) -> None:
    assert _in_range(version, [{kind: at} for kind, at in events], ecosystem) is inside


def test_an_old_export_one_of_others_and_a_damaged_one_are_said(tmp_path: Path) -> None:
    old = said(tmp_path, advisory("no-such-package-here"), now=datetime(2026, 7, 1, tzinfo=UTC))
    assert levels(old) == ["warning", "ok"]
    assert "2026-06-09" in old[0].what
    assert levels(said(tmp_path, advisory("x", "Go"))) == ["problem"]
    damaged = said(tmp_path, advisory("no-such-package-here"), "{", "[]", json.dumps({"x": 1}))
    assert levels(damaged) == ["warning", "ok"]
    assert damaged[0].what.startswith("3 entries")
    for content in (b"nothing", b"PK\x03\x04 but no more"):
        (tmp_path / "odd").write_bytes(content)
        (found,) = advisories([tmp_path / "odd"], LOCK, NOW)
        assert (found.level, "OSV" in found.advice) == ("problem", True)
    (found,) = advisories([tmp_path / "not-there.zip"], LOCK, NOW)
    assert "No such file" in found.what


@pytest.mark.processes
def test_the_command_ends_with_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(advisory("Django", published="2020-01-01")), encoding="utf-8")
    done = subprocess.run(
        [COMMAND, "doctor", "--data", str(tmp_path / "data"), "--advisories", str(file)],
        env=environment(tmp_path / "data"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "problem  PyPI django" in done.stdout
    assert "past its time frame since 2020-01-08" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
