"""`servicehall evidence` and `servicehall verify`: the key, the archive, the audit, and what they say of a lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

from servicehall.cli import main
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.trust import actions, queries
from tests.rooms.trust.log import SITE, catch_up, note, signed

pytestmark = pytest.mark.django_db
Said = pytest.CaptureFixture[str]


def run(*arguments: object) -> int:
    return main([str(one) for one in arguments])


def test_archive_and_audit_of_an_honest_log(tmp_path: Path, capsys: Said) -> None:
    signed(300)
    signed(10)
    data = ("--data", settings.SERVICEHALL_DATA)
    assert run("evidence", "key", *data) == 0
    key = capsys.readouterr().out.strip()
    assert run("evidence", "export", tmp_path / "log", "--records", *data) == 0
    assert "310 leaves are in" in capsys.readouterr().out
    assert run("evidence", "audit", *data) == 0
    assert "right: records, leaves, tiles, root and checkpoint agree" in capsys.readouterr().out
    assert run("verify", "log", tmp_path / "log", "--key", key) == 0
    said = capsys.readouterr().out
    for words in ("310 leaves make the root", "2 older checkpoints", "310 records fit"):
        assert words in said
    # A later export into the same folder adds what is new, and leaves full tiles as they are.
    full = tmp_path / "log" / "tile" / "0" / "000"
    before = full.stat().st_mtime_ns
    signed(300)
    assert run("evidence", "export", tmp_path / "log", *data) == 0
    assert run("verify", "log", tmp_path / "log", "--key", key) == 0
    assert full.stat().st_mtime_ns == before
    # Old entries may stay away; their hashes still count.
    assert run("evidence", "export", tmp_path / "new", "--from", 256, *data) == 0
    assert run("verify", "log", tmp_path / "new", "--key", key) == 0
    assert "256 of them without their entries" in capsys.readouterr().out


def test_a_changed_record_is_named_and_ends_with_1(tmp_path: Path, capsys: Said) -> None:
    signed(30)
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(queries.receipt(SITE, 7, actor=SYSTEM)))
    key = queries.checkpoint().verifier_key
    assert run("verify", "receipt", receipt, "--key", key) == 0
    Event.objects.filter(site_id=SITE, seq=7).update(channel="phone")
    assert run("evidence", "audit", "--data", settings.SERVICEHALL_DATA) == 1
    assert f"WRONG: leaf 6 (site {SITE}, event 7): the record was changed" in capsys.readouterr().out
    assert run("verify", "receipt", receipt, "--key", key) == 0  # what somebody took home still holds


def test_before_anything_is_signed_the_commands_say_so(tmp_path: Path, capsys: Said) -> None:
    note()
    data = ("--data", settings.SERVICEHALL_DATA)
    assert run("evidence", "key", *data) == 1
    assert run("evidence", "export", tmp_path, *data) == 1
    assert "not under a signed checkpoint yet" in capsys.readouterr().err
    assert run("evidence", "audit", *data) == 0
    assert "1 events wait" in capsys.readouterr().out
    catch_up()
    actions.make_checkpoint()
    assert run("evidence", "key", *data) == 0
