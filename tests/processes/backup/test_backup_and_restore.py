"""A hall is backed up while tickets are taken, and goes on elsewhere: an empty folder, an empty database."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from servicehall.cli import main
from servicehall.kernel.models import Effect
from servicehall.kernel.protection import erased_list
from servicehall.processes.backup import expiring, finishing, restoring
from servicehall.processes.backup.refusals import BackupRefused
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.customers.queries import known_customer
from servicehall.rooms.queueing.models import Ticket
from tests.hall import Hall, catch_up, make_hall
from tests.processes.backup.restored import Place, ready, take
from tests.rooms.customers.counter import NUMBER, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
LOOK = """
from django.test import Client
from servicehall.kernel import followers
from servicehall.kernel.rights import customer
from servicehall.rooms.customers.models import Customer
from servicehall.rooms.hall.models import Site
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing.models import Ticket
from servicehall.rooms.trust import queries as evidence
from tests.hall import MORNING
codes = Ticket.objects.order_by("-number").values_list("code", flat=True)[:10]
pages = [Client().get(f"/t/{code}").status_code for code in codes]
known = sorted([row.phone, row.email] for row in Customer.objects.all())
made = actions.issue_ticket(site_id=Site.objects.get().pk, service="consult", by=customer("phone"), at=MORNING)
while followers.run_pending():
    pass
print(json.dumps([pages, known, made.number, evidence.audit().faults]))
"""
"""The pages of the last tickets, the customers' contacts, the number of the next ticket, and what the evidence says then."""


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """An empty one, for the kind of database that the test runs on."""
    url = request.getfixturevalue("postgresql_url") if connection.vendor == "postgresql" else ""
    return Place(tmp_path / "elsewhere", url)


@pytest.fixture
def picture() -> Iterator[Path]:
    """An uploaded file."""
    path = Path(settings.MEDIA_ROOT) / "boards" / "a 图.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG" + bytes(range(256)) * 3000)
    yield path
    path.unlink()


@contextlib.contextmanager
def older() -> Iterator[None]:
    """The database as it was before its newest migration of the kernel."""
    with connection.schema_editor() as editor:
        editor.delete_model(Effect)
    MigrationRecorder(connection).record_unapplied("kernel", "0004_effects")
    yield
    with connection.schema_editor() as editor:
        editor.create_model(Effect)
    MigrationRecorder(connection).record_applied("kernel", "0004_effects")


def busy(hall: Hall, stop: threading.Event, taken: list[str]) -> None:
    while not stop.wait(0.02):  # a slow machine's backup shall not become a long one, too
        taken.append(hall.issue().code)
    connection.close()


def test_a_backup_taken_while_tickets_are_is_restored_elsewhere_and_served(
    tmp_path: Path, place: Place, picture: Path
) -> None:
    hall = make_hall()
    li = [signed_in(hall), signed_in(hall, "li@example.com")][1]
    stop, taken = threading.Event(), list[str]()
    thread = threading.Thread(target=busy, args=(hall, stop, taken))
    thread.start()
    try:
        while len(taken) < 10:
            stop.wait(0.01)
        before = len(taken)
        with older():
            made = take(tmp_path / "hall.backup")
        after = len(taken)
    finally:
        stop.set()
        thread.join()
    asked = customers.ask_erasure(customer_id=li.pk, by=known_customer("phone", li.pk))
    customers.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
    catch_up()
    assert (made.media, made.file.stat().st_mode & 0o077) == (1, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hall.backup"]
    assert NUMBER.encode() not in made.file.read_bytes()
    ready(place.data, leave_out=["root.keys"])
    code, said = place.restore(made.file)
    assert (code, "root keys of this hall" in said) == (1, True), said
    assert {path.name for path in place.data.iterdir()} == {"backup.keys", "run.lock"}
    if place.url:
        assert place.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    shutil.copy2(Path(settings.SERVICEHALL_DATA) / "root.keys", place.data)
    if place.url:  # what becomes of a folder that is in use is looked at in test_sealed_files
        place.run("CREATE TABLE stranger (id int)")
        code, said = place.restore(made.file)
        assert (code, "not empty" in said) == (1, True), said
        assert place.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("stranger",)]
    options = ["--erased", erased_list.path(), *(["--replace"] if place.url else [])]
    code, said = place.restore(made.file, *options)
    assert code == 0, said
    assert "erased after the backup was made: 1 customers" in said
    assert "right:" in said
    assert "brought up to date: 1 migrations" in said
    there = [str(row[0]) for row in place.rows("SELECT code FROM queueing_ticket ORDER BY number")]
    assert before <= len(there) <= after + 1
    assert set(taken[:before]) <= set(there) <= set(Ticket.objects.values_list("code", flat=True))
    assert f"with {len(there):,} tickets, 2 customers" in said
    assert place.asks(LOOK) == [[200] * 10, [["", ""], [NUMBER, ""]], f"A{len(there) + 1:03d}", []]
    assert (place.data / "media" / "boards" / picture.name).read_bytes() == picture.read_bytes()
    assert {path.stat().st_mode & 0o077 for path in place.data.glob("*.key*")} == {0}
    assert not [path for path in place.data.iterdir() if path.name.startswith(".")]


@pytest.mark.one_database
def test_the_command_keeps_backups_for_their_days_and_leaves_strangers_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_hall()
    data = settings.SERVICEHALL_DATA
    monkeypatch.setenv("SERVICEHALL_DATA", str(data))
    folder, now = tmp_path / "backups", datetime.now(UTC)
    folder.mkdir()
    old, young = now - timedelta(days=31), now - timedelta(days=29)
    for moment in (old, young):
        take(folder / expiring.name_at(moment), at=moment)
    (folder / "servicehall-notes.backup").write_text("not one of ours")
    assert main(["backup", str(folder), "--keep-days", "30", "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert f"removed: {expiring.name_at(old)}" in said
    assert "Not in it: the root keys" in said
    left = sorted(path.name for path in folder.iterdir())
    assert (len(left), expiring.name_at(young) in left, "servicehall-notes.backup" in left) == (4, True, True)
    assert "erased.list" in left
    assert main(["backup", str(folder / expiring.name_at(young)), "--data", str(data)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["backup", str(tmp_path / "nowhere" / "x"), "--data", str(data)]) == 1


@pytest.mark.one_database
def test_tables_that_this_product_does_not_know_yet_are_refused(tmp_path: Path) -> None:
    head = {"kind": "sqlite", "migrations": [["kernel", "9999_of_tomorrow"]], "root_keys": []}
    stage = restoring.Stage(tmp_path, tmp_path, head, {}, datetime.now(UTC), replace=False)
    with pytest.raises(BackupRefused, match="Update first"):
        finishing.finish(stage, [])
