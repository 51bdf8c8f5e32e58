"""Unique values planted everywhere are nowhere after an erasure: not in the database, not in its files, not in logs.

Before it, none stands anywhere in the clear but in free texts about a visit, which the erasure empties.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from servicehall.kernel import clock, events, timers
from servicehall.kernel.protection import erased_list, keys
from servicehall.kernel.protection.fields import is_erased
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.models import Customer, Joining
from servicehall.rooms.feedback.models import Rating
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.trust import actions as trust
from servicehall.rooms.trust import queries as evidence
from tests.confirming import Confirming
from tests.hall import CUSTOMER, Hall, catch_up, make_hall, minutes, text
from tests.processes.backup.restored import Place, ready, take
from tests.rooms.customers.counter import code_for, organisation

NEEDLES = {
    "name": "NeedleName",
    "phone": "+8613877665544",
    "email": "needle.mail@example.com",
    "address": "NeedleStreet",
    "notes": "NeedleNotes",
    "id_number": "110105194912319876",
    "ticket note": "NeedleTicket",
    "hold reason": "NeedleHold",
    "comment": "NeedleComment",
    "second name": "NeedleTwin",
    "answer": "NeedleAnswer",
}
PLACES = (
    "/ops/mall",
    "/ops/mall/tickets.csv",
    "/ops/mall/figures.csv",
    "/ops/evidence/acts.csv",
    "/ops/mall/mailbox",
    "/ops/mall/duplicates",
    "/ops/mall/erasures",
    "/desk/mall/customers",
)
FREE_TEXTS = {"ticket note", "hold reason", "comment"}
OPENED = """
from servicehall.rooms.customers.models import Customer
print(json.dumps([[getattr(row, name) for name in Customer.MASKS] for row in Customer.objects.all()]))
"""
"""What every customer's fields say in a restored hall."""


def dump() -> str:
    """Every column of every table as text, bytes in several forms."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, (bytes, memoryview)) else None
                    found.append(f"{raw!r} {raw.hex()}" if raw is not None else str(value))
    return "\n".join(found)


def seen(text: str) -> set[str]:
    """Which needles stand there, also as hexadecimal digits or without the country."""
    return {
        what
        for what, needle in NEEDLES.items()
        if any(form in text for form in (needle, needle.encode().hex(), needle.removeprefix("+86")))
    }


def live(hall: Hall) -> Customer:
    """A customer's day over every channel, a needle in each place where one fits."""
    phone = Client(headers={"Accept-Language": "en"})
    tenant = str(organisation(hall))
    phone.post("/me/code", {"address": NEEDLES["phone"], "organisation": tenant})
    phone.post("/me/enter", {"address": NEEDLES["phone"], "organisation": tenant, "code": code_for(hall)})
    questions(hall, phone)
    phone.post("/me/edit", {"name": NEEDLES["name"], "address": NEEDLES["address"]})
    wang = Customer.objects.get()
    with clock.at(minutes(2)):
        form = {"address": NEEDLES["email"], "organisation": tenant}
        phone.post("/me/contact", form)
        phone.post("/me/contact", {**form, "code": code_for(hall)})
    agent, manager = hall.actors["agent"], hall.actors["manager"]
    actions.correct_customer(customer_id=wang.pk, fields={"notes": NEEDLES["notes"]}, by=agent)
    actions.verify_identity(
        customer_id=wang.pk, document="resident-id", number=NEEDLES["id_number"], by=agent
    )
    actions.unmask_field(customer_id=wang.pk, field="phone", reason="contact", by=manager)
    queries.find_customers(organisation(hall), NEEDLES["phone"], actor=agent)
    twin = actions.add_customer(
        organisation_id=organisation(hall), by=agent,
        fields={"name": NEEDLES["second name"], "phone": NEEDLES["phone"], "notes": NEEDLES["notes"]},
    )  # fmt: skip
    actions.join_customers(kept_id=wang.pk, gone_id=twin.pk, by=manager)
    visit(hall, wang)
    return wang


def questions(hall: Hall, phone: Client) -> None:
    """Answer a form with a question in own words."""
    serve = actions.add_purpose(
        organisation_id=organisation(hall), slug="serve", titles=text("Serve"), texts=text("Why."),
        uses=["words"], basis="service", by=SYSTEM,
    )  # fmt: skip
    asked = {"key": "own-needs", "field": "words", "labels": text("Needs?")}
    draft = actions.draft_form(
        organisation_id=organisation(hall), step="own-page", questions=[asked],
        purposes=[serve.purpose_id], by=SYSTEM,
    )  # fmt: skip
    actions.publish_form(version_id=draft.pk, by=SYSTEM)
    sent = phone.post("/me/register", {"version": str(draft.pk), "own-needs": NEEDLES["answer"]})
    assert sent.status_code == 303


def visit(hall: Hall, wang: Customer) -> None:
    from servicehall.rooms.feedback import actions as feedback

    taken = hall.issue(customer_id=wang.pk, note=NEEDLES["ticket note"])
    counter, agent = hall.open(), hall.actors["agent"]
    hall.next(at=minutes(1))
    queue.start(ticket_id=taken.pk, by=agent, at=minutes(2))
    queue.hold(ticket_id=taken.pk, reason=NEEDLES["hold reason"], by=agent, at=minutes(3))
    queue.resume(ticket_id=taken.pk, counter_id=counter, by=agent, at=minutes(4))
    queue.finish(ticket_id=taken.pk, by=agent, at=minutes(5))
    feedback.rate_visit(
        served=queueing.served_visit(taken.pk), score=5, reasons=[], comment=NEEDLES["comment"],
        by=CUSTOMER, at=minutes(6),
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_no_needle_is_left_anywhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], database_kind: str, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG, logger="servicehall")
    with clock.at(minutes(0)):
        hall = make_hall()
        wang = live(hall)
        assert seen(dump()) == FREE_TEXTS, "protected fields are nowhere in the clear from the beginning"
        asked = actions.ask_erasure(customer_id=wang.pk, by=queries.known_customer("phone", wang.pk))
        actions.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
    with clock.at(minutes(10)):
        catch_up()
        timers.run_due()
        catch_up()
    assert Rating.objects.get().comment == ""
    assert seen(dump()) == set()
    if database_kind == "sqlite":
        assert seen(files()) == set()
    output = capfd.readouterr()
    assert seen(caplog.text + output.out + output.err) == set()
    for row in Customer.objects.all():
        assert [getattr(row, name) for name in Customer.MASKS] == [""] * 6
    assert Joining.objects.count() == 1
    for site in (organisation(hall), hall.id):
        log = events.after(site, 0)
        assert [e.seq for e in log] == list(range(1, len(log) + 1))
    with clock.at(minutes(11)):
        assert seen(taken_out(hall, tmp_path)) == set()
        assert not queries.find_customers(organisation(hall), NEEDLES["phone"], actor=hall.actors["manager"])
        assert not queries.find_customers(
            organisation(hall), NEEDLES["id_number"], actor=hall.actors["manager"]
        )


def taken_out(hall: Hall, folder: Path) -> str:
    """All that leaves the house: pages, figures and tickets as files, the evidence with its records, a backup."""
    trust.make_checkpoint()
    evidence.export(folder / "log", with_records=True)
    found = [
        path.read_bytes().decode("utf-8", "replace") for path in (folder / "log").rglob("*") if path.is_file()
    ]
    manager = Confirming(headers={"Accept-Language": "en"})
    manager.force_login(hall.people["manager"])
    for address in PLACES:
        answer = manager.get(address)
        assert answer.status_code == 200, address
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found.append(body.decode("utf-8-sig", "replace"))
    return "\n".join(found)


@pytest.mark.django_db(transaction=True)
def test_a_backup_from_before_an_erasure_holds_no_needle_once_it_is_restored(
    tmp_path: Path, database_kind: str, request: pytest.FixtureRequest
) -> None:
    """Restored with the living root keys and list of erased persons: wrapped keys in it are destroyed again."""
    with clock.at(minutes(0)):
        hall = make_hall()
        wang = live(hall)
        catch_up()
        made = take(tmp_path / "hall.backup")
        assert seen(made.file.read_bytes().decode("latin-1")) == set(), "a backup is sealed"
        asked = actions.ask_erasure(customer_id=wang.pk, by=queries.known_customer("phone", wang.pk))
        actions.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
        catch_up()
    url = request.getfixturevalue("postgresql_url") if database_kind == "postgresql" else ""
    place = Place(ready(tmp_path / "elsewhere"), url)
    code, said = place.restore(made.file, "--erased", erased_list.path())
    assert code == 0, said
    assert "erased after the backup was made: 1 customers" in said
    assert seen(place.dump()) == set()
    assert seen(place.pages()) == set()
    assert place.asks(OPENED) == [["", "", "", "", "", ""]] * 2, "nothing opens with the living root keys"
    assert place.rows(
        "SELECT count(*) FROM kernel_datakey WHERE destroyed_at IS NULL AND use = 'person'"
    ) == [(0,)]
    assert str(wang.pk) in (place.data / "erased.list").read_text()
    assert place.rows("SELECT count(*) FROM customers_customer WHERE erased_at IS NULL") == [(0,)]


def files() -> str:
    """The database's file after its pages were written anew, as a copy of it would be."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    name = str(connection.settings_dict["NAME"])
    return Path(name).read_bytes().decode("utf-8", "replace")


@pytest.mark.django_db
def test_an_old_copy_of_the_rows_stays_closed_with_the_living_keys() -> None:
    with clock.at(minutes(0)):
        hall = make_hall()
        wang = live(hall)
        table = Customer._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT name, phone, notes FROM {table} WHERE id = %s", [_id(wang)])
            copy = cursor.fetchone()
        asked = actions.ask_erasure(customer_id=wang.pk, by=queries.known_customer("phone", wang.pk))
        actions.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET name = %s, phone = %s, notes = %s WHERE id = %s", [*copy, _id(wang)]
        )
    keys.forget()
    row = Customer.objects.get(pk=wang.pk)
    for field in ("name", "phone", "notes"):
        assert is_erased(getattr(row, field))
        assert getattr(row, field) == ""


def _id(customer: Customer) -> Any:
    return customer.pk if connection.vendor == "postgresql" else customer.pk.hex


@pytest.mark.django_db
def test_every_protected_table_is_known_to_the_erasure() -> None:
    """A new table with protected fields must be a customer's, or its rows must go with their own rule."""
    from servicehall.kernel.protection.rotation import protected_tables

    assert {model._meta.label for model in protected_tables()} == {
        "booking.Appointment",  # rooms/booking/keeping.py
        "booking.WaitingEntry",
        "customers.Answer",
        "customers.CorrectionRequest",
        "customers.Customer",
        "customers.FaceTemplate",
        "customers.Passkey",
        "services.Instance",
        "services.Upload",
        "outgoing.Message",
        "outgoing.Refusal",
        "webhooks.Endpoint",  # a secret of another system's, nobody's data
    }
    assert apps.get_model("outgoing", "Message") is not None
    with transaction():
        assert keys.counts() == {}
