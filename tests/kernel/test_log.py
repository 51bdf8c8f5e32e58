"""The log: numbered without gaps, never late, written with the state or not at all."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import connection

from servicehall.kernel import clock, events, followers, transactions
from servicehall.kernel.events import StoredEvent, fact, record
from servicehall.kernel.models import Cursor
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import INSTALLATION, OtherSite, OutsideTransaction, transaction


@fact("test.happened")
@dataclass(frozen=True, slots=True)
class Happened:
    """Something, for these tests."""

    n: int
    which: UUID


def write(site: UUID, n: int) -> None:
    """One transaction with one event."""
    with transaction(site):
        record(Happened(n, site), actor=SYSTEM, at=clock.now())


@pytest.mark.django_db
def test_an_event_comes_back_as_it_was_recorded() -> None:
    site, visit, at = uuid4(), uuid4(), clock.now()
    with transaction(site):
        record(Happened(7, site), actor=SYSTEM, at=at, subject_id=visit, visit_id=visit)
    (stored,) = events.after(site, 0)
    assert stored == StoredEvent(
        site, 1, "test.happened", 1, at, "system", None, "system", visit, visit, {"n": 7, "which": str(site)}
    )
    assert events.of_visit(visit) == [stored]
    assert events.last_seq(site) == 1


@pytest.mark.django_db
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        record(Happened(1, INSTALLATION), actor=SYSTEM, at=clock.now())


@pytest.mark.django_db
def test_nothing_is_written_when_the_act_fails() -> None:
    site = uuid4()

    def act() -> None:
        with transaction(site):
            record(Happened(1, site), actor=SYSTEM, at=clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert events.after(site, 0) == []
    write(site, 2)
    assert [e.seq for e in events.after(site, 0)] == [1]


@pytest.mark.django_db
def test_an_inner_transaction_joins_and_another_sites_is_refused() -> None:
    site = uuid4()
    with transaction(site):
        write(site, 1)
        write(site, 2)
        with pytest.raises(OtherSite):
            write(uuid4(), 3)
    assert [e.data["n"] for e in events.after(site, 0)] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_no_gap_and_a_reader_never_misses_a_late_one() -> None:
    sites = [uuid4(), uuid4()]
    seen: dict[UUID, list[int]] = {site: [] for site in sites}
    writing = threading.Event()
    writing.set()

    def writer(site: UUID) -> None:
        for n in range(25):
            write(site, n)
        connection.close()

    def reader() -> None:
        while True:
            last_round = not writing.is_set()
            for site in sites:
                start = seen[site][-1] if seen[site] else 0
                seen[site] += [e.seq for e in events.after(site, start)]
            if last_round:
                break
        connection.close()

    threads = [threading.Thread(target=writer, args=(site,)) for site in sites for _ in range(4)]
    watching = threading.Thread(target=reader)
    for thread in (*threads, watching):
        thread.start()
    for thread in threads:
        thread.join()
    writing.clear()
    watching.join()
    assert seen == {site: list(range(1, 101)) for site in sites}


@pytest.mark.django_db
def test_a_follower_sees_each_event_once_in_order_and_goes_on_after_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = uuid4()
    seen: list[int] = []
    broken = {"at": 3}

    def handle(batch: list[StoredEvent]) -> None:
        for event in batch:
            if event.data["n"] == broken["at"]:
                raise RuntimeError("not now")
        seen.extend(event.data["n"] for event in batch)

    monkeypatch.setattr(followers, "_registered", {})
    followers.follower("test", kinds=("test.*",))(handle)
    for n in range(1, 6):
        write(site, n)
    followers.run_pending()
    assert seen == []
    assert Cursor.objects.get(follower="test").failures == 1
    # Its time has come again: events go one by one up to the one that fails.
    Cursor.objects.update(retry_at=None)
    followers.run_pending()
    assert seen == [1, 2]
    broken["at"] = 0
    Cursor.objects.update(retry_at=None)
    followers.run_pending()
    assert seen == [1, 2, 3, 4, 5]
    assert Cursor.objects.get(follower="test").seq == 5
    assert followers.run_pending() == 0


@pytest.mark.django_db
def test_a_transaction_leaves_nothing_open_behind() -> None:
    site = uuid4()
    write(site, 1)
    with pytest.raises(OutsideTransaction):
        transactions.pending()
