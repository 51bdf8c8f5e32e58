"""The hall asks its witnesses: what they sign is kept and shown; one that is dead or refuses holds up nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servicehall import verify_evidence as verifier
from servicehall.kernel import chores
from servicehall.kernel.rights import SYSTEM
from servicehall.processes.witness.signing import Signing
from servicehall.rooms.trust import actions, keys, notes, queries, witnessing
from servicehall.rooms.trust.models import Checkpoint, Cosignature, Leaf, Tile, TreeHead, WitnessAnswer
from tests.processes.test_witness import serving
from tests.rooms.trust.log import SITE, signed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rested() -> Iterator[None]:
    witnessing.rest_no_more()
    yield
    witnessing.rest_no_more()


@pytest.fixture
def witness(tmp_path: Path, settings: Any) -> Iterator[Signing]:
    """A witness that knows our log."""
    with serving(tmp_path, logs=[verifier.key_of(keys.signer().verifier_key)]) as (url, signing):
        settings.WITNESSES = f"{url} {signing.published}"
        yield signing


def test_each_checkpoint_is_cosigned_once_and_the_receipt_carries_it(witness: Signing) -> None:
    for size in (10, 300, 310):
        signed(size if size == 10 else 290 if size == 300 else 10)
        witnessing.submit_to_all()
        witnessing.submit_to_all()
        assert witness.sizes() == {keys.signer().origin: size}
    assert Cosignature.objects.count() == 3
    receipt = queries.receipt(SITE, 5, actor=SYSTEM)
    _record, told = verifier.check_receipt(
        receipt, verifier.key_of(keys.signer().verifier_key), [verifier.key_of(witness.published)]
    )
    assert told[1].startswith("witness w1.example signed at")
    (view,) = queries.standing().witnesses
    assert (view.name, view.size, view.status, view.refuses) == ("w1.example", 310, 200, False)


def test_a_lost_answer_is_made_good(witness: Signing) -> None:
    """The witness signed and we never heard of it: it says what it knows, and goes on from there."""
    signed(10)
    witnessing.submit_to_all()
    Cosignature.objects.all().delete()
    signed(10)
    witnessing.submit_to_all()
    assert list(Cosignature.objects.values_list("checkpoint__size", flat=True)) == [20]


def test_a_log_that_was_rewritten_finds_no_witness(witness: Signing) -> None:
    signed(300)
    witnessing.submit_to_all()
    # Somebody with the database and the key makes everything anew, only shorter and with other salts.
    for table in (Cosignature, Checkpoint, TreeHead, Tile, Leaf):
        table.objects.all().delete()
    from servicehall.kernel.models import Cursor, Event

    Event.objects.filter(seq=300).delete()
    Cursor.objects.all().delete()
    signed(40)
    witnessing.submit_to_all()
    assert Cosignature.objects.count() == 0
    assert WitnessAnswer.objects.get().status in {409, 422}
    assert queries.standing().witnesses[0].refuses
    assert witness.sizes() == {keys.signer().origin: 300}


def test_dead_and_silent_witnesses_hold_up_nobody(
    witness: Signing, settings: Any, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnessing, "PATIENCE", 0.7)
    other = notes.verifier_key(
        "dead.example", notes.COSIGNATURE, Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    )
    third = notes.verifier_key(
        "mute.example", notes.COSIGNATURE, Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    )
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        settings.WITNESSES += (
            f",http://127.0.0.1:{free_port} {other},http://127.0.0.1:{mute.getsockname()[1]} {third}"
        )
        signed(10)
        started = time.monotonic()
        chores.run_due()
        # The round goes on at once: signing and followers do not wait for the network.
        assert time.monotonic() - started < 0.5
        until = time.monotonic() + 10
        while Cosignature.objects.count() < 1 and time.monotonic() < until:
            time.sleep(0.02)
        assert list(Cosignature.objects.values_list("witness", flat=True)) == ["w1.example"]
        signed(10)
        assert Checkpoint.objects.count() == 2
        chores.wait()
    states = {one.name: one.status for one in queries.standing().witnesses}
    assert states == {"w1.example": 200, "dead.example": 0, "mute.example": 0}


def test_false_cosignatures_are_not_kept(witness: Signing) -> None:
    signed(10)
    one = notes.Witness(
        "http://nowhere.example", "w1.example", Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    )
    newest = queries.checkpoint()
    line = witness.add_checkpoint(f"old 0\n\n{newest.note}".encode())
    text = newest.note.split("\n\n")[0] + "\n"
    assert one.own_line(text, line) is None
    assert one.own_line(text, "— w1.example !!!\n— w1.example\n\n—\n") is None
    assert actions.make_checkpoint() is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    "setting",
    ["http://w.example", "ftp://w.example w+00000000+AAAA", "http://w.example w+zz+!!", "x", "http://w.example +1+AA",
     "http://w.example " + notes.verifier_key("w", notes.ED25519, b"\1" * 32),
     "http://w.example " + notes.verifier_key("w", notes.COSIGNATURE, b"\1" * 32).replace("+B", "+C")],
)  # fmt: skip
def test_a_setting_that_names_no_witness_is_refused(setting: str) -> None:
    with pytest.raises(notes.NoWitness):
        notes.witnesses(setting)
