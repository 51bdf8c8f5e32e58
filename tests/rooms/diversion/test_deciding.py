"""What supervisors decide, and what undoing gives back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.models import Event
from servicehall.rooms.diversion import actions, queries
from servicehall.rooms.diversion.models import Episode, LoadRule
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing.models import Ticket
from tests.hall import Hall, make_hall, minutes
from tests.rooms.diversion.loaded import add_rule, fill, leave, lends, look, served_by, the

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def proposed(hall: Hall) -> Episode:
    lends(hall, mode="proposed")
    fill(hall)
    look(hall, 0, 2)
    return the(hall)


def decide(act: Any, hall: Hall, who: str = "supervisor", at: float = 3) -> Episode:
    found: Episode = act(the(hall).pk, site_id=hall.id, by=hall.actors[who], at=minutes(at))
    return found


def test_what_is_accepted_takes_effect(hall: Hall) -> None:
    episode = proposed(hall)
    assert "loan" not in served_by(hall)
    decide(actions.accept, hall)
    episode.refresh_from_db()
    assert (episode.state, episode.started_at) == ("running", minutes(3))
    assert episode.decided_by == hall.people["supervisor"]
    assert "loan" in served_by(hall)
    kinds = list(Event.objects.filter(kind__startswith="load.").order_by("id").values_list("kind", flat=True))
    assert kinds[1:] == ["load.proposed", "load.accepted", "load.begun"]


def test_what_is_dismissed_does_not_come_again_during_the_load(hall: Hall) -> None:
    proposed(hall)
    decide(actions.dismiss, hall)
    assert look(hall, 4, 10, 20) == [0, 0, 0]
    assert the(hall).state == "dismissed"
    assert "loan" not in served_by(hall)


def test_after_the_load_a_rule_comes_again(hall: Hall) -> None:
    proposed(hall)
    decide(actions.dismiss, hall)
    leave(list(Ticket.objects.all()), at=minutes(4))
    look(hall, 4, 6)
    fill(hall, at=minutes(7))
    assert look(hall, 7, 9) == [0, 1]
    assert Episode.objects.count() == 2


def test_undoing_by_hand_gives_back_and_does_not_come_again(hall: Hall) -> None:
    lends(hall)
    fill(hall)
    before = served_by(hall)
    look(hall, 0, 2)
    decide(actions.undo, hall)
    assert served_by(hall) == before
    assert look(hall, 4, 8) == [0, 0]
    assert the(hall).state == "undone"
    assert the(hall).over_at is None


def test_a_counter_that_a_person_changed_meanwhile_is_left_alone(hall: Hall) -> None:
    lends(hall)
    fill(hall)
    look(hall, 0, 2)
    refund = [one.pk for one in hall.services["refund"].stages.all()]
    queue.change_counter_stages(
        site_id=hall.id, counter_id=hall.counters["1"].pk, remove=refund, by=hall.actors["manager"]
    )
    decide(actions.undo, hall)
    assert served_by(hall) == {"consult", "loan"}
    assert Event.objects.get(kind="load.undone").data["left"] is True


def test_nothing_is_decided_twice(hall: Hall) -> None:
    proposed(hall)
    decide(actions.accept, hall)
    for act in (actions.accept, actions.dismiss):
        with pytest.raises(actions.AlreadyDecided):
            decide(act, hall)
    assert Event.objects.filter(kind="load.begun").count() == 1


def test_only_supervisors_decide(hall: Hall) -> None:
    proposed(hall)
    for act in (actions.accept, actions.dismiss):
        with pytest.raises(NotAllowed):
            decide(act, hall, "agent")
    decide(actions.accept, hall)
    with pytest.raises(NotAllowed):
        decide(actions.undo, hall, "agent")


def test_another_site_is_not_there(hall: Hall) -> None:
    episode = proposed(hall)
    bank = make_hall("bank")
    with pytest.raises(NotFound):
        actions.accept(episode.pk, site_id=hall.id, by=bank.actors["supervisor"])
    with pytest.raises(NotFound):
        actions.accept(episode.pk, site_id=bank.id, by=bank.actors["supervisor"])
    with pytest.raises(NotFound):
        actions.change_rule(
            episode.rule_id, site_id=bank.id, by=bank.actors["manager"], fields=None,  # type: ignore[arg-type]
        )  # fmt: skip
    with pytest.raises(NotFound):
        queries.rule_of(bank.id, episode.rule_id, actor=bank.actors["manager"])
    the(hall).refresh_from_db()
    assert the(hall).state == "proposed"


def test_rules_are_changed_by_those_who_set_up(hall: Hall) -> None:
    fields = actions.RuleFields({"en": "x"}, "waiting", 3, 1, "offer-time")
    with pytest.raises(NotAllowed):
        actions.add_rule(site_id=hall.id, fields=fields, by=hall.actors["supervisor"])
    assert LoadRule.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"over_at": 3}, "over_at"),
        ({"measure": "free", "threshold": 1, "over_at": 1}, "over_at"),
        ({"measure": "nonsense"}, "measure"),
        ({"threshold": -1, "over_at": -2}, "threshold"),
        ({"action": "counter-services"}, "stages"),
        ({"action": "hide-services"}, "kiosk_services"),
        ({"action": "offer-channel"}, "flow"),
        ({"notice": {}}, "notice"),
        ({"names": {}}, "names"),
        ({"services": [uuid4()]}, "services"),
        ({"counter": uuid4()}, "counter"),
        ({"staff": uuid4()}, "staff"),
        ({"other_site": uuid4()}, "other_site"),
        ({"hold_minutes": 1000}, "hold_minutes"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_kept(
    hall: Hall, changes: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(BadInput) as refused:
        add_rule(hall, **changes)
    assert wrong in refused.value.facts["errors"]
    assert LoadRule.objects.count() == 0


def test_other_sites_things_cannot_be_chosen(hall: Hall) -> None:
    bank = make_hall("bank")
    with pytest.raises(BadInput) as refused:
        add_rule(
            hall,
            counter=bank.counters["1"].pk,
            services=[bank.services["consult"].pk],
            other_site=bank.id,
            staff=bank.people["agent"].pk,
        )
    assert set(refused.value.facts["errors"]) == {"counter", "services", "other_site", "staff"}


def test_switching_a_rule_off_takes_back_what_it_does(hall: Hall) -> None:
    rule = lends(hall)
    fill(hall)
    look(hall, 0, 2)
    assert "loan" in served_by(hall)
    assert actions.switch_rule(rule.pk, site_id=hall.id, is_active=False, by=hall.actors["manager"])
    assert "loan" not in served_by(hall)
    assert the(hall).over_at is not None
    assert look(hall, 5, 10) == [0, 0]
    assert not actions.switch_rule(rule.pk, site_id=hall.id, is_active=False, by=hall.actors["manager"])


def test_who_was_forgotten_over_night_makes_no_rule_fire_on_a_day_that_is_over(hall: Hall) -> None:
    rule = add_rule(hall, measure="longest", threshold=20 * 60, over_at=60)
    fill(hall, 1)  # at ten, and called by nobody: the wait of the next morning is the next day's
    day = minutes(0).date()
    tried = queries.try_rule(hall.id, rule.pk, day, actor=hall.actors["supervisor"], at=minutes(60 * 50))
    assert tried == queries.Tried(1, [])


def test_a_rule_is_tried_on_a_past_day(hall: Hall) -> None:
    rule = add_rule(hall)
    tickets = fill(hall)
    leave(tickets, at=minutes(10))
    day = minutes(0).date()
    tried = queries.try_rule(hall.id, rule.pk, day, actor=hall.actors["supervisor"], at=minutes(60))
    assert tried is not None
    assert (tried.waits, [(one.began, one.value) for one in tried.fired]) == (3, [(minutes(2), 3.0)])
    assert Episode.objects.count() == 0
    closed = queries.try_rule(hall.id, rule.pk, day - timedelta(days=1), actor=hall.actors["supervisor"])
    assert closed == queries.Tried(0, [])
    free = add_rule(hall, measure="free", threshold=0, over_at=1)
    assert queries.try_rule(hall.id, free.pk, day, actor=hall.actors["supervisor"]) is None


def test_only_watchers_read(hall: Hall) -> None:
    add_rule(hall)
    with pytest.raises(NotAllowed):
        queries.load_now(hall.id, actor=hall.actors["agent"])
    (one,) = queries.load_now(hall.id, actor=hall.actors["supervisor"], at=minutes(0))
    assert (one.value, one.is_beyond) == (0.0, False)


def test_what_lasted_by_the_old_rule_does_not_count_for_the_new(hall: Hall) -> None:
    rule = add_rule(hall)
    fill(hall, 5)
    look(hall, 0, 1)
    fields = actions.RuleFields(
        names=rule.names, measure="waiting", threshold=4, over_at=1, hold_minutes=2, action="open-counter"
    )
    actions.change_rule(rule.pk, site_id=hall.id, fields=fields, by=hall.actors["manager"], at=minutes(1))
    assert look(hall, 2, 3, 4) == [0, 0, 1]
