"""The list of erased persons: grows by the log, survives a crash in the middle of a line, is never guessed at."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from servicehall.kernel import followers
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.protection import erased_list, keys
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction

TENANT = UUID(int=9)
WHEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Path:
    settings.ERASED_LIST = str(tmp_path / "erased.list")
    return tmp_path / "erased.list"


def erase(owner: UUID) -> None:
    with transaction(TENANT):
        keys.for_writing(owner, TENANT)
        keys.destroy(owner, by=SYSTEM)
    while followers.run_pending():
        pass


@pytest.mark.django_db
def test_whose_key_is_destroyed_is_on_the_list_and_a_line_cut_short_is_written_again(place: Path) -> None:
    erase(UUID(int=1))
    assert list(erased_list.read(place)) == [UUID(int=1)]
    assert place.stat().st_mode & 0o077 == 0
    place.write_text(place.read_text() + "00000000-0000-0000-0000-0000000")
    assert list(erased_list.read(place)) == [UUID(int=1)]
    erase(UUID(int=2))
    assert list(erased_list.read(place)) == [UUID(int=1), UUID(int=2)]
    assert set(keys.destroyed()) == set(erased_list.of_database())


@pytest.mark.one_database
def test_lists_are_joined_and_nonsense_is_refused_and_kept(place: Path) -> None:
    assert erased_list.write(place, {UUID(int=2): WHEN}) == 1
    assert erased_list.write(place, {UUID(int=1): WHEN}) == 2
    assert set(erased_list.read(place)) == {UUID(int=1), UUID(int=2)}
    place.write_text("who knows\n" + place.read_text())
    before = place.read_text()
    for act in (lambda: erased_list.read(place), lambda: erased_list.write(place, {UUID(int=3): WHEN})):
        with pytest.raises(erased_list.NotAList, match="line 1"):
            act()
    assert place.read_text() == before


@pytest.mark.one_database
def test_nobody_is_lost_when_several_add_to_the_list_at_once(place: Path) -> None:
    """Workers for several organisations, and a backup whose list beside it is the living one."""
    owners = [UUID(int=number) for number in range(1, 241)]
    shares = [owners[start::4] for start in range(4)]

    def work(mine: list[UUID]) -> None:
        for owner in mine:
            erased_list.note([_event(owner)])

    threads = [threading.Thread(target=work, args=(mine,)) for mine in shares]
    for thread in threads:
        thread.start()
    number = 40
    for one in range(number):
        erased_list.write(place, {UUID(int=1000 + one): WHEN})
        time.sleep(0.002)  # locks on files are not fair: without a pause nobody else has a turn
    for thread in threads:
        thread.join()
    assert set(owners) <= set(erased_list.read(place))
    assert len(erased_list.read(place)) == len(owners) + number


def _event(owner: UUID) -> StoredEvent:
    data = {"owner": str(owner)}
    return StoredEvent(TENANT, 1, "protection.key-destroyed", 1, WHEN, "system", None, "", None, owner, data)
