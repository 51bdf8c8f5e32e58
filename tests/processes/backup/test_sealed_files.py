"""A backup that was cut, changed, swapped or sealed with another key is refused, and nothing is touched."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from servicehall import __version__
from servicehall.kernel.key_files import UnusableKey
from servicehall.kernel.protection.suites import AES, SM4, Suite
from servicehall.processes import runlock
from servicehall.processes.backup import keys, parts, restoring, sealing, taking
from servicehall.processes.backup.refusals import BackupRefused, Damaged, WrongKey

pytestmark = pytest.mark.one_database
SECRET = bytes(range(32))
CHUNK = 64
HEAD = {"kind": "sqlite", "migrations": [], "root_keys": [], "columns": {}, "sequences": {}}
WHEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


def sealed(
    *,
    suite: Suite = SM4,
    head: dict[str, Any] | None = None,
    product: str = __version__,
    more: str = "media/a",
) -> bytes:
    """A small backup of many small chunks."""
    file = io.BytesIO()
    sealer = sealing.Sealer(file, suite, (1, SECRET), made=WHEN, product=product, chunk=CHUNK)
    packer = parts.Packer(sealer)
    packer.put_json(taking.HEAD, HEAD | (head or {}))
    packer.put("database.sqlite3", [random.Random(1).randbytes(700)])
    packer.put(more, [b"picture"])
    packer.finish({"counts": {}})
    sealer.finish()
    return file.getvalue()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds the backup key only."""
    for name in ("DATABASE_URL", "SERVICEHALL_BACKUP_KEY", "SERVICEHALL_BACKUP_KEY_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    keep(folder, SECRET)
    return folder


def keep(folder: Path, secret: bytes, number: int = 1) -> None:
    file = folder / keys.NAME
    file.write_text(f"{number} {secret.hex()}\n")
    file.chmod(0o600)


def opens(content: bytes, data: Path, **rest: Any) -> dict[str, bytes]:
    """What is in the folder beside when it is opened."""
    file = data.parent / "hall.backup"
    file.write_bytes(content)
    with restoring.opened(file, data, **rest) as stage:
        return {
            str(p.relative_to(stage.folder)): p.read_bytes() for p in stage.folder.rglob("*") if p.is_file()
        }


def refuses(content: bytes, data: Path, **rest: Any) -> BackupRefused:
    """It is refused, and the folder is as it was."""
    before = {path.name for path in data.iterdir()} | {runlock.NAME}
    with pytest.raises(BackupRefused) as caught:
        opens(content, data, **rest)
    assert {path.name for path in data.iterdir()} <= before
    return caught.value


@pytest.mark.parametrize("suite", [SM4, AES])
def test_what_was_sealed_is_opened(suite: Suite, data: Path) -> None:
    content = sealed(suite=suite)
    assert b"picture" not in content
    assert opens(content, data)["media/a"] == b"picture"


def test_cut_at_any_place_it_is_refused(data: Path) -> None:
    content = sealed()
    body = content.index(b"\n", len(sealing.MAGIC)) + 1
    whole = CHUNK + sealing.OVERHEAD
    edges = range(body, len(content), whole)
    for length in {
        0,
        5,
        body - 1,
        *edges,
        *(n + 1 for n in edges),
        *(n + 40 for n in edges),
        len(content) - 1,
    }:
        assert isinstance(refuses(content[:length], data), Damaged | WrongKey), length


def test_changed_swapped_repeated_or_added_to_it_is_refused(data: Path) -> None:
    content = sealed()
    body = content.index(b"\n", len(sealing.MAGIC)) + 1
    whole = CHUNK + sealing.OVERHEAD
    head, chunks = content[:body], [content[n : n + whole] for n in range(body, len(content), whole)]
    swapped = [chunks[1], chunks[0], *chunks[2:]]
    other = sealed()
    foreign = [*chunks[:3], other[body + 3 * whole : body + 4 * whole], *chunks[4:]]
    for bad in (
        swapped,
        [chunks[0], *chunks],
        chunks[1:],
        [*chunks, b"x"],
        [*chunks[:-2], chunks[-1]],
        foreign,
    ):
        assert isinstance(refuses(head + b"".join(bad), data), Damaged)
    flips = random.Random(7)
    for place in [*range(0, body, 9), *(flips.randrange(body, len(content)) for _ in range(60))]:
        flipped = bytearray(content)
        flipped[place] ^= 1 << flips.randrange(8)
        refuses(bytes(flipped), data)
    assert opens(content, data), "the honest one still opens"


def test_a_head_that_counts_to_infinity_is_damaged(data: Path) -> None:
    for fact in (b'"key": 1', b'"chunk": 64'):
        name = fact.partition(b":")[0]
        for number in (b"Infinity", b"NaN", b"1e999", b"[]", b"-1"):
            content = sealed().replace(fact, name + b": " + number)
            assert isinstance(refuses(content, data), Damaged | WrongKey), (name, number)


def test_another_key_is_told_apart_from_damage(data: Path) -> None:
    keep(data, bytes(32))
    assert "backup key 1" in str(refuses(sealed(), data))
    keep(data, SECRET, number=2)
    assert isinstance(refuses(sealed(), data), WrongKey)


def test_keys_come_closed_from_a_file_or_from_environment_or_command(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / keys.NAME).chmod(0o644)
    with pytest.raises(UnusableKey, match="chmod 600"):
        opens(sealed(), data)
    (data / keys.NAME).unlink()
    with pytest.raises(UnusableKey, match="safe copy"):
        opens(sealed(), data)
    assert not (data / keys.NAME).exists(), "a restore makes no key"
    monkeypatch.setenv("SERVICEHALL_BACKUP_KEY", f"1:{SECRET.hex()},2:{bytes(32).hex()}")
    assert opens(sealed(), data)
    monkeypatch.setenv("SERVICEHALL_BACKUP_KEY", "")
    monkeypatch.setenv("SERVICEHALL_BACKUP_KEY_COMMAND", f"echo 1 {SECRET.hex()}")
    assert opens(sealed(), data)
    monkeypatch.setenv("SERVICEHALL_BACKUP_KEY_COMMAND", "false")
    with pytest.raises(UnusableKey, match="by hand"):
        opens(sealed(), data)


def test_what_does_not_belong_here_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Update first" in str(refuses(sealed(product="99.0.0"), data))
    assert "DATABASE_URL" in str(refuses(sealed(head={"kind": "postgresql"}), data))
    for name in ("media/../../escaped", "/etc/escaped", "root.keys", "media/a\0b"):
        assert "unknown name" in str(refuses(sealed(more=name), data))
    with runlock.hold(data, note="a hall"):
        assert "Stop it first" in str(refuses(sealed(), data))
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/hall")
    assert "sqlite" in str(refuses(sealed(), data))


def test_a_folder_that_is_in_use_is_left_alone_and_a_new_one_does_not_stay(data: Path) -> None:
    (data / "servicehall.sqlite3").write_bytes(b"a hall")
    assert "--replace" in str(refuses(sealed(), data))
    assert opens(sealed(), data, replace=True)
    assert (data / "servicehall.sqlite3").read_bytes() == b"a hall", "looking is not touching"
    file = data.parent / "hall.backup"
    with restoring.opened(file, data, replace=True) as stage:
        stage.put_in_place()
    [kept] = data.glob("replaced-*/servicehall.sqlite3")
    assert kept.read_bytes() == b"a hall"
    assert len((data / "servicehall.sqlite3").read_bytes()) == 700
    assert (data / "media" / "a").read_bytes() == b"picture"
    assert not list(data.glob(".restore-*"))
    with pytest.raises(UnusableKey), restoring.opened(file, data.parent / "new"):
        pass
    assert not (data.parent / "new").exists()
    with pytest.raises(BackupRefused), restoring.opened(data.parent / "missing", data, replace=True):
        pass
