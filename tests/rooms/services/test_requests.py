"""Flows as customers go through them: begun, answered, changed, left; what machines do, once; what only staff may."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from servicehall.kernel import events, retention, timers
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.rights import SYSTEM, Actor, Grant
from servicehall.rooms.queueing.models import Ticket
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.actions.drafting import SlugTaken
from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Task, Version
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall, minutes
from tests.rooms.services.shop import Shop
from tests.rooms.services.way import GUEST, TEXT, Way, ordered, published


def test_a_flow_is_gone_through_to_its_end(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = ordered(hall)
    shown = screen(way.row)
    assert (shown["step"], shown["title"], shown["progress"]) == ("agree", "CN¥5.00", {"done": 2, "of": 3})
    assert shown["answers"] == [
        {"label": "K", "value": "Buy", "change": "kind"},
        {"label": "N", "value": "2", "change": "order"},
        {"label": "G", "value": "no", "change": "order"},
    ]
    way.answer("agree", True).work()
    row = way.row
    assert (row.state, row.outcome, row.step) == ("ended", "done", "done")
    assert list(shop.sold.values()) == [2]
    assert way.kinds() == [
        "request.begun",
        *["request.answered"] * 2,
        "request.done-step",
        "request.answered",
        "request.done-step",
        "request.ended",
    ]
    stored = str([one.data for one in events.about(way.id)])
    assert "pieces" not in stored
    with pytest.raises(actions.Over):
        way.answer("agree", True)


def test_answers_are_sealed_and_forgotten_when_their_time_is_over(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = Way(hall).answer("kind", "ask").answer("question", {"text": "NEEDLE-17"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM services_instance")
        assert b"NEEDLE" not in bytes(cursor.fetchone()[0])
    assert answers_of(way.row)["question"].value == {"text": "NEEDLE-17"}
    retention.apply(at=MORNING + timedelta(days=29))
    assert answers_of(way.row)
    retention.apply(at=MORNING + timedelta(days=31))
    assert answers_of(way.row) == {}
    assert screen(way.row)["state"] == "ended"


def test_two_ends_cannot_both_go_on(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = Way(hall).answer("kind", "buy")
    way.answer("order", {"pieces": 2}, revision=1)
    with pytest.raises(actions.Stale):
        way.answer("order", {"pieces": 5}, revision=1)
    assert answers_of(way.row)["order"].value["pieces"] == 2


def test_what_does_not_fit_is_said_by_question_and_changes_nothing(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = Way(hall).answer("kind", "buy")
    with pytest.raises(actions.UnfitAnswers) as problem:
        way.answer("order", {"pieces": "ten", "gift": True})
    assert set(problem.value.facts["errors"]) == {"pieces", "words"}
    assert way.row.revision == 1
    unfit: list[Any] = [None, 5, [], "x"]
    for wrong in unfit:
        with pytest.raises(actions.UnfitAnswers):
            way.answer("order", wrong)


@pytest.mark.parametrize("step", ["agree", "question", "bought", "done", "nothing", ""])
def test_a_step_that_is_not_on_the_path_cannot_be_answered(hall: Hall, shop: Shop, step: str) -> None:
    published(hall)
    way = Way(hall).answer("kind", "buy")
    with pytest.raises(actions.NotThisStep):
        way.answer(step, True)


def test_an_earlier_answer_can_be_changed_and_the_rest_is_asked_again_as_needed(
    hall: Hall, shop: Shop
) -> None:
    published(hall)
    way = ordered(hall)
    assert screen(way.row, at="order")["fields"][0]["value"] == 2
    way.answer("order", {"pieces": 3}).work()
    assert way.step == "agree"
    assert screen(way.row)["title"] == "CN¥7.50"
    assert "request.went-back" in way.kinds()
    way.answer("agree", True).work()
    with pytest.raises(actions.Over):
        way.answer("order", {"pieces": 4})


def test_an_unknown_outcome_is_not_tried_again_but_given_to_staff(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = ordered(hall).answer("agree", True)
    shop.says["buy"] = [Outcome("unknown")]
    way.work()
    way.work()
    assert (shop.asked.count("buy"), way.row.state) == (1, "waiting")
    (task,) = queries.open_tasks(hall.site.pk, actor=SYSTEM)
    assert (task.kind, task.step) == ("unsure", "bought")
    assert screen(way.row)["kind"] == "waiting"


def test_a_system_that_is_down_is_asked_again_later(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = Way(hall).answer("kind", "buy").answer("order", {"pieces": 2})
    shop.says["stock"] = [Outcome("unavailable"), Outcome("unavailable")]
    assert way.work().step == "stock"
    assert shop.asked == ["stock"]
    way.now = minutes(1)
    assert way.work().step == "stock"
    way.now = minutes(2)
    assert way.work().step == "agree"


def test_a_system_that_stays_down_becomes_a_persons_task(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = Way(hall).answer("kind", "buy").answer("order", {"pieces": 2})
    shop.says["stock"] = [Outcome("unavailable")] * 9
    for n in range(9):
        way.now = minutes(n * 6)
        way.work()
    assert (len(shop.asked), way.row.state) == (6, "waiting")
    assert [task.kind for task in Task.objects.all()] == ["unsure"]


def test_a_worker_that_dies_over_it_has_it_asked_again_with_the_same_key(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = ordered(hall).answer("agree", True)

    def die(*_: Any, **__: Any) -> Outcome:
        Shop.ask(shop, *_, **__)
        raise KeyboardInterrupt

    shop.ask = die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        way.work()
    del shop.ask
    assert way.work().row.state == "open"
    way.now = minutes(2)
    assert way.work().row.state == "ended"
    assert (shop.asked.count("buy"), list(shop.sold.values())) == (2, [2])


def test_a_task_is_done_once_and_by_those_who_may(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = ordered(hall).answer("agree", True)
    shop.says["buy"] = [Outcome("refused", words="no")]
    way.work()
    (task,) = Task.objects.all()
    with pytest.raises((NotAllowed, NotFound)):
        actions.finish_task(task_id=task.pk, by=GUEST)
    agent = Actor("staff", uuid4(), "desk", grants=(Grant("agent", frozenset({hall.site.pk})),))
    stranger = Actor("staff", uuid4(), "desk", grants=(Grant("agent", frozenset({uuid4()})),))
    with pytest.raises(NotFound):
        actions.finish_task(task_id=task.pk, by=stranger)
    first = actions.finish_task(task_id=task.pk, by=agent, at=MORNING).done_at
    assert actions.finish_task(task_id=task.pk, by=agent, at=minutes(5)).done_at == first
    assert queries.open_tasks(hall.site.pk, actor=agent) == []


TICKET = """flow: counter
name: {en: C, zh-Hans: 柜}
category: trials
channels: [phone, desk]
open: [{days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "24:00"}]
steps:
  - form: about
    title: {en: A, zh-Hans: 事}
    fields: [{id: what, type: text, label: {en: W, zh-Hans: 何}}]
  - ticket: queue
    service: consult
  - case: file
    title: {en: F, zh-Hans: 案}
    group: floor
    when: about.what == "loss"
  - end: done
    title: {en: "Your number is ${queue.number}", zh-Hans: "您的号码是${queue.number}"}
"""


def test_a_ticket_is_taken_with_the_step_and_not_twice(hall: Hall) -> None:
    published(
        hall,
        TICKET.replace("  - case", "  - confirm: sure\n    title: {en: S, zh-Hans: 确}\n  - case"),
        "counter",
    )
    way = Way(hall, "counter").answer("about", {"what": "loss"})
    assert Ticket.objects.count() == 1
    way.answer("sure", True)
    assert screen(way.row)["title"] == "Your number is A001"
    assert [task.kind for task in Task.objects.all()] == ["case"]
    assert way.row.visit_id == Ticket.objects.get().visit_id


def test_a_draft_with_faults_is_not_published(hall: Hall) -> None:
    organisation = hall.site.region.organisation_id
    flow = actions.create_flow(
        organisation_id=organisation, slug="counter", text=TICKET, by=SYSTEM, at=MORNING
    )
    with pytest.raises(actions.NotPublishable) as problem:
        actions.publish(flow_id=flow.pk, by=SYSTEM)
    assert [one["code"] for one in problem.value.facts["findings"]] == ["not-confirmed"]
    assert not Version.objects.exists()
    with pytest.raises(SlugTaken):
        actions.create_flow(organisation_id=organisation, slug="counter", by=SYSTEM)


def test_who_is_half_way_through_keeps_the_version(hall: Hall, shop: Shop) -> None:
    flow = published(hall)
    way = Way(hall)
    text = TEXT.replace("Ask, zh-Hans: 问", "Ask us, zh-Hans: 问我们")
    actions.save_draft(flow_id=flow.pk, text=text, number=1, by=SYSTEM, at=minutes(1))
    with pytest.raises(actions.DraftChanged):
        actions.save_draft(flow_id=flow.pk, text="flow: x", number=1, by=SYSTEM, at=minutes(1))
    later = actions.publish(flow_id=flow.pk, by=SYSTEM, from_at=minutes(60), at=minutes(2))
    again = actions.publish(flow_id=flow.pk, by=SYSTEM, from_at=minutes(60), at=minutes(3))
    assert (later.number, again.pk) == (2, later.pk)
    assert screen(way.row)["options"][1]["label"] == "Ask"
    organisation = flow.organisation_id
    assert queries.live_version(organisation, "trial", at=minutes(59)).number == 1  # type: ignore[union-attr]
    assert queries.live_version(organisation, "trial", at=minutes(60)).number == 2  # type: ignore[union-attr]
    actions.publish(flow_id=flow.pk, number=1, by=SYSTEM, at=minutes(61))
    assert queries.live_version(organisation, "trial", at=minutes(62)).number == 1  # type: ignore[union-attr]
    actions.withdraw(flow_id=flow.pk, by=SYSTEM, at=minutes(63))
    assert queries.live_version(organisation, "trial", at=minutes(64)) is None
    assert queries.offered(organisation, at=minutes(64)) == []
    assert [one.slug for one in queries.offered(organisation, channel="phone", at=minutes(62))] == ["trial"]
    assert queries.offered(organisation, channel="kiosk", at=minutes(62)) == []


def test_what_is_not_offered_here_and_now_is_refused(hall: Hall) -> None:
    text = TICKET.replace("  - case", "  - confirm: sure\n    title: {en: S, zh-Hans: 确}\n  - case")
    published(hall, text.replace('to: "24:00"', 'to: "01:00"'), "counter")
    with pytest.raises(actions.FlowNotOffered):
        Way(hall, "nothing")
    with pytest.raises(actions.FlowClosed):
        Way(hall, "counter")
    # Ten in the morning at the site is two at night in Greenwich.
    known = {"organisation_id": hall.site.region.organisation_id, "timezone": hall.site.timezone}
    assert [one.is_open for one in queries.offered(**known, at=MORNING)] == [False]
    assert [one.is_open for one in queries.offered(**known, at=minutes(14 * 60 + 30))] == [True]
    assert queries.offered(**known, at=MORNING)[0].opening[0].end == "01:00"
    with pytest.raises(actions.ChannelNotServed):
        actions.begin(site_id=hall.site.pk, flow="counter", channel="kiosk", by=GUEST, at=MORNING)
    with pytest.raises(NotFound):
        queries.instance_by_code("nobody's")


def test_only_those_who_may_write_flows(hall: Hall) -> None:
    flow = published(hall)
    for role in ("agent", "supervisor"):
        actor = Actor("staff", uuid4(), "ops", grants=(Grant(role, frozenset({hall.site.pk})),))
        with pytest.raises((NotAllowed, NotFound)):
            actions.save_draft(flow_id=flow.pk, text="", number=1, by=actor)
        with pytest.raises((NotAllowed, NotFound)):
            actions.publish(flow_id=flow.pk, by=actor)


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_at_once_one_counts() -> None:
    from tests.hall import make_hall

    hall = make_hall()
    published(hall)
    way = Way(hall)
    results: list[str] = []

    def send(choice: str) -> None:
        try:
            actions.submit(instance_id=way.id, step="kind", revision=0, answer=choice, by=GUEST)
            results.append("taken")
        except actions.Stale:
            results.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(("buy", "ask")[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["stale"] * 7 + ["taken"]
    assert way.row.revision == 1


def test_what_an_erased_customer_entered_cannot_be_read_any_more(hall: Hall, shop: Shop) -> None:
    from servicehall.rooms.customers import actions as customers
    from servicehall.rooms.customers import queries as records
    from tests.hall import catch_up

    published(hall)
    organisation = hall.site.region.organisation_id
    wang = customers.add_customer(
        organisation_id=organisation, fields={"phone": "138 0013 8000"}, by=hall.actors["agent"]
    )
    way = Way(hall, customer_id=wang.pk).answer("kind", "ask").answer("question", {"text": "NEEDLE-18"})
    other = Way(hall).answer("kind", "ask").answer("question", {"text": "stays"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM services_instance WHERE customer_id IS NOT NULL")
        copy = bytes(cursor.fetchone()[0])
    asked = customers.ask_erasure(customer_id=wang.pk, by=records.known_customer("phone", wang.pk))
    customers.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
    catch_up()
    timers.run_due()
    assert answers_of(way.row) == {}
    with connection.cursor() as cursor:
        key = way.id if connection.vendor == "postgresql" else way.id.hex
        cursor.execute("UPDATE services_instance SET answers = %s WHERE id = %s", [copy, key])
    assert answers_of(way.row) == {}, "a copy from before is of no use"
    assert answers_of(other.row)["question"].value == {"text": "stays"}


def test_nothing_changes_while_another_system_may_be_doing_it(hall: Hall, shop: Shop) -> None:
    """A change or a leaving in the middle of a call would have it done twice, or done for nobody."""
    published(hall)
    way = ordered(hall).answer("agree", True)
    refused: list[type[Exception]] = []

    def sell(*given: Any, **named: Any) -> Outcome:
        outcome = Shop.ask(shop, *given, **named)
        for act in (
            lambda: way.answer("order", {"pieces": 3}),
            lambda: actions.leave(instance_id=way.id, by=GUEST, at=MORNING),
        ):
            try:
                act()
            except (actions.NotThisStep, actions.BeingDone) as problem:
                refused.append(type(problem))
        return outcome

    shop.ask = sell  # type: ignore[method-assign]
    way.work()
    assert refused == [actions.NotThisStep, actions.BeingDone]
    assert (list(shop.sold.values()), way.row.outcome) == ([2], "done")


def test_who_waits_for_a_person_cannot_have_it_done_once_more(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = ordered(hall).answer("agree", True)
    shop.says["buy"] = [Outcome("unknown")]
    way.work()
    with pytest.raises(actions.NotThisStep):
        way.answer("order", {"pieces": 3})
    assert (shop.asked.count("buy"), way.work().row.state) == (1, "waiting")
