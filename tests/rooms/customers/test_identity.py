"""Identity: numbers are checked, and a card is read over the reader's real commands."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from servicehall.kernel import events
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.resident_numbers import is_resident_number
from servicehall.processes.card_reader import PretendedCard, PretendedReader
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.documents.cards import CardProblem, read
from servicehall.rooms.customers.documents.readers import FIND, READ, SELECT, ModuleReader, framed, readers_at
from servicehall.rooms.customers.models import Customer
from tests.hall import MORNING, Hall, make_hall
from tests.rooms.customers.counter import facts, organisation, signed_in

pytestmark = pytest.mark.django_db
RESIDENT = "11010519491231002X"
WANG = PretendedCard("王小明", RESIDENT)


@pytest.fixture
def hall() -> Hall:
    return make_hall()


@pytest.fixture(scope="module")
def machine() -> Iterator[PretendedReader]:
    """A reader that listens, with the card that a test lays on it."""
    with PretendedReader("127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


def reader(machine: PretendedReader) -> ModuleReader:
    return ModuleReader("127.0.0.1", machine.port, patience=1.0)


def stored(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def last(hall: Hall) -> Any:
    return events.after(organisation(hall), 0)[-1]


# --- Numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "right"),
    [
        (RESIDENT, True),
        ("440524188001010014", True),
        ("110105194912310021", False),
        ("11010519491331002X", False),
        ("01010519491231002X", False),
        ("11010519491231002x", False),
        ("１１010519491231002X", False),
        ("", False),
    ],
)
def test_the_check_character_and_the_day_of_a_resident_number(number: str, right: bool) -> None:
    assert is_resident_number(number) is right


def test_a_mistyped_number_is_refused_and_nothing_changes(hall: Hall) -> None:
    wang = signed_in(hall)
    for document in ("resident-id", "other"):
        with pytest.raises(BadInput) as caught:
            actions.verify_identity(
                customer_id=wang.pk,
                document=document,
                number="110105194912310021",
                by=hall.actors["agent"],
            )
        assert "check character" in caught.value.facts["errors"]["number"]
    assert stored(wang).level == "contact"
    assert "customer.identified" not in facts(hall)


# --- Cards -----------------------------------------------------------------------------------------


def test_commands_are_framed_as_readers_publish_them() -> None:
    assert framed(FIND).hex() == "aaaaaa96690003200122"
    assert framed(SELECT).hex() == "aaaaaa96690003200221"
    assert framed(READ).hex() == "aaaaaa96690003300132"


def test_a_card_is_read_and_its_name_and_number_are_kept_and_nothing_else(
    hall: Hall, machine: PretendedReader
) -> None:
    wang, agent = signed_in(hall), hall.actors["agent"]
    machine.lay(WANG)
    actions.verify_identity_by_card(customer_id=wang.pk, reader=reader(machine), by=agent, at=MORNING)
    row = stored(wang)
    assert (row.name, row.id_number, row.document, row.level) == (
        "王小明",
        RESIDENT,
        "resident-id",
        "identity",
    )
    assert (row.id_verified_by, row.address) == (agent.id, "")
    assert last(hall).data == {"customer": str(wang.pk), "document": "resident-id", "means": "card"}
    [found] = queries.find_customers(organisation(hall), RESIDENT, actor=agent)
    assert found.pk == wang.pk
    with pytest.raises(actions.NoCard):
        reader(machine).read()  # it has to be laid down again


def test_a_permit_is_read_as_one_and_another_kind_is_not(hall: Hall, machine: PretendedReader) -> None:
    machine.lay(PretendedCard("陈伟", "810000199408230021", "20301231", mark="J"))
    card = reader(machine).read()
    assert (card.kind, card.name, str(card.valid_until)) == ("residence-permit", "陈伟", "2030-12-31")
    assert "陈伟" not in repr(card)
    machine.lay(PretendedCard("SMITH", RESIDENT, mark="I"))
    with pytest.raises(actions.CardUnreadable) as caught:
        reader(machine).read()
    assert caught.value.facts["reason"] == "kind"


@pytest.mark.parametrize(
    ("card", "refusal"),
    [
        (None, "NoCard"),
        (PretendedCard("王小明", RESIDENT, "20260302"), "CardExpired"),
        (PretendedCard("王小明", RESIDENT, "sometime"), "CardUnreadable"),
        (PretendedCard("王小明", "110105194912310021"), "CardUnreadable"),
        (PretendedCard("", RESIDENT), "CardUnreadable"),
        (PretendedCard("李静", RESIDENT), "NameDiffers"),
    ],
)
def test_a_card_that_does_not_do_is_refused_and_changes_nothing(
    hall: Hall, machine: PretendedReader, card: PretendedCard | None, refusal: str
) -> None:
    wang, agent = signed_in(hall), hall.actors["agent"]
    actions.correct_customer(customer_id=wang.pk, fields={"name": "王 小明"}, by=agent, at=MORNING)
    machine.lay(card)
    with pytest.raises(getattr(actions, refusal)):
        actions.verify_identity_by_card(customer_id=wang.pk, reader=reader(machine), by=agent, at=MORNING)
    assert (stored(wang).level, stored(wang).id_number) == ("contact", "")
    assert "customer.identified" not in facts(hall)


def test_the_last_day_of_a_card_is_a_valid_one(hall: Hall, machine: PretendedReader) -> None:
    machine.lay(PretendedCard("王小明", RESIDENT, "20260303"))
    actions.verify_identity_by_card(
        customer_id=signed_in(hall).pk, reader=reader(machine), by=hall.actors["agent"], at=MORNING
    )


def test_a_restricted_record_and_people_without_the_right_do_not_even_read_the_card(
    hall: Hall, machine: PretendedReader
) -> None:
    wang, bank = signed_in(hall), make_hall("bank")
    machine.lay(WANG)
    for actor, refusal in (
        (bank.actors["agent"], NotFound),
        (queries.known_customer("phone", wang.pk), NotAllowed),
    ):
        with pytest.raises((refusal, NotFound)):
            actions.verify_identity_by_card(customer_id=wang.pk, reader=reader(machine), by=actor)
    assert machine.taken() is WANG
    Customer.objects.filter(pk=wang.pk).update(restricted_at=MORNING)
    with pytest.raises(actions.RecordRestricted):
        actions.verify_identity_by_card(customer_id=wang.pk, reader=reader(machine), by=hall.actors["agent"])


def test_a_reader_that_is_away_or_talks_nonsense_is_told_from_an_empty_one() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(actions.ReaderAway):
            ModuleReader("127.0.0.1", nobody.getsockname()[1], patience=0.2).read()
    for nonsense in (
        b"",
        b"HTTP/1.1 200 OK",
        bytes.fromhex("AAAAAA96690008000 09F0000000098".replace(" ", "")),
    ):
        with socket.create_server(("127.0.0.1", 0)) as other:
            answering = threading.Thread(target=_say, args=(other, nonsense))
            answering.start()
            with pytest.raises(actions.ReaderAway):
                ModuleReader("127.0.0.1", other.getsockname()[1], patience=0.2).read()
            answering.join()


def _say(server: socket.socket, content: bytes) -> None:
    line, _where = server.accept()
    with line:
        line.recv(64)
        line.sendall(content)


def test_the_pretended_reader_is_as_strict_as_a_real_one(machine: PretendedReader) -> None:
    machine.lay(WANG)

    def ask(sent: str) -> str:
        with socket.create_connection(("127.0.0.1", machine.port), timeout=1) as line:
            line.sendall(bytes.fromhex(sent))
            return line.recv(64).hex()

    assert ask("aaaaaa96690003200122") == "aaaaaa9669000800009f0000000097"
    assert ask("aaaaaa96690003200123") == "aaaaaa9669000400001014"
    assert ask("aaaaaa966900042001002 5".replace(" ", "")) == "aaaaaa9669000400001115"
    assert ask("aaaaaa96690003300132") == "aaaaaa9669000400004145"
    assert ask("aaaaaa96690003200221") == "aaaaaa9669000400008185"
    assert ask("aaaaaa96690003999990"[:-2] + "03") == "aaaaaa9669000400002125"


@pytest.mark.parametrize("record", [b"", bytes(255), b"\xd8" * 256, bytes(256)])
def test_a_record_that_is_none_is_refused(record: bytes) -> None:
    with pytest.raises(CardProblem):
        read(record)


def test_readers_are_those_of_the_site_in_the_settings(settings: Any) -> None:
    settings.ID_READERS = [("mall", "Desk 1", "tcp://10.0.0.1:4001"), ("bank", "B", "tcp://10.0.0.2:4001")]
    assert list(readers_at("mall")) == ["Desk 1"]
    assert readers_at("nowhere") == {}
