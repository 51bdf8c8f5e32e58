"""Staff go on in a customer's place: one end at a time, nothing read that nobody may read, no deed done twice."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from servicehall.kernel import clock, events
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.protection.refusals import ReasonNeeded
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.messages.models import Message
from servicehall.rooms.messages.queries import kept
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.services import actions, numbers, queries
from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Instance, Task
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall
from tests.rooms.services.help import publish_help
from tests.rooms.services.shop import Shop
from tests.rooms.services.way import GUEST, Way, ordered, published

CONTACT = {"phone": "138 1234 5678", "words": "A letter"}


@pytest.fixture
def hall(hall: Hall) -> Hall:
    """With the service that hands over."""
    with clock.at(MORNING):
        publish_help(hall.site.region.organisation_id, "consult")
    return hall


def asked(hall: Hall, topic: str = "form") -> Way:
    """A customer on the phone who was asked the first two questions."""
    return Way(hall, "help-me").answer("topic", topic).answer("contact", CONTACT)


def take(way: Way, hall: Hall, who: str = "agent", **more: Any) -> Instance:
    return actions.take_over(instance_id=way.id, by=hall.actors[who], at=MORNING, **more)


def staffs(way: Way, hall: Hall, step: str, answer: Any, who: str = "agent", **more: Any) -> None:
    actions.submit(
        instance_id=way.id, step=step, revision=way.row.revision, answer=answer, by=hall.actors[who],
        at=MORNING, **more,
    )  # fmt: skip


def test_one_end_goes_on_at_a_time(hall: Hall) -> None:
    way = asked(hall)
    with pytest.raises(actions.NotTaken):
        staffs(way, hall, "more", {"town": "Xi'an"})
    take(way, hall)
    before = way.row.revision
    for act in (
        lambda: way.answer("more", {"town": "Xi'an"}),
        lambda: actions.leave(instance_id=way.id, by=GUEST),
        lambda: actions.pay(instance_id=way.id, provider="alipay", by=GUEST),
    ):
        with pytest.raises(actions.WithStaff):
            act()
    assert way.row.revision == before
    shown = screen(way.row)
    assert (shown["kind"], shown["why"]) == ("waiting", "staff")
    assert screen(way.row, reader=hall.actors["agent"].id)["step"] == "more"
    staffs(way, hall, "more", {"town": "Xi'an"})
    assert actions.hand_back(instance_id=way.id, by=hall.actors["agent"], at=MORNING) == ""
    assert way.step == "agree"
    way.answer("agree", True)
    assert way.kinds()[-4:] == [
        "request.taken-over", "request.answered", "request.handed-back", "request.answered",
    ]  # fmt: skip


def test_two_of_staff_at_once_are_told_of_one_another(hall: Hall) -> None:
    way = asked(hall)
    take(way, hall)
    revision = take(way, hall).revision
    assert way.row.revision == revision, "a second time changes nothing"
    colleague = hall.actors["colleague"]
    for act in (
        lambda: take(way, hall, "colleague"),
        lambda: staffs(way, hall, "more", {"town": "x"}, "colleague"),
        lambda: actions.hand_back(instance_id=way.id, by=colleague),
        lambda: actions.end_for(instance_id=way.id, by=colleague),
        lambda: actions.new_address(instance_id=way.id, by=colleague),
    ):
        with pytest.raises(actions.HeldByColleague) as problem:
            act()
        assert problem.value.facts["who"]
    take(way, hall, "colleague", from_id=hall.actors["agent"].id)
    with pytest.raises(actions.HeldByColleague):
        staffs(way, hall, "more", {"town": "x"})


def test_a_stale_revision_of_staff_changes_nothing(hall: Hall) -> None:
    way = asked(hall)
    revision = way.row.revision
    take(way, hall)
    with pytest.raises(actions.Stale):
        actions.submit(
            instance_id=way.id, step="more", revision=revision, answer={"town": "x"}, by=hall.actors["agent"]
        )
    assert "more" not in answers_of(way.row)


def test_a_handed_over_request_waits_for_a_person_and_its_ticket_carries_it(hall: Hall) -> None:
    way = asked(hall, "person")
    row = way.row
    assert (row.state, row.visit_id is not None) == ("waiting", True)
    assert screen(row)["ticket"]["number"] == "A001"
    with pytest.raises(actions.WithStaff):
        way.answer("more", {"town": "x"})
    agent = hall.actors["agent"]
    hall.open()
    ticket = hall.next()
    (found,) = queries.instances_of_visit(ticket.visit_id, hall.id, actor=agent)
    assert found.pk == way.id
    take(way, hall)
    assert way.row.state == "open"
    staffs(way, hall, "more", {"town": "Xi'an"})
    actions.hand_back(instance_id=way.id, by=agent, at=MORNING)
    assert way.step == "agree"
    assert not Task.objects.filter(done_at=None).exists(), "the person has gone on with it"


def test_what_staff_begin_is_theirs_until_they_hand_it_to_a_phone(hall: Hall) -> None:
    agent = hall.actors["agent"]
    ticket = hall.issue()
    begun = actions.begin(
        site_id=hall.id, flow="help-me", channel="desk", by=agent, visit_id=ticket.visit_id, at=MORNING
    )
    assert begun.instance.held_by == agent.id
    assert queries.sees_in_full(begun.instance, agent.id)
    assert [one.pk for one in queries.in_hand(hall.id, actor=agent)] == [begun.instance.pk]
    code = actions.hand_back(instance_id=begun.instance.pk, by=agent, at=MORNING)
    row = queries.instance_by_code(code)
    assert (row.pk, row.held_by, queries.sees_in_full(row, agent.id)) == (begun.instance.pk, None, False)
    with pytest.raises(NotFound):
        queries.instance_by_code(begun.code)
    again = actions.new_address(instance_id=row.pk, by=agent, at=MORNING)
    with pytest.raises(NotFound):
        queries.instance_by_code(code)
    assert queries.instance_by_code(again).pk == row.pk


def test_personal_data_is_masked_for_staff_and_stays_when_nothing_is_written_over_it(hall: Hall) -> None:
    way = asked(hall)
    take(way, hall)
    agent = hall.actors["agent"].id
    found = queries.review(way.row, "en", masked=True)
    assert [one["value"] for one in found.answers] == ["A form", "138****5678", "A letter"]
    assert found.is_masked
    field = screen(way.row, at="contact", reader=agent, masked=True)["fields"][0]
    assert (field["value"], field["masked"]) == ("", "138****5678")
    staffs(way, hall, "contact", {"phone": "", "words": "Two letters"}, keeps=["phone"])
    assert answers_of(way.row)["contact"].value == {"phone": "13812345678", "words": "Two letters"}


def test_reading_in_full_takes_a_right_and_a_reason_and_is_recorded(hall: Hall) -> None:
    way = asked(hall)
    with pytest.raises(NotAllowed):
        actions.unmask_request(instance_id=way.id, reason="asked", by=hall.actors["agent"])
    with pytest.raises(ReasonNeeded):
        actions.unmask_request(instance_id=way.id, reason="curious", by=hall.actors["manager"])
    row = actions.unmask_request(instance_id=way.id, reason="asked", by=hall.actors["manager"])
    assert queries.review(row, "en", masked=False).answers[1]["value"] == "13812345678"
    happened = events.after(row.organisation_id, 0)
    (read,) = [one for one in happened if one.kind == "protection.unmasked"]
    assert read.data["reason"] == "asked"
    assert "5678" not in str(read.data)


def test_a_number_finds_a_request_within_the_organisation_only(hall: Hall) -> None:
    way = asked(hall)
    agent, number = hall.actors["agent"], way.row.number
    for typed in (
        number,
        numbers.grouped(number).lower(),
        f"https://hall.example/r/{way.code}",
        f" {number[:4]} {number[4:]} ",
    ):
        assert [one.pk for one in queries.find_instances(typed, hall.id, actor=agent)] == [way.id], typed
    for wrong in ("", " ", "%", "22222222", "x" * 500, "https://hall.example/r/guessedguessed22"):
        assert queries.find_instances(wrong, hall.id, actor=agent) == [], wrong
    from tests.hall import make_hall

    bank = make_hall("bank")
    assert queries.find_instances(number, bank.id, actor=bank.actors["admin"]) == []
    with pytest.raises(NotFound):
        queries.find_instances(number, hall.id, actor=bank.actors["admin"])
    with pytest.raises(NotFound):
        take(way, bank, "admin")


def test_staff_end_a_request_that_they_settled_otherwise(hall: Hall) -> None:
    way = asked(hall, "person")
    actions.end_for(instance_id=way.id, by=hall.actors["agent"], at=MORNING)
    row = way.row
    assert (row.state, row.outcome, screen(row)["kind"]) == ("ended", "by-staff", "closed")
    assert not Task.objects.filter(done_at=None).exists()
    for act in (
        lambda: take(way, hall),
        lambda: actions.end_for(instance_id=way.id, by=hall.actors["agent"]),
        lambda: actions.hand_back(instance_id=way.id, by=hall.actors["agent"]),
    ):
        with pytest.raises(actions.Over):
            act()


def unsure(hall: Hall, shop: Shop) -> tuple[Way, Task]:
    published(hall)
    way = ordered(hall).answer("agree", True)
    shop.says["buy"] = [Outcome("unknown")]
    way.work()
    return way, Task.objects.get(kind="unsure")


def test_it_was_done_is_kept_with_what_was_found_and_the_flow_goes_on(hall: Hall, shop: Shop) -> None:
    way, task = unsure(hall, shop)
    about = queries.unsure_about(queries.task_seen(task.pk, actor=SYSTEM))
    assert about is not None
    assert ([one.id for one in about.fields], about.once) == (["receipt"], True)
    with pytest.raises(actions.UnfitAnswers):
        actions.say_done(task_id=task.pk, results={"receipt": "x" * 300}, by=hall.actors["agent"])
    actions.say_done(task_id=task.pk, results={"receipt": " R7 "}, by=hall.actors["agent"], at=MORNING)
    row = way.work().row
    assert (row.state, shop.asked.count("buy")) == ("ended", 1)
    assert answers_of(row)["bought"].value == {"receipt": "R7"}
    task.refresh_from_db()
    assert task.done_by == hall.actors["agent"].id
    with pytest.raises((actions.NothingUnsure, actions.Over)):
        actions.say_done(task_id=task.pk, results={}, by=hall.actors["agent"])


def test_it_was_not_done_has_it_asked_again_with_the_same_key(hall: Hall, shop: Shop) -> None:
    way, task = unsure(hall, shop)
    shop.says["buy"] = [Outcome("unknown")]
    actions.say_not_done(task_id=task.pk, by=hall.actors["agent"], at=MORNING)
    way.work()
    task.refresh_from_db()
    assert (way.row.state, task.done_at, len(shop.sold)) == ("waiting", None, 1), "open again"
    actions.say_not_done(task_id=task.pk, by=hall.actors["agent"], at=MORNING)
    row = way.work().row
    assert (row.state, len(shop.sold), shop.asked.count("buy")) == ("ended", 1, 3)
    with pytest.raises((actions.NothingUnsure, actions.Over)):
        actions.say_not_done(task_id=task.pk, by=hall.actors["agent"])


def test_only_staff_of_the_site_answer_for_another_system(hall: Hall, shop: Shop) -> None:
    _way, task = unsure(hall, shop)
    with pytest.raises(NotAllowed):
        actions.say_done(task_id=task.pk, results={}, by=queue_customer())
    actions.take_over(instance_id=task.instance_id, by=hall.actors["agent"])
    with pytest.raises(actions.HeldByColleague):
        actions.say_not_done(task_id=task.pk, by=hall.actors["colleague"])


def queue_customer() -> Any:
    return GUEST


def test_whoever_has_it_in_hand_mends_what_the_other_system_refused(hall: Hall, shop: Shop) -> None:
    published(hall)
    way = Way(hall).answer("kind", "buy").answer("order", {"pieces": 3})
    shop.says["stock"] = [Outcome("fault")]
    way.work()
    assert way.row.state == "waiting"
    take(way, hall)
    agent = hall.actors["agent"].id
    assert screen(way.row, reader=agent)["kind"] == "waiting"
    assert screen(way.row, at="order", reader=agent)["kind"] == "form"
    staffs(way, hall, "order", {"pieces": 2})
    row = way.work().row
    assert (row.state, row.step, Task.objects.get().done_at is not None) == ("open", "agree", True)


def test_tasks_are_listed_by_what_is_asked_for(hall: Hall, shop: Shop) -> None:
    agent = hall.actors["agent"]
    for _ in range(3):
        asked(hall, "person")
    way, task = unsure(hall, shop)
    page, after = queries.tasks(hall.id, actor=agent, filters=queries.TaskFilters(), limit=2)
    rest, end = queries.tasks(hall.id, actor=agent, filters=queries.TaskFilters(), after=after, limit=2)
    assert (len({one.pk for one in [*page, *rest]}), end) == (4, None)

    def found(**filters: Any) -> list[Task]:
        return queries.tasks(hall.id, actor=agent, filters=queries.TaskFilters(**filters))[0]

    assert [one.pk for one in found(kind="unsure")] == [task.pk]
    assert [one.pk for one in found(number=numbers.grouped(way.row.number))] == [task.pk]
    assert found(group="nobody") == []
    assert found(before=MORNING - timedelta(minutes=1)) == []
    assert found(done=True) == []
    actions.finish_task(task_id=task.pk, by=agent)
    assert [one.pk for one in found(done=True)] == [task.pk]
    assert queries.open_task_count(hall.id, actor=agent) == 3
    with pytest.raises(NotAllowed):
        list(queries.task_rows(hall.id, MORNING, MORNING, actor=agent))


def test_staff_write_to_the_address_that_was_entered(hall: Hall) -> None:
    way = asked(hall)
    for wrong in ("", "  ", "x" * 301):
        with pytest.raises(BadInput):
            actions.write_to_customer(instance_id=way.id, text=wrong, by=hall.actors["agent"])
    actions.write_to_customer(instance_id=way.id, text="Please bring the letter.", by=hall.actors["agent"])
    (sent,) = kept(way.row.organisation_id)
    assert (sent.address, sent.body) == ("13812345678", "Please bring the letter.")
    assert "request.written-to" in way.kinds()
    nobody = Way(hall, "help-me")
    with pytest.raises(actions.NoWayToWrite):
        actions.write_to_customer(instance_id=nobody.id, text="Hello", by=hall.actors["agent"])
    assert Message.objects.count() == 1


def test_a_ticket_brings_its_customer_along(hall: Hall) -> None:
    from tests.rooms.customers.counter import signed_in

    customer = signed_in(hall)
    ticket = queue.issue_ticket(
        site_id=hall.id, service="consult", by=GUEST, customer_id=customer.pk, at=MORNING
    )
    begun = actions.begin(
        site_id=hall.id, flow="help-me", channel="desk", by=hall.actors["agent"],
        visit_id=ticket.visit_id, at=MORNING,
    )  # fmt: skip
    assert (begun.instance.customer_id, begun.instance.given["level"]) == (customer.pk, "contact")
    assert [one.pk for one in queries.instances_of([customer.pk])] == [begun.instance.pk]


def test_restricted_data_is_neither_read_nor_used(hall: Hall) -> None:
    from servicehall.rooms.customers import actions as customers
    from tests.rooms.customers.counter import signed_in

    customer = signed_in(hall)
    begun = actions.begin(
        site_id=hall.id, flow="help-me", channel="phone", by=GUEST, customer_id=customer.pk, at=MORNING
    )
    customers.restrict_use(customer_id=customer.pk, restricted=True, by=SYSTEM)
    manager, row = hall.actors["manager"], begun.instance.pk
    with pytest.raises(customers.RecordRestricted):
        actions.unmask_request(instance_id=row, reason="contact", by=manager)
    assert actions.unmask_request(instance_id=row, reason="asked", by=manager).pk == row
    with pytest.raises(customers.RecordRestricted):
        actions.write_to_customer(instance_id=row, text="Hello", by=manager)


def test_giving_up_leaves_no_task_behind(hall: Hall) -> None:
    way = asked(hall, "person")
    actions.leave(instance_id=way.id, by=GUEST, at=MORNING)
    assert not Task.objects.filter(done_at=None).exists()


def test_requests_from_before_numbers_get_one(hall: Hall) -> None:
    ways = [Way(hall, "help-me") for _ in range(3)]
    Instance.objects.update(number="")
    migration = import_module("servicehall.rooms.services.migrations.0006_requests_at_the_desk")
    migration.number_all(apps, None)
    found = {way.row.number for way in ways}
    assert len(found) == 3
    assert all(len(one) == numbers.LENGTH and set(one) <= set(numbers.SIGNS) for one in found)
