"""The product's own flows work against the sample back office, also when that is slow, failing or answers twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from servicehall.kernel import clock, effects, timers
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.feedback.models import Rating
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.models import Instance, Task
from tests.hall import Hall
from tests.rooms.connectors.sample import Sample
from tests.rooms.payments.till import Till
from tests.rooms.services.errand import Errand, open_service
from tests.rooms.services.way import GUEST

PATIENT = {"card": "C778899", "department": "bones"}
MODES: dict[str, dict[str, Any]] = {
    "well": {},
    "slow": {"slow": 150},
    "failing": {"failing": 1.0, "times": 2},
    "twice": {"duplicate_answer": "twice"},
    "cut": {"drop_answer": 1.0, "times": 1},
}
WRITES = "registerForSlot cancelRegistration requestDocument requestReturn"


@pytest.fixture
def hospital(till: Till, sample: Sample) -> Till:
    open_service(sample, till.hall, "register-hospital")
    return till


def at_times(till: Till, doctor: str = "d401") -> Errand:
    errand = Errand(till.hall, "register-hospital").work()
    return errand.answer("patient", PATIENT).answer("doctor", doctor)


def booked(till: Till, which: int = 0, day: int = 1) -> Errand:
    errand = at_times(till)
    errand.answer("slot", {"day": errand.shown["days"][day]["value"]})
    shown = errand.shown
    return errand.answer("slot", {"day": shown["day"], "slot": shown["options"][which]["value"]})


def taken(sample: Sample) -> list[tuple[str, int]]:
    """The slots of which a place is taken."""
    with sample.server.office._alone() as db:
        rows = db.execute("SELECT id, taken FROM slot WHERE taken > 0 ORDER BY id").fetchall()
    return [(row["id"], row["taken"]) for row in rows]


@pytest.mark.parametrize("mode", MODES)
def test_a_patient_registers_pays_and_gets_a_slip(hospital: Till, sample: Sample, mode: str) -> None:
    errand = at_times(hospital)
    day = errand.shown["days"][1]["value"]
    errand.answer("slot", {"day": day})
    slot = errand.shown["options"][0]
    sample.behave(**MODES[mode], operations=WRITES)
    errand.answer("slot", {"day": day, "slot": slot["value"]})
    for _ in range(3):
        errand.later(20)
    assert errand.step == "agree", errand.shown
    assert taken(sample) == [(slot["value"], 1)]
    assert errand.shown["progress"] == {"done": 3, "of": 5}
    assert errand.shown["answers"][-1]["value"].endswith(slot["label"])
    errand.answer("agree", True).pay(hospital)
    shown = errand.shown
    assert shown["kind"] == "print"
    assert "REGISTRATION H0000001" in shown["slip"]
    assert "number 1" in shown["slip"]
    actions.note_printed(instance_id=errand.id, step="slip", by=GUEST)
    with pytest.raises(actions.NothingToDo):
        actions.note_printed(instance_id=errand.id, step="slip", by=GUEST)
    errand.answer("rating", 4)
    assert (errand.row.state, errand.row.outcome) == ("ended", "done")
    assert queries.slip_of(errand.row, "slip", language="en").is_copy
    (rating,) = Rating.objects.all()
    assert (rating.request_id, rating.flow, rating.score, rating.ticket_id) == (
        errand.id,
        "register-hospital",
        4,
        None,
    )


def test_a_time_that_has_gone_meanwhile_is_said_and_another_one_is_chosen(
    hospital: Till, sample: Sample
) -> None:
    first, second = at_times(hospital), at_times(hospital)
    day = first.shown["days"][1]["value"]
    for one in (first, second):
        one.answer("slot", {"day": day})
    slot = first.shown["options"][0]["value"]
    first.answer("slot", {"day": day, "slot": slot})
    second.answer("slot", {"day": day, "slot": slot})
    assert (first.step, second.step) == ("agree", "slot")
    late = second
    assert late.shown["lost"] == "full"
    assert slot not in [one["value"] for one in late.shown["options"]]
    with pytest.raises(actions.UnfitAnswers):
        late.answer("slot", {"day": day, "slot": slot})
    late.answer("slot", {"day": day, "slot": late.shown["options"][0]["value"]})
    assert late.step == "agree"
    assert [n for _id, n in taken(sample)] == [1, 1]


def test_who_changes_their_mind_gives_the_place_back(hospital: Till, sample: Sample) -> None:
    errand = booked(hospital)
    ((before, _n),) = taken(sample)
    shown = queries.screen(errand.row, at="slot")
    assert shown["held"]["value"] == before
    other = shown["days"][2]["value"]
    errand.answer("slot", {"day": other})
    assert errand.step == "slot"
    assert taken(sample) == [(before, 1)], "looking at another day keeps the place"
    assert errand.shown["held"]["label"] == "08:30"
    errand.answer("slot", {"day": other, "slot": errand.shown["options"][0]["value"]}).later(5)
    assert errand.step == "agree"
    ((after, _n),) = taken(sample)
    assert (after, errand.shown["answers"][-1]["change"]) != (before, "")


def test_who_keeps_what_they_have_gives_nothing_back(hospital: Till, sample: Sample) -> None:
    errand = booked(hospital)
    held = queries.screen(errand.row, at="slot")["held"]
    errand.answer("slot", {"day": held["day"], "slot": held["value"]}).later(5)
    assert errand.step == "agree"
    assert taken(sample) == [(held["value"], 1)]
    assert sample.asked("registerForSlot") == 1


@pytest.mark.parametrize("mode", MODES)
def test_who_leaves_gives_the_place_back_once(hospital: Till, sample: Sample, mode: str) -> None:
    errand = booked(hospital)
    sample.behave(**MODES[mode], operations=WRITES)
    actions.leave(instance_id=errand.id, by=GUEST)
    for seconds in (1, 30, 120, 600):
        errand.later(seconds)
    assert taken(sample) == []
    (entry,) = effects.of_subject(errand.id)
    assert (entry.kind, entry.state) == ("services.release", "done")
    assert not Task.objects.exists()


def test_another_doctor_means_another_time(hospital: Till, sample: Sample) -> None:
    errand = booked(hospital)
    errand.answer("patient", {**PATIENT, "department": "eyes"}).answer("doctor", "d301").later(5)
    assert errand.step == "slot"
    assert taken(sample) == []


def test_who_comes_back_to_the_first_wish_has_a_place_that_was_taken_anew(
    hospital: Till, sample: Sample
) -> None:
    """The other side answers a key that it knows with what it said before: here with a place that was given back."""
    errand = booked(hospital)
    ((first, _n),) = taken(sample)
    errand.answer("patient", {**PATIENT, "department": "eyes"}).answer("doctor", "d301").later(5)
    errand.answer("patient", PATIENT).answer("doctor", "d401").later(5)
    assert (errand.step, taken(sample)) == ("slot", [])
    errand.answer("slot", {"day": errand.shown["days"][1]["value"]})
    errand.answer("slot", {"day": errand.shown["day"], "slot": first})
    assert (errand.step, taken(sample)) == ("agree", [(first, 1)])
    actions.leave(instance_id=errand.id, by=GUEST)
    errand.later(5)
    assert taken(sample) == []


def test_a_place_that_nobody_pays_for_is_free_again(hospital: Till, sample: Sample) -> None:
    errand = booked(hospital)
    with clock.at(clock.now() + timedelta(minutes=16)):
        timers.run_due()
        errand.later(1)
        assert errand.step == "slot"
        assert errand.shown["lost"] == "late"
    assert taken(sample) == []


def test_while_somebody_pays_the_place_stays(hospital: Till, sample: Sample) -> None:
    errand = booked(hospital).answer("agree", True)
    actions.pay(instance_id=errand.id, provider="wechat", by=GUEST)
    with clock.at(clock.now() + timedelta(minutes=16)):
        timers.run_due()
        errand.later(1)
    assert len(taken(sample)) == 1


def test_a_place_that_is_not_taken_back_is_a_persons_task(hospital: Till, sample: Sample) -> None:
    errand = booked(hospital)
    with sample.server.office._alone() as db:
        db.execute("UPDATE registration SET cancelled = 1")
    actions.leave(instance_id=errand.id, by=GUEST)
    errand.later(5)
    assert [(one.kind, one.step) for one in Task.objects.all()] == [("unsure", "slot")]


def test_an_answer_that_is_lost_for_good_is_a_persons_task_and_nothing_is_taken_twice(
    hospital: Till, sample: Sample
) -> None:
    errand = at_times(hospital)
    day = errand.shown["days"][1]["value"]
    errand.answer("slot", {"day": day})
    sample.behave(drop_answer=1.0, operations="registerForSlot")
    errand.answer("slot", {"day": day, "slot": errand.shown["options"][0]["value"]})
    assert errand.row.state == Instance.State.WAITING
    assert [n for _id, n in taken(sample)] == [1]
    assert [task.kind for task in queries.open_tasks(hospital.hall.id, actor=SYSTEM)] == ["unsure"]


@pytest.mark.parametrize(
    "answer", [None, {}, {"day": "tomorrow"}, {"day": "2020-01-01"}, {"slot": "d401"}, "x", [1]]
)
def test_what_is_not_offered_cannot_be_booked(hospital: Till, sample: Sample, answer: Any) -> None:
    errand = at_times(hospital)
    before = errand.row.revision
    if answer in (None, {}, "x", [1]):
        errand.answer("slot", answer)  # the day that is shown, once more
        assert errand.step == "slot"
    else:
        with pytest.raises(actions.UnfitAnswers):
            errand.answer("slot", answer)
        assert errand.row.revision == before
    assert taken(sample) == []


def test_an_earlier_answer_in_place_of_this_one_is_noticed(hospital: Till, sample: Sample) -> None:
    booked(hospital)
    errand = at_times(hospital)
    day = errand.shown["days"][1]["value"]
    errand.answer("slot", {"day": day})
    sample.behave(duplicate_answer="earlier")
    errand.answer("slot", {"day": day, "slot": errand.shown["options"][0]["value"]})
    assert errand.row.state == Instance.State.WAITING, "nobody is given the number of somebody else"
    assert [task.kind for task in Task.objects.all()] == ["unsure"]


WHO = {"name": "王芳", "number": "11010519491231002X"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("kind", "fee"), [("residence", False), ("property", True)])
def test_a_certificate_is_requested_once(till: Till, sample: Sample, mode: str, kind: str, fee: bool) -> None:
    open_service(sample, till.hall, "request-document")
    errand = Errand(till.hall, "request-document", channel="kiosk").answer("who", WHO).answer("kind", kind)
    sample.behave(**MODES[mode], operations=WRITES)
    errand.answer("agree", True)
    if fee:
        errand.pay(till)
    for _ in range(3):
        errand.later(20)
    assert "CERTIFICATE C000001" in errand.shown["slip"], errand.shown
    with sample.server.office._alone() as db:
        assert db.execute("SELECT count(*) FROM certificate").fetchone()[0] == 1
    actions.note_printed(instance_id=errand.id, step="slip", by=GUEST)
    assert errand.row.outcome == "done"


def test_who_is_not_in_the_register_is_told_so(till: Till, sample: Sample) -> None:
    open_service(sample, till.hall, "request-document")
    errand = Errand(till.hall, "request-document").answer("who", {**WHO, "name": "刘洋"})
    assert (errand.step, errand.row.outcome) == ("unknown", "refused")


def test_goods_that_are_faulty_are_shown_where_photos_can_be_taken(till: Till, sample: Sample) -> None:
    open_service(sample, till.hall, "return-goods")
    steps = {}
    for channel in ("phone", "kiosk"):
        errand = Errand(till.hall, "return-goods", channel=channel)
        errand.answer("order", {"number": "SO260901001", "tail": "6621"})
        errand.answer("line", errand.shown["options"][0]["value"]).answer("reason", {"why": "faulty"})
        steps[channel] = errand.step
    assert steps == {"phone": "proof", "kiosk": "agree"}


def test_the_demos_hall_offers_what_can_work_there(hall: Hall, sample: Sample) -> None:
    open_service(sample, hall, "return-goods")
    found = {
        one.slug: one.offline for one in queries.offered(hall.site.region.organisation_id, channel="phone")
    }
    assert found == {"return-goods": "refused"}
