"""A request that somebody walked away from: left when nothing of it was done, else kept for whoever goes on with it."""

from __future__ import annotations

import pytest

from servicehall.kernel import events
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall
from tests.rooms.services.shop import Shop
from tests.rooms.services.way import GUEST, TEXT, Way, ordered, published


def left(way: Way) -> bool:
    return actions.leave_behind(instance_id=way.id, by=GUEST, at=MORNING)


def test_nothing_was_done_so_it_is_left_once(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = ordered(hall)
    assert (left(way), way.row.state) == (True, "left")
    before = len(way.kinds())
    assert (left(way), len(way.kinds())) == (False, before)
    assert way.kinds()[-1] == "request.left"


def test_what_is_being_done_or_was_done_stays(hall: Hall, shop: Shop) -> None:
    published(
        hall,
        TEXT.replace("  - end: done\n", "  - survey: how\n    title: {en: H, zh-Hans: 评}\n  - end: done\n"),
    )
    way = ordered(hall).answer("agree", True)
    assert (left(way), way.row.state) == (False, "open")
    way.work()
    assert (way.step, left(way), way.row.state) == ("how", False, "open")


def test_what_waits_for_a_person_stays(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = ordered(hall).answer("agree", True)
    shop.says["buy"] = [Outcome("unknown")]
    way.work()
    assert (left(way), way.row.state) == (False, "waiting")


def test_only_whoever_uses_flows_there_may_leave_one(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = Way(hall)
    with pytest.raises((NotAllowed, NotFound)):
        actions.leave_behind(instance_id=way.id, by=Actor("staff", None, "ops"), at=MORNING)
    assert (way.row.state, len(events.about(way.id))) == ("open", 1)


def test_what_is_said_is_the_definitions_own_or_of_this_customer(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = ordered(hall)
    shown = screen(way.row)
    said = {one.text: one.of_all for one in queries.spoken(way.row, shown)}
    assert said["CN¥5.00"] is False
    assert said["N: 2"] is False
    first = Way(hall)
    assert all(one.of_all for one in queries.spoken(first.row, screen(first.row)))


def test_slips_that_were_printed_can_be_read_again(hall: Hall, shop: Shop) -> None:
    slip = "  - print: slip\n    title: {en: P, zh-Hans: 印}\n    slip: {en: 'No. ${bought.receipt}', zh-Hans: '号${bought.receipt}'}\n"
    published(hall, TEXT.replace("  - end: done\n", f"{slip}  - end: done\n"))
    way = ordered(hall).answer("agree", True).work()
    assert queries.slips(way.row) == []
    actions.note_printed(instance_id=way.id, step="slip", by=GUEST, at=MORNING)
    assert queries.slips(way.row) == ["No. R2"]
    assert queries.slips(way.row, language="zh-Hans") == ["号R2"]
