"""New keys while the hall works: with progress, to be stopped and taken up again, nothing lost."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from servicehall.cli import main
from servicehall.kernel import events
from servicehall.kernel.models import DataKey, KeyChange
from servicehall.kernel.protection import keys, root_keys, rotation
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.customers.models import Customer
from tests.kernel.protection.persons import WANG, add, fresh, organisation


def numbered(tenant: Any, count: int) -> list[Customer]:
    return [add(tenant, **{**WANG, "phone": f"1381234{n:04}"}) for n in range(count)]


def all_readable(customers: list[Customer]) -> bool:
    return [fresh(one).phone for one in customers] == [f"1381234{n:04}" for n in range(len(customers))]


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "WRAPPED_AT_ONCE", 4)
    monkeypatch.setattr(rotation, "PERSONS_AT_ONCE", 2)


@pytest.mark.django_db
def test_a_new_root_key_wraps_everything_and_the_old_one_can_go(root_file: Path, small_steps: None) -> None:
    customers = numbered(organisation(), 7)
    before = {row.pk: bytes(row.wrapped) for row in DataKey.objects.all()}
    assert root_keys.add() == 2
    keys.forget()
    assert all_readable(customers), "the old root key still opens"
    steps = list(rotation.change_root(by=SYSTEM))
    assert [step.done for step in steps] == [0, 4, 8, 11, 11]
    assert keys.counts() == {2: 11}  # seven customers and four indexes
    assert all(bytes(row.wrapped) != before[row.pk] for row in DataKey.objects.all())
    root_keys.drop(1)
    keys.forget()
    assert all_readable(customers)
    facts = [e.data for e in events.after(INSTALLATION, 0) if e.kind == "protection.keys-changed"]
    assert facts == [{"change": "root", "root_version": 2, "count": 11}]


@pytest.mark.django_db
def test_new_data_keys_leave_no_old_ciphertext_and_no_old_key(small_steps: None) -> None:
    customers = numbered(organisation(), 5)
    old = {row.owner_id: bytes(row.wrapped) for row in DataKey.objects.filter(use="person")}
    before = dict(Customer.objects.values_list("pk", "phone_index"))
    steps = list(rotation.change_data(by=SYSTEM))
    assert [(step.done, step.total) for step in steps] == [(0, 5), (2, 5), (4, 5), (5, 5), (5, 5)]
    rows = DataKey.objects.filter(use="person")
    assert {row.version for row in rows} == {2}
    assert all(bytes(row.wrapped) != old[row.owner_id] for row in rows)
    assert all_readable(customers)
    assert fresh(customers[0]).notes == WANG["notes"]
    assert dict(Customer.objects.values_list("pk", "phone_index")) == before


@pytest.mark.django_db
def test_a_stopped_change_goes_on_where_it_was(small_steps: None) -> None:
    customers = numbered(organisation(), 5)
    steps = rotation.change_data(by=SYSTEM)
    next(steps)
    assert next(steps).done == 2
    steps.close()
    assert all_readable(customers), "some under new keys, some under old ones"
    assert [(c.kind, c.done, c.total) for c in rotation.unfinished()] == [("data", 2, 5)]
    again = list(rotation.change_data(by=SYSTEM))
    assert again[0].resumed
    assert [step.done for step in again] == [2, 4, 5, 5]
    assert {row.version for row in DataKey.objects.filter(use="person")} == {2}
    assert rotation.unfinished() == []
    assert all_readable(customers)


@pytest.mark.django_db
def test_an_erased_person_stays_erased_through_both_changes(root_file: Path) -> None:
    mall = organisation()
    gone, stays = numbered(mall, 2)
    with transaction(mall):
        keys.destroy(gone.pk, by=SYSTEM)
    list(rotation.change_data(by=SYSTEM))
    root_keys.add()
    list(rotation.change_root(by=SYSTEM))
    assert fresh(gone).phone == ""
    assert fresh(stays).phone == "13812340001"


@pytest.mark.django_db
def test_a_row_read_before_and_opened_after_the_change_is_read_again() -> None:
    [wang] = numbered(organisation(), 1)
    early = fresh(wang)
    list(rotation.change_data(by=SYSTEM))
    assert early.phone == "13812340000"
    assert early.name == WANG["name"]


@pytest.mark.django_db(transaction=True)
def test_the_hall_reads_and_writes_while_keys_change(small_steps: None) -> None:
    mall = organisation()
    customers = numbered(mall, 12)
    stop, wrong = threading.Event(), list[str]()
    writes = [0]

    def work() -> None:
        try:
            n = 0
            while not stop.is_set():
                one = customers[n % len(customers)]
                if fresh(one).name != WANG["name"]:
                    wrong.append("name")
                with transaction(mall):
                    row = Customer.objects.select_for_update().get(pk=one.pk)
                    row.notes = f"note {n}"
                    row.save()
                writes[0] += 1
                n += 1
        except Exception as problem:  # noqa: BLE001 - told by the test below
            wrong.append(repr(problem))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(3):
        list(rotation.change_data(by=SYSTEM))
    stop.set()
    thread.join()
    assert wrong == []
    assert writes[0] > 0
    assert all_readable(customers)
    assert {row.version for row in DataKey.objects.filter(use="person")} == {4}
    assert not [e for e in events.after(INSTALLATION, 0) if e.kind == "protection.value-refused"]


@pytest.mark.django_db
def test_the_command_shows_changes_and_drops(root_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    customers = numbered(organisation(), 2)
    assert main(["keys", "status"]) == 0
    said = capsys.readouterr().out
    assert "Suite: sm4-gcm. Root keys from the file." in said
    assert "Root key 1 (newest): wraps 6 data keys" in said
    assert main(["keys", "drop-root", "1"]) == 1
    assert main(["keys", "rotate-root"]) == 0
    assert "6 data keys are wrapped by root key 2" in capsys.readouterr().out
    assert main(["keys", "rotate-data"]) == 0
    assert "2 persons have new data keys" in capsys.readouterr().out
    assert main(["keys", "drop-root", "7"]) == 1
    assert main(["keys", "drop-root", "1"]) == 0
    assert list(root_keys.ring().secrets) == [2]
    keys.forget()
    assert all_readable(customers)


@pytest.mark.django_db
def test_the_command_does_not_drop_a_root_key_in_use(
    root_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbered(organisation(), 1)
    root_keys.add()
    assert main(["keys", "drop-root", "1"]) == 1
    assert "still wraps 5 data keys" in capsys.readouterr().err
    KeyChange.objects.create(kind="root", started_at="2026-01-01T00:00Z", total=5, done=1)
    assert main(["keys", "status"]) == 0
    assert "`servicehall keys rotate-root` goes on" in capsys.readouterr().out
    assert main(["keys", "rotate-root"]) == 0
    assert root_keys.ring().newest == 2, "no third key for a change that goes on"
