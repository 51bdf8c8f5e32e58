"""What another system does again each time it is asked for: called once, asked about, given to staff; and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from servicehall.kernel import clock, effects, events, timers
from servicehall.kernel.models import Effect
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.actions import once
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Task
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall, catch_up
from tests.rooms.services.shop import Shop
from tests.rooms.services.way import GUEST, TEXT, Way, ordered, published

BUY = "    operation: buy\n    with: {pieces: order.pieces, total: value.total}\n"
SELLS = TEXT.replace(BUY, "    operation: sell\n    with: {pieces: order.pieces}\n")
RINGS = SELLS.replace("operation: sell", "operation: ring")
UNDO = "    undo: {operation: giveBack, with: {receipt: bought.receipt}}\n"
GOES_ON = """  - form: after
    title: {en: A, zh-Hans: 后}
    fields: [{id: x, type: yes, label: {en: X, zh-Hans: 某}}]
  - call: more
    connector: shop
    operation: buy
    with: {pieces: order.pieces, total: value.total}
    gives: {receipt: text}
    failed: sorry
  - end: done
"""
SORRY = "  - end: sorry\n    outcome: refused\n    title: {en: S, zh-Hans: 抱歉}\n"
BACK = TEXT.replace("    gives: {receipt: text}\n", "    gives: {receipt: text}\n" + UNDO)
BACK = BACK.replace("  - end: done\n", GOES_ON, 1) + SORRY


def later(seconds: float) -> datetime:
    return MORNING + timedelta(seconds=seconds)


def asked_at(way: Way, seconds: float) -> Way:
    """The worker looks after the ledger at that moment, then does what is due."""
    way.now = later(seconds)
    with clock.at(way.now):
        effects.ask_about_open()
        catch_up()
        while timers.run_due():
            pass
        way.work()
    return way


def states() -> list[str]:
    return list(Effect.objects.order_by("intended_at", "pk").values_list("state", flat=True))


def agreed(hall: Hall) -> Way:
    way = ordered(hall).answer("agree", True)
    with clock.at(MORNING):
        return way.work()


def test_it_is_called_once_through_the_ledger(hall: Hall, shop: Shop) -> None:
    published(hall, SELLS)
    way = agreed(hall)
    assert (shop.sales, states(), way.row.outcome) == ([2], ["done"], "done")
    (line,) = Effect.objects.all()
    assert (line.kind, line.request["step"], line.subject_id) == (once.QUERIED, "bought", way.id)
    assert "R2" not in f"{line.request}{line.result}", "what came out stands sealed with the answers only"


def test_a_lost_answer_is_asked_about_and_not_called_again(hall: Hall, shop: Shop) -> None:
    published(hall, SELLS)
    shop.says["sell"] = [Outcome("unknown")]
    way = agreed(hall)
    assert (states(), way.row.state, screen(way.row)["kind"]) == (["unknown"], "open", "call")
    asked_at(way, 10)
    assert (shop.sales, states(), way.row.outcome) == ([2], ["done"], "done")
    assert not Task.objects.exists()


def test_what_was_not_done_for_certain_is_done_then(hall: Hall, shop: Shop) -> None:
    """ "It is not there" is believed a minute after the call, not while it may still be on its way."""
    published(hall, SELLS)
    shop.says["sell"] = [Outcome("unknown")]
    way = agreed(hall)
    shop.sales.clear()
    asked_at(way, 10)
    asked_at(way, 30)
    assert (states(), shop.sales) == (["unknown"], [])
    asked_at(way, 95)
    asked_at(way, 100)
    assert (states(), shop.sales, way.row.outcome) == (["failed", "done"], [2], "done")


def test_what_nobody_can_be_asked_about_is_given_to_staff(hall: Hall, shop: Shop) -> None:
    published(hall, RINGS)
    shop.says["ring"] = [Outcome("unknown")]
    way = agreed(hall)
    assert (states(), way.row.state) == (["unknown"], "waiting")
    asked_at(way, 600)
    asked_at(way, 6000)
    assert (shop.sales, shop.asked.count("ring")) == ([2], 1)
    assert [(task.kind, task.step) for task in Task.objects.all()] == [("unsure", "bought")]
    assert screen(way.row)["why"] == "person", "nobody reads that it failed"


def test_a_worker_that_dies_over_the_call_leaves_it_to_whoever_can_find_out(
    hall: Hall, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text, flow in ((SELLS, "sells"), (RINGS, "rings")):
        published(hall, text.replace("flow: trial", f"flow: {flow}"), flow)

    def dies(*_given: object) -> None:
        raise SystemExit

    for flow in ("sells", "rings"):
        way = (
            Way(hall, flow).answer("kind", "buy").answer("order", {"pieces": 2}).work().answer("agree", True)
        )
        real = effects.settle
        monkeypatch.setattr(effects, "settle", dies)
        with pytest.raises(SystemExit):
            agreed_by_worker(way)
        monkeypatch.setattr(effects, "settle", real)
        before = len(shop.sales)
        asked_at(way, 70)
        asked_at(way, 80)
        assert len(shop.sales) == before, "never again blind"
        assert (way.row.state, way.row.outcome) == (("ended", "done") if flow == "sells" else ("waiting", ""))
        shop.sales.clear()


def agreed_by_worker(way: Way) -> None:
    with clock.at(MORNING):
        way.work()


def test_a_query_that_never_answers_becomes_a_task_and_still_settles_it_later(hall: Hall, shop: Shop) -> None:
    published(hall, SELLS)
    shop.says["sell"] = [Outcome("unknown")]
    way = agreed(hall)
    shop.says["sale"] = [Outcome("unknown")] * 6
    moment = 0
    for pause in (6, 16, 61, 301, 901, 3601):
        moment += pause
        asked_at(way, moment)
    assert way.row.state == "waiting"
    assert [task.kind for task in queries.open_tasks(hall.site.pk, actor=SYSTEM)] == ["unsure"]
    asked_at(way, moment + 3700)
    assert (way.row.outcome, shop.sales) == ("done", [2])
    assert queries.open_tasks(hall.site.pk, actor=SYSTEM) == [], "it was found out"


def test_a_refusal_and_an_unreachable_system_are_told_apart(hall: Hall, shop: Shop) -> None:
    published(hall, RINGS)
    shop.says["ring"] = [Outcome("unavailable"), Outcome("refused", words="closed")]
    way = agreed(hall)
    assert (way.row.state, states()) == ("open", ["failed"])
    asked_at(way, 10)
    assert (way.row.state, states(), shop.sales) == ("waiting", ["failed", "failed"], [])
    assert [task.kind for task in Task.objects.all()] == ["fault"]


def test_who_leaves_has_it_taken_back(hall: Hall, shop: Shop) -> None:
    published(hall, BACK)
    way = agreed(hall)
    assert way.step == "after"
    shop.says["giveBack"] = [Outcome("unavailable"), Outcome("unknown")]
    with clock.at(MORNING):
        actions.leave(instance_id=way.id, by=GUEST)
    assert shop.back == {}, "not within the customer's request"
    for moment in (1, 10, 30, 200):
        asked_at(way, moment)
    assert (list(shop.back.values()), states()) == (["R2"], ["done"])
    assert shop.asked.count("giveBack") == 3
    assert [one.data["outcome"] for one in told(way)][-1] == "undone"


def told(way: Way) -> list[events.StoredEvent]:
    return [one for one in events.about(way.id) if one.kind == "request.done-step"]


def test_a_later_step_that_is_refused_takes_back_what_was_done(hall: Hall, shop: Shop) -> None:
    published(hall, BACK)
    way = agreed(hall)
    shop.says["buy"] = [Outcome("refused", words="none left")]
    way.answer("after", {"x": True})
    asked_at(way, 1)
    assert way.row.outcome == "refused"
    asked_at(way, 5)
    assert list(shop.back.values()) == ["R2"]


def test_what_cannot_be_taken_back_is_given_to_staff(hall: Hall, shop: Shop) -> None:
    published(hall, BACK)
    way = agreed(hall)
    shop.says["giveBack"] = [Outcome("refused", words="too late")]
    with clock.at(MORNING):
        actions.leave(instance_id=way.id, by=GUEST)
    asked_at(way, 1)
    assert [(task.kind, task.step) for task in Task.objects.all()] == [("undo", "bought")]
    asked_at(way, 4000)
    assert shop.back == {}


def test_who_comes_to_the_end_keeps_what_was_done(hall: Hall, shop: Shop) -> None:
    published(hall, BACK)
    way = agreed(hall).answer("after", {"x": True})
    asked_at(way, 1)
    assert (way.row.outcome, states()) == ("done", [])


def test_what_an_operation_is_decides_what_may_be_published(hall: Hall) -> None:
    published(hall)
    organisation = hall.site.region.organisation_id

    def codes(text: str) -> set[str]:
        from servicehall.rooms.services.publishing import against_organisation

        return {one.code for one in against_organisation(organisation, text)}

    assert codes(SELLS) == set()
    assert codes(RINGS) == {"cannot-be-asked"}
    assert queries.unfit(organisation, RINGS) == [], "a doubt does not stop it"
    assert codes(BACK) == set()
    assert codes(BACK.replace("operation: giveBack", "operation: sell")) == {"undo-kind"}
    assert codes(BACK.replace("with: {receipt: bought.receipt}", "with: {}")) == {"part-of-operation-missing"}
    assert [one.code for one in queries.findings(BACK.replace("bought.receipt}}", "bought.paper}}"))] == [
        "unknown-in-expression"
    ]
