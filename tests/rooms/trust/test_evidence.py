"""From the log into the tree: every event once, in order, whoever dies; and what audits and proofs make of it."""

from __future__ import annotations

import base64
import threading
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from servicehall import verify_evidence as verifier
from servicehall.kernel import events, sql
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.models import Cursor, Event
from servicehall.kernel.rights import SYSTEM, Actor, Grant
from servicehall.rooms.trust import actions, entries, keys, queries, reactions, store
from servicehall.rooms.trust.models import Checkpoint, Leaf, Tile, TreeHead
from tests.rooms.trust.log import AT, OTHER, SITE, catch_up, note, signed

MANAGER = Actor("staff", UUID(int=7), "ops", "Manager", (Grant("manager", frozenset({SITE})),))
AGENT = Actor("staff", UUID(int=8), "desk", "Agent", (Grant("agent", frozenset({SITE})),))


def key() -> verifier.Key:
    return verifier.key_of(keys.signer().verifier_key)


@pytest.mark.django_db
def test_every_event_of_every_log_becomes_a_leaf_in_the_logs_order() -> None:
    note(300)
    note(5, site=OTHER)
    note(2)
    catch_up()
    found = list(Leaf.objects.order_by("index").values_list("site_id", "seq"))
    assert len(found) == store.head()[0] == 307
    assert [seq for site, seq in found if site == SITE] == list(range(1, 303))
    assert [seq for site, seq in found if site == OTHER] == [1, 2, 3, 4, 5]
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(307))


@pytest.mark.django_db
def test_a_leaf_says_what_happened_and_nothing_about_whom() -> None:
    note(1, by=MANAGER, visit=UUID(int=9))
    catch_up()
    (leaf,) = store.leaves(0, 1)
    assert leaf.facts == {
        "at": "2026-03-03T02:00:00.250000Z",
        "commitment": leaf.facts["commitment"],
        "kind": "test.noted",
        "seq": 1,
        "site": str(SITE),
        "type": "servicehall.event.v1",
    }
    assert leaf.salt is not None
    (event,) = events.after(SITE, 0)
    assert leaf.facts["commitment"] == entries.commitment(leaf.salt, entries.record(event))
    # The same event with another salt is another leaf: nobody finds the record by trying.
    assert entries.leaf(event, b"\1" * 32) != leaf.entry


@pytest.mark.one_database
def test_the_text_of_a_record_is_fixed() -> None:
    """A later version that wrote any of this differently could not check what is recorded today."""
    event = events.StoredEvent(
        SITE, 3, "test.noted", 1, AT.replace(microsecond=0), "staff", UUID(int=7), "desk", None, None,
        {"z": 1e16, "a": 120.0, "b": 1.5e-7, "c": [None, True, "大\n\"厅\u2028"], "d": {"y": 2**53, "x": -0.5}},
    )  # fmt: skip
    assert entries.record(event).decode() == (
        '{"actor_id":"00000000-0000-0000-0000-000000000007","actor_kind":"staff","at":"2026-03-03T02:00:00Z",'
        '"channel":"desk","data":{"a":120.0,"b":1.5e-7,"c":[null,true,"大\\n\\"厅\u2028"],"d":{"x":-0.5,'
        '"y":9007199254740992},"z":1e+16},"kind":"test.noted","seq":3,'
        '"site":"00000000-0000-0000-0000-00000000000a","subject_id":null,"version":1,"visit_id":null}'
    )


@pytest.mark.django_db
def test_an_append_and_a_proof_take_a_fixed_number_of_statements(django_assert_max_num_queries: Any) -> None:
    signed(700)
    note(5)
    batch = events.after(SITE, 700)
    with django_assert_max_num_queries(5):
        store.append(batch)
    with django_assert_max_num_queries(3):
        queries.receipt(SITE, 17, actor=SYSTEM)
    with django_assert_max_num_queries(2):
        queries.consistency(300, 700)


@pytest.mark.django_db
def test_a_checkpoint_is_made_when_something_is_new_and_is_the_logs_own() -> None:
    assert actions.make_checkpoint() is None
    first = signed(10)
    assert actions.make_checkpoint() is None
    assert Checkpoint.objects.count() == 1
    second = signed(500)
    proof = [base64.b64encode(one).decode() for one in queries.consistency(first.size, second.size)]
    verifier.check_pair(first.note, second.note, proof, key())
    assert (first.size, second.size) == (10, 510)
    with pytest.raises(verifier.Wrong):
        verifier.check_pair(second.note, first.note, proof, key())
    assert queries.checkpoint_of(10) == first


@pytest.mark.django_db
def test_a_receipt_stands_alone() -> None:
    signed(300, by=MANAGER)
    receipt = queries.receipt(SITE, 123, actor=MANAGER)
    record, told = verifier.check_receipt(receipt, key())
    assert record["actor_id"] == str(MANAGER.id)
    assert record["data"] == {"n": 122, "words": "大厅 “1”", "share": 122 / 8}
    assert told == [f"leaf 122 of 300 in the log {keys.signer().origin}"]


@pytest.mark.django_db
def test_proofs_are_refused_before_their_time_and_to_others() -> None:
    signed(3)
    note()
    for actor, site, seq, refusal in (
        (MANAGER, SITE, 4, queries.NotInTreeYet),  # not in the tree
        (MANAGER, SITE, 99, NotFound),
        (AGENT, SITE, 1, NotAllowed),
        (MANAGER, OTHER, 1, NotFound),
    ):
        with pytest.raises(refusal):
            queries.receipt(site, seq, actor=actor)
    catch_up()
    with pytest.raises(queries.NotInTreeYet):  # in the tree, and not signed
        queries.receipt(SITE, 4, actor=MANAGER)
    for old, new in ((4, 3), (1, 99)):
        with pytest.raises(BadInput):
            queries.consistency(old, new)


# --- Attacks on the stored data ----------------------------------------------------------------------


@pytest.mark.django_db
def test_an_audit_of_an_honest_log_finds_nothing() -> None:
    signed(5000)
    note(30)
    catch_up()
    note(2)
    seen: list[tuple[int, int]] = []
    found = queries.audit(lambda done, whole: seen.append((done, whole)))
    assert (found.faults, found.size, found.waiting) == ([], 5030, 2)
    assert seen == [(4096, 5030), (5030, 5030)]


def _edit_record() -> None:
    Event.objects.filter(site_id=SITE, seq=150).update(data={"n": 1, "words": "else", "share": 0.0})


def _back_date() -> None:
    Event.objects.filter(site_id=SITE, seq=150).update(at=AT.replace(year=2025))


def _delete_record() -> None:
    Event.objects.filter(site_id=SITE, seq=150).delete()


def _delete_both() -> None:
    Event.objects.filter(site_id=SITE, seq=150).delete()
    Leaf.objects.filter(site_id=SITE, seq=150).delete()


def _swap_records() -> None:
    one, two = (Event.objects.get(site_id=SITE, seq=seq) for seq in (150, 151))
    Event.objects.filter(pk=one.pk).update(data=two.data)
    Event.objects.filter(pk=two.pk).update(data=one.data)


def _forge_record_and_leaf() -> None:
    """With all the database's rights, but not the tree's hashes."""
    _edit_record()
    (event,) = events.after(SITE, 149, 1)
    leaf = Leaf.objects.get(site_id=SITE, seq=150)
    Leaf.objects.filter(pk=leaf.pk).update(entry=entries.leaf(event, bytes(leaf.salt or b"")).decode())


def _forge_everything_below_the_signature() -> None:
    """The whole tree made anew over a changed record, head included: only the signed checkpoint tells."""
    _edit_record()
    TreeHead.objects.all().delete()
    Tile.objects.all().delete()
    Leaf.objects.all().delete()
    Cursor.objects.filter(follower=reactions.FOLLOWER).delete()
    catch_up()


def _change_a_hash() -> None:
    tile = Tile.objects.get(level=0, number=0)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(tile.hashes)[:-1] + b"\0")


def _cut_the_tree() -> None:
    """Everything back by one event, as if it had never been."""
    Event.objects.filter(site_id=SITE, seq=300).delete()
    Leaf.objects.filter(index=299).delete()
    sql.run("UPDATE kernel_sitelog SET last = 299 WHERE site_id = %s", SITE)
    Cursor.objects.filter(follower=reactions.FOLLOWER).update(seq=299)
    tile = Tile.objects.get(level=0, number=1)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(tile.hashes)[:-32])
    root = store.root_of(299, store.tiles([(0, 1), (1, 0)]))
    TreeHead.objects.update(size=299, root=root)


def _forget_a_salt_without_a_record() -> None:
    Leaf.objects.filter(index=149).update(salt=None)
    _edit_record()


ATTACKS = (_forget_a_salt_without_a_record, _edit_record, _back_date, _delete_record, _delete_both, _swap_records, _forge_record_and_leaf,
           _forge_everything_below_the_signature, _change_a_hash, _cut_the_tree)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.__name__.strip("_"))
def test_an_audit_finds_what_somebody_with_all_rights_changed(attack: Any) -> None:
    signed(300)
    attack()
    assert queries.audit().faults


@pytest.mark.django_db
@pytest.mark.parametrize("attack", [_edit_record, _back_date, _delete_record, _swap_records])
def test_the_page_and_the_receipt_notice_too(attack: Any) -> None:
    signed(300)
    attack()
    acts, _next = queries.trail(queries.Wanted(), actor=MANAGER, limit=500)
    assert {act.seq for act in acts if not act.fits} == ({150, 151} if attack is _swap_records else {150})
    with pytest.raises(queries.RecordDiffers):
        queries.receipt(SITE, 150, actor=SYSTEM)
    assert queries.receipt(SITE, 149, actor=SYSTEM)


@pytest.mark.django_db
def test_nothing_is_added_to_and_nothing_signed_over_a_damaged_tree() -> None:
    signed(300)
    tile = Tile.objects.get(level=0, number=1)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(tile.hashes)[:-1] + b"\0")
    note()
    catch_up()
    assert Cursor.objects.get(follower=reactions.FOLLOWER, site_id=SITE).seq == 300
    TreeHead.objects.update(size=301)
    with pytest.raises(actions.TreeDamaged):
        actions.make_checkpoint()


@pytest.mark.django_db
def test_a_leaf_whose_salt_is_forgotten_proves_nothing_and_the_tree_stays_whole(tmp_path: Path) -> None:
    before = signed(300)
    receipt = queries.receipt(SITE, 150, actor=SYSTEM)
    assert actions.unlink(SITE, [150, 151], by=SYSTEM) == 2
    assert queries.audit().faults == []  # also before the act of unlinking is in the tree
    acts, _next = queries.trail(queries.Wanted(), actor=MANAGER, limit=500)
    assert {act.seq for act in acts if not act.linked} == {150, 151}
    assert actions.unlink(SITE, [150], by=SYSTEM) == 0
    with pytest.raises(NotAllowed):
        actions.unlink(SITE, [1], by=MANAGER)
    with pytest.raises(NotFound):
        queries.receipt(SITE, 150, actor=SYSTEM)
    catch_up()
    actions.make_checkpoint()
    found = queries.audit()
    assert (found.faults, found.unlinked) == ([], 2)
    # What a customer took home before still verifies, and the erasing is itself on record.
    verifier.check_receipt(receipt, key())
    assert events.after(SITE, 300)[0].kind == "evidence.unlinked"
    queries.export(tmp_path, with_records=True)
    assert before.size < verifier.checkpoint_of((tmp_path / "checkpoint").read_text()).size
    assert "299 records fit their leaves" in " ".join(verifier.LogCheck(tmp_path, key()).run())


# --- Many at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_writers_and_several_workers_at_once_lose_and_double_nothing() -> None:
    sites = [uuid4(), uuid4(), uuid4()]
    writing = threading.Event()
    writing.set()
    failures: list[BaseException] = []

    def writer(site: UUID) -> None:
        for _ in range(20):
            note(2, site=site)
        connection.close()

    def worker() -> None:
        try:
            while writing.is_set():
                catch_up()
                actions.make_checkpoint()
            catch_up()
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            failures.append(error)
        connection.close()

    writers = [threading.Thread(target=writer, args=(site,)) for site in sites]
    workers = [threading.Thread(target=worker) for _ in range(2)]
    for thread in (*writers, *workers):
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in workers:
        thread.join()
    Cursor.objects.update(retry_at=None)
    catch_up()
    actions.make_checkpoint()
    assert failures == []
    for site in sites:
        assert list(
            Leaf.objects.filter(site_id=site).order_by("index").values_list("seq", flat=True)
        ) == list(range(1, 41))
    assert (queries.audit().faults, store.head()[0]) == ([], 120)
