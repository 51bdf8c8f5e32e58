"""Proofs and receipts over the API: right for those who may, refused in words to the rest; the tiles as files."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.test import Client

from servicehall import verify_evidence as verifier
from servicehall.kernel import events
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.trust import actions, merkle, queries
from tests.channels.api.speaking import Api, Place, World
from tests.hall import catch_up
from tests.rooms.trust.log import note


@pytest.fixture
def signed(mall: Place) -> Place:
    """Some acts, in the tree and signed."""
    for _ in range(3):
        mall.take()
    catch_up()
    actions.make_checkpoint()
    return mall


def key() -> verifier.Key:
    return verifier.key_of(queries.checkpoint().verifier_key)


def last(mall: Place) -> int:
    return events.last_seq(mall.hall.id)


def test_an_inclusion_is_what_the_verifier_wants(signed: Place) -> None:
    answer = signed.api("manager").get(f"/evidence/inclusion?site=mall&seq={last(signed)}")
    assert answer.status == 200
    found = answer.json
    checkpoint = verifier.checkpoint_of(found["checkpoint"]["note"])
    verifier.check_signatures(checkpoint, key())
    verifier.check_inclusion(
        verifier.leaf_hash(found["leaf"].encode()),
        found["index"],
        checkpoint.size,
        [base64.b64decode(one) for one in found["proof"]],
        checkpoint.root,
    )
    assert json.loads(found["leaf"])["seq"] == last(signed)
    assert found["checkpoint"]["size"] == checkpoint.size
    assert found["checkpoint"]["root"] == base64.b64encode(checkpoint.root).decode()


def test_a_receipt_stands_alone(signed: Place) -> None:
    found = signed.api("integration").get(f"/evidence/receipt?site={signed.hall.id}&seq={last(signed)}").json
    record, _told = verifier.check_receipt(found, key())
    assert (record["kind"], record["seq"]) == ("ticket.issued", last(signed))


def test_checkpoints_and_consistency_are_for_everybody(signed: Place) -> None:
    public = signed.api()
    old = public.get("/evidence/checkpoint").json
    signed.take()
    catch_up()
    actions.make_checkpoint()
    new = public.get("/evidence/checkpoint").json
    proof = public.get(f"/evidence/consistency?from={old['size']}&to={new['size']}").json
    assert (proof["old"], proof["new"]) == (old["size"], new["size"]) == (old["size"], old["size"] + 1)
    verifier.check_pair(old["note"], new["note"], proof["proof"], key())


def test_evidence_needs_the_right_at_the_site(world: World) -> None:
    mall = world.mall
    address = f"/evidence/receipt?site=mall&seq={last(mall)}"
    assert mall.api().get(address).status == 401
    for role, status in (("kiosk", 403), ("desk", 403), ("manager", 409), ("integration", 409)):
        answer = mall.api(role).get(address)
        assert answer.status == status, role
        assert answer.kind == ("not-in-tree-yet" if status == 409 else "not-allowed")
    assert world.bank.api("manager").get(address).status == 404
    catch_up()
    actions.make_checkpoint()
    assert mall.api("manager").get(address).status == 200
    # What belongs to no site is for a token of all sites.
    whole = "/evidence/receipt?site=installation&seq=1"
    assert mall.api("manager").get(whole).status == 404
    answer = Api(world.everywhere).get(whole)
    assert answer.status == 200
    assert json.loads(answer.json["record"])["site"] == str(INSTALLATION)


def test_bad_input_is_refused_in_words(signed: Place) -> None:
    for query, status in (
        ("inclusion?site=mall&seq=0", 422),
        ("inclusion?site=mall", 422),
        ("inclusion?site=mall&seq=999999", 404),
        ("inclusion?site=mall&seq=9223372036854775808", 422),
        ("inclusion?site=nowhere&seq=1", 404),
        ("receipt?site=%00&seq=1", 422),
        ("consistency?from=3&to=2", 422),
        ("consistency?from=0&to=99999999", 422),
        ("consistency?from=-1&to=2", 422),
        ("consistency?from=a&to=b", 422),
    ):
        answer = signed.api("manager").get(f"/evidence/{query}")
        assert answer.status == status, query
        assert answer.json["title"]


def test_before_anything_is_signed_there_is_nothing_to_give(mall: Place) -> None:
    assert mall.api().get("/evidence/checkpoint").kind == "not-in-tree-yet"


# --- Files -------------------------------------------------------------------------------------------


@pytest.fixture
def files(db: None, settings: Any) -> Client:
    settings.ROOT_URLCONF = "servicehall.urls"
    note(300)
    catch_up()
    actions.make_checkpoint()
    return Client()


def test_the_tree_can_be_copied_over_http_and_makes_the_signed_root(files: Client) -> None:
    answer = files.get("/evidence/checkpoint")
    assert answer["Content-Type"].startswith("text/plain")
    checkpoint = verifier.checkpoint_of(answer.content.decode())
    verifier.check_signatures(checkpoint, key())
    tree = verifier.Tree()
    for number in range((checkpoint.size + 255) // 256):
        width = min(256, checkpoint.size - number * 256)
        bundle = files.get(f"/evidence/{verifier.tile_path('entries', number, width)}")
        hashes = files.get(f"/evidence/{verifier.tile_path('0', number, width)}")
        assert (bundle.status_code, hashes.status_code) == (200, 200)
        assert (
            ("immutable" in hashes["Cache-Control"])
            is ("immutable" in bundle["Cache-Control"])
            is (width == 256)
        )
        leaves = [verifier.leaf_hash(entry) for entry in verifier.entries_of(bundle.content)]
        assert hashes.content == b"".join(leaves)
        for leaf in leaves:
            tree.add(leaf)
    assert tree.root() == checkpoint.root
    assert files.get("/evidence/tile/1/000.p/1").content == merkle.fold(
        files.get("/evidence/tile/0/000").content
    )
    assert files.get(f"/evidence/checkpoint/{checkpoint.size}").content == answer.content


def test_what_is_not_there_is_not_found(files: Client) -> None:
    for path in (
        "tile/0/001", "tile/0/009", "tile/0/000.p/256", "tile/9/000", "tile/63/x999/x999/x999/x999/x999/999",
        "tile/0/0", "tile/entries/777", "tile/data/000", "tile/0/../0/000", "checkpoint/7777777",
        "checkpoint/99999999999999999999",
    ):  # fmt: skip
        assert files.get(f"/evidence/{path}").status_code == 404, path


def test_the_verifier_can_be_had_here(files: Client) -> None:
    answer = files.get("/evidence/verify_evidence.py")
    assert b"def check_receipt" in answer.content
    assert files.post("/evidence/checkpoint").status_code == 405
