"""The feed: what readers see of a site's recent log, without any network or database."""

from __future__ import annotations

from uuid import uuid4

import pytest

from servicehall.channels.live.feed import Entry, Feed

pytestmark = pytest.mark.one_database


class Ear:
    """Counts how often it is woken."""

    def __init__(self) -> None:
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1


def entry(seq: int, *topics: str, moves: bool = False) -> Entry:
    return Entry(seq, dict.fromkeys(topics, b"data: %d\n\n" % seq), moves)


def feed(*entries: Entry, kept: int = 5, floor: int = 0) -> Feed:
    made = Feed(uuid4(), kept=kept)
    made.begin(floor, entries)
    return made


def test_a_reader_sees_what_comes_after_its_place_in_order() -> None:
    one = feed(entry(1, "all"), entry(2, "all"), entry(3, "all"))
    topic = one.join("all", Ear())
    assert topic.since(1) == b"id: 2\ndata: 2\n\nid: 3\ndata: 3\n\n"
    assert topic.since(3) == b""


def test_readers_at_one_place_share_one_piece_of_memory() -> None:
    one = feed(entry(1, "all"), entry(2, "all"))
    topic = one.join("all", Ear())
    assert topic.since(0) is topic.since(0)
    assert topic.since(1) is topic.since(1)


def test_only_readers_of_a_topic_that_grew_are_woken_and_once_a_batch() -> None:
    one, board, phone = feed(), Ear(), Ear()
    one.join("board", board)
    one.join("ticket:x", phone)
    one.accept([entry(1, "all", "board"), entry(2, "all", "board")])
    assert (board.woken, phone.woken) == (1, 0)


def test_entries_that_come_twice_are_taken_once() -> None:
    one = feed(entry(1, "all"))
    topic = one.join("all", Ear())
    one.accept([entry(1, "all"), entry(2, "all")])
    one.accept([entry(2, "all"), entry(3, "all")])
    assert [seq for seq, _ in topic.log] == [1, 2, 3]


def test_a_gap_is_never_passed_over_in_silence() -> None:
    with pytest.raises(RuntimeError, match="gap"):
        feed(entry(1, "all")).accept([entry(3, "all")])


def test_memory_is_bounded_and_says_from_where_it_is_complete() -> None:
    one = feed(kept=3)
    topic = one.join("all", Ear())
    one.accept(entry(seq, "all") for seq in range(1, 11))
    assert topic.floor == 7
    assert [seq for seq, _ in topic.log] == [8, 9, 10]
    assert one.join("board", Ear()).floor == 7


def test_a_quiet_topic_stays_complete_while_others_grow() -> None:
    one = feed(kept=3)
    topic = one.join("ticket:x", Ear())
    one.accept(entry(seq, "all", *(["ticket:x"] if seq == 2 else [])) for seq in range(1, 50))
    assert topic.floor == 0
    assert topic.since(0) == b"id: 2\ndata: 2\n\n"


def test_a_topic_is_forgotten_with_its_last_reader() -> None:
    one, ear, other = feed(entry(1, "all")), Ear(), Ear()
    first = one.join("all", ear)
    one.join("all", other)
    one.leave("all", ear)
    one.leave("all", ear)
    assert one.join("all", ear) is first
    one.leave("all", ear)
    one.leave("all", other)
    one.accept([entry(2, "all")])
    assert other.woken == 0
    assert one.join("all", other) is not first


def test_the_last_move_of_the_queue_is_known() -> None:
    one = feed(entry(1, "all", moves=True), entry(2, "all"))
    assert one.moved == 1
