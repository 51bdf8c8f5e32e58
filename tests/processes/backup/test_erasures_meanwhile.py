"""Who is erased while a backup is taken: at whichever moment, nobody reads them from it once it is restored."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from servicehall.cli import main
from servicehall.kernel.key_files import UnusableKey
from servicehall.kernel.models import DataKey
from servicehall.kernel.protection import erased_list, keys
from servicehall.processes.backup import database, parts, restoring
from servicehall.rooms.customers import actions as customers
from tests.hall import Hall, catch_up, make_hall
from tests.processes.backup.restored import Place, ready, take
from tests.rooms.customers.counter import organisation

MOMENTS = (
    "before it, and nothing has followed yet",
    "just before the snapshot",
    "just after the snapshot",
    "when what the snapshot holds is known",
    "in the middle of the rows",
    "just before the list is put in",
    "just after the list was put in",
    "just after the list beside it was made",
)
IN_THE_FILE, BESIDE_IT = 6, 7
"""How many of these the list in the file knows, and the one beside it."""

OPENED = """
from servicehall.rooms.customers.models import Customer
print(json.dumps(sorted(row.name for row in Customer.objects.all() if row.name)))
"""


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """An empty one, for the kind of database that the test runs on."""
    url = request.getfixturevalue("postgresql_url") if connection.vendor == "postgresql" else ""
    return Place(tmp_path / "elsewhere", url)


def name_of(moment: int) -> str:
    return f"NeedleName{moment}"


def note_of(moment: int) -> str:
    return f"NeedleNote{moment}"


class Erasing:
    """Erases one customer at each moment, as another process would: in a thread with its own connection."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.done = hall, list[int]()
        self.people = [self._arrive(number) for number in range(len(MOMENTS) + 1)]

    def _arrive(self, number: int) -> UUID:
        fields = {"name": name_of(number), "phone": f"138 7766 55{number:02}"}
        made = customers.add_customer(
            organisation_id=organisation(self.hall), fields=fields, by=self.hall.actors["agent"]
        )
        self.hall.issue(customer_id=made.pk, note=note_of(number))
        return made.pk

    def at(self, moment: int) -> None:
        """Let one be erased and its erasure be committed, once."""
        if moment not in self.done:
            self.done.append(moment)
            thread = threading.Thread(target=self._erase, args=(self.people[moment],))
            thread.start()
            thread.join()

    def _erase(self, person: UUID) -> None:
        manager = self.hall.actors["manager"]
        try:
            asked = customers.ask_erasure(customer_id=person, by=manager)
            customers.grant_erasure(request_id=asked.pk, by=manager)
        finally:
            connection.close()


@contextlib.contextmanager
def at_every_moment(erasing: Erasing, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While the block runs, a backup meets an erasure before and after each thing that it looks at."""
    copy, applied, samples = database.copy_sqlite, database.applied, keys.samples
    put, listed = parts.Packer.put, erased_list.of_database

    def copying(source: Path, target: Path) -> None:
        erasing.at(1)
        copy(source, target)

    def looking() -> Any:  # the first statement of PostgreSQL's snapshot
        erasing.at(1)
        return applied()

    def sampling(*given: Callable[..., Any]) -> Any:
        erasing.at(2)
        found = samples(*given)
        erasing.at(3)
        return found

    def packing(packer: Any, name: str, blocks: Any) -> int:
        if "datakey" in name or name == database.FILE:
            erasing.at(4)
        return put(packer, name, blocks)

    def listing() -> Any:
        erasing.at(5)
        found = listed()
        erasing.at(7 if 6 in erasing.done else 6)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(database, "copy_sqlite", copying)
        patched.setattr(database, "applied", looking)
        patched.setattr(keys, "samples", sampling)
        patched.setattr(parts.Packer, "put", packing)
        patched.setattr(erased_list, "of_database", listing)
        yield


@pytest.mark.django_db(transaction=True)
def test_nobody_who_is_erased_meanwhile_can_be_read_after_a_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    erasing = Erasing(make_hall())
    catch_up()
    erasing.at(0)
    file, data = tmp_path / "hall.backup", str(settings.SERVICEHALL_DATA)
    monkeypatch.setenv("SERVICEHALL_DATA", data)
    with at_every_moment(erasing, monkeypatch):
        assert main(["backup", str(file), "--data", data]) == 0
    assert erasing.done == list(range(len(MOMENTS)))
    catch_up()
    gone, stays = set(erasing.people[:-1]), name_of(len(MOMENTS))
    beside = set(erased_list.read(tmp_path / "erased.list"))
    assert beside & gone == set(erasing.people[:BESIDE_IT])
    assert gone <= set(erased_list.read(erased_list.path()))

    alone = file.rename(ready(place.data) / "alone.backup")
    # Only the file is left: who was erased before its list was made is erased again.
    code, said = place.restore(alone, "--replace")
    assert code == 0, said
    assert place.asks(OPENED) == [name_of(number) for number in range(IN_THE_FILE, len(MOMENTS) + 1)]
    assert_nothing_left(place, range(IN_THE_FILE))
    assert set(erasing.people[:IN_THE_FILE]) <= set(erased_list.read(place.data / "erased.list"))

    code, said = place.restore(alone, "--replace", "--erased", erased_list.path())
    assert code == 0, said
    assert place.asks(OPENED) == [stays]
    assert_nothing_left(place, range(len(MOMENTS)))
    assert gone <= set(erased_list.read(place.data / "erased.list"))
    living = place.rows("SELECT count(*) FROM kernel_datakey WHERE destroyed_at IS NULL AND use = 'person'")
    assert living == [(1,)]


def assert_nothing_left(place: Place, erased: range) -> None:
    """Neither in a row nor between rows: names are sealed anyway, notes about visits are not."""
    rows, pages = place.dump(), place.pages()
    found = [one for one in erased if note_of(one) in rows or note_of(one) in pages]
    assert found == [], [MOMENTS[one] for one in found]
    assert note_of(len(MOMENTS)) in rows


@pytest.mark.django_db(transaction=True)
def test_what_had_to_follow_an_erasure_before_the_backup_leaves_nothing_between_the_rows(
    tmp_path: Path, place: Place
) -> None:
    erasing = Erasing(make_hall())
    catch_up()
    erasing.at(0)
    made = take(tmp_path / "hall.backup")
    ready(place.data)
    code, said = place.restore(made.file)
    assert code == 0, said
    assert "after the backup was made: 0 customers" in said
    assert_nothing_left(place, range(1))


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
def test_a_backup_says_of_itself_what_its_copy_holds_and_not_the_hall_of_a_second_later(
    tmp_path: Path,
) -> None:
    Erasing(make_hall())
    copy = tmp_path / "copy"
    database.copy_sqlite(Path(connection.settings_dict["NAME"]), copy)
    before = keys.samples()
    DataKey.objects.update(root_version=9)
    assert [one["root"] for one in keys.samples()] == [9]
    held = database.held_by(copy)
    assert held.root_keys == before
    assert held.migrations == database.applied()
    DataKey.objects.update(wrapped=b"", destroyed_at=datetime.now(UTC))
    assert keys.samples() == []


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
def test_what_a_killed_backup_or_restore_left_open_goes_with_the_next(tmp_path: Path) -> None:
    make_hall()
    left = Path(settings.SERVICEHALL_DATA) / ".backup-killed"
    left.mkdir()
    (left / database.FILE).write_bytes(b"everybody")
    made = take(tmp_path / "hall.backup")
    assert not left.exists()
    place = tmp_path / "elsewhere"
    stage = place / ".restore-1"
    stage.mkdir(parents=True)
    (stage / "servicehall.sqlite3").write_bytes(b"everybody")
    with pytest.raises(UnusableKey), restoring.opened(made.file, place):
        pass
    assert not stage.exists()
