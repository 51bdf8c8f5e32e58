"""Root keys: made once, closed to others, from a file, the environment or a command."""

from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from servicehall.kernel import key_files
from servicehall.kernel.protection import keys, root_keys
from servicehall.kernel.protection.refusals import CannotStart, Unreadable
from servicehall.kernel.protection.suites import SM4
from tests.kernel.protection.persons import WANG, add, fresh, organisation

KEY = "ab" * 32


@pytest.mark.django_db
def test_the_first_use_makes_a_file_for_its_owner_only(root_file: Path) -> None:
    root_keys.check()
    assert not root_file.exists(), "looking makes nothing"
    assert root_keys.ring().newest == 1
    assert stat.S_IMODE(root_file.stat().st_mode) == 0o600
    assert [p.name for p in root_file.parent.iterdir()] == ["root.keys"]
    first = root_keys.ring().secrets
    root_keys.forget()
    assert root_keys.ring().secrets == first


@pytest.mark.django_db
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_read_or_write_is_refused_with_what_to_do(root_file: Path, mode: int) -> None:
    root_keys.ring()
    root_file.chmod(mode)
    root_keys.forget()
    with pytest.raises(CannotStart, match="chmod 600"):
        root_keys.check()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "1 abcd\n", f"x {KEY}\n", f"0 {KEY}\n", f"1 {KEY}\n1 {KEY}\n", f"1 {KEY} more\n", KEY]
)  # fmt: skip
def test_a_file_without_keys_is_refused_and_not_replaced(root_file: Path, text: str) -> None:
    root_file.write_text(text)
    root_file.chmod(0o600)
    with pytest.raises(CannotStart):
        root_keys.ring()
    assert root_file.read_text() == text


@pytest.mark.django_db
def test_a_lost_file_is_not_made_anew_while_data_needs_it(root_file: Path) -> None:
    wang = add(organisation(), **WANG)
    kept = root_file.read_bytes()
    root_file.unlink()
    keys.forget()
    with pytest.raises(CannotStart, match="safe copy"):
        _ = fresh(wang).phone
    assert not root_file.exists()
    root_file.write_bytes(kept)
    root_file.chmod(0o600)
    assert fresh(wang).phone == WANG["phone"]


@pytest.mark.django_db
def test_the_wrong_root_key_opens_nothing(root_file: Path) -> None:
    wang = add(organisation(), **WANG)
    root_file.write_text(f"1 {KEY}\n")
    keys.forget()
    with pytest.raises(Unreadable):
        _ = fresh(wang).phone


@pytest.mark.one_database
@pytest.mark.django_db
def test_several_programs_that_start_at_once_share_one_key(root_file: Path) -> None:
    seen: list[bytes] = []
    barrier = threading.Barrier(8)

    def make() -> None:
        barrier.wait()
        root_keys._write({1: threading.current_thread().name.encode().ljust(32)}, anew=True)
        seen.append(key_files.numbered(root_file.read_text(), "file", "root keys")[1])

    threads = [threading.Thread(target=make, name=str(n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


@pytest.mark.one_database
def test_keys_of_the_environment(settings: Any, root_file: Path) -> None:
    settings.PROTECTION_ROOT_KEY = f"1:{KEY},2:{'cd' * 32}"
    root_keys.check()
    assert root_keys.source() == "environment"
    assert root_keys.ring().newest == 2
    assert len(root_keys.ring().key(1, SM4)) == 16
    assert KEY not in repr(root_keys.ring())
    with pytest.raises(CannotStart, match="environment"):
        root_keys.add()
    assert not root_file.exists()


@pytest.mark.one_database
def test_keys_of_a_command(settings: Any, root_file: Path) -> None:
    settings.PROTECTION_ROOT_KEY_COMMAND = f"{sys.executable} -c \"print('3 {KEY}')\""
    assert root_keys.ring().newest == 3
    settings.PROTECTION_ROOT_KEY_COMMAND = f"{sys.executable} -c 'raise SystemExit(1)'"
    root_keys.forget()
    with pytest.raises(CannotStart, match="by hand") as caught:
        root_keys.check()
    assert KEY not in str(caught.value)
    settings.PROTECTION_ROOT_KEY_COMMAND = "/no/such/program"
    with pytest.raises(CannotStart):
        root_keys.check()


@pytest.mark.one_database
def test_a_changed_file_is_read_again(settings: Any, root_file: Path) -> None:
    root_file.write_text(f"1 {KEY}\n")
    root_file.chmod(0o600)
    assert root_keys.ring().newest == 1
    assert root_keys.add() == 2
    assert root_keys.ring().newest == 2
    root_keys.drop(1)
    assert list(root_keys.ring().secrets) == [2]
    with pytest.raises(Unreadable):
        root_keys.ring().key(1, SM4)
