"""The load watch's pages: now, deciding, rules, trying one, plans; by role and language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from servicehall.channels.ops.load.told import TOLD
from servicehall.kernel import clock
from servicehall.kernel.models import Event
from servicehall.rooms.diversion import actions
from servicehall.rooms.diversion.models import Episode, LoadRule, Plan
from servicehall.rooms.hall.models import SpecialDay
from tests.channels.ops.watching import Halls
from tests.hall import minutes
from tests.rooms.diversion.loaded import add_rule, fill, lends, served_by

LOAD = "/ops/mall/load"
GIVEN = {
    "name_zh": "等候人多",
    "name_en": "Many wait",
    "measure": "waiting",
    "threshold": "10",
    "hold_minutes": "5",
    "over_at": "5",
    "calm_minutes": "5",
    "mode": "proposed",
    "action": "open-counter",
    "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
    "on_holidays": "on",
}


def shown(halls: Halls, who: str = "supervisor", path: str = LOAD, language: str = "en") -> str:
    answer = halls.as_(who, language=language).get(path)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def fire(halls: Halls, **changes: Any) -> Episode:
    """A rule proposes to lend a service to a counter."""
    lends(halls.mall, mode="proposed", **changes)
    fill(halls.mall, 3, at=minutes(12))
    for minute in (12, 14):
        actions.watch_site(halls.mall.id, at=minutes(minute))
    return Episode.objects.get()


@pytest.fixture(autouse=True)
def a_minute_later(halls: Halls) -> Iterator[None]:
    with clock.at(minutes(16)):
        yield


def test_without_rules_the_page_says_what_a_rule_is(halls: Halls) -> None:
    page = shown(halls)
    assert "No rules yet" in page
    assert "No plans yet" in page
    assert "Add a rule" not in page  # that is for those who set up
    assert "Add a rule" in shown(halls, "manager")
    assert "尚无规则" in shown(halls, language="zh-Hans")


def test_the_page_shows_rules_with_what_they_measure(halls: Halls) -> None:
    add_rule(halls.mall, threshold=3)
    page = shown(halls)
    assert "Many wait" in page
    assert "at least 3 people for 2 min" in page
    assert "等候人多" in shown(halls, language="zh-Hans")


def test_what_fires_at_once_is_told_without_minutes(halls: Halls) -> None:
    add_rule(halls.mall, threshold=3, hold_minutes=0)
    add_rule(halls.mall, measure="free", threshold=0, over_at=2, hold_minutes=0)
    page = shown(halls)
    for words in ("at least 3 people<", "at most 0 free counters<"):
        assert words in page, words
    assert "for 0 min" not in page


def test_the_fields_of_an_action_are_not_called_optional(halls: Halls) -> None:
    page = shown(halls, "manager", f"{LOAD}/rules/add")
    then = page[page.index('id="rule-then"') :]
    assert "Which counter" in then
    assert "(optional)" not in then


@pytest.mark.parametrize(
    ("act", "state", "lent"), [("accept", "running", True), ("dismiss", "dismissed", False)]
)
def test_a_supervisor_decides_with_one_press(halls: Halls, act: str, state: str, lent: bool) -> None:
    episode = fire(halls)
    page = shown(halls)
    assert f"accept-{episode.pk}" in page
    assert "Counter 1 also serves Loan" in page
    answer = halls.as_("supervisor").post(f"{LOAD}/{episode.pk}/{act}", follow=True)
    assert answer.status_code == 200
    episode.refresh_from_db()
    assert episode.state == state
    assert ("loan" in served_by(halls.mall)) is lent


def test_what_runs_is_undone_by_hand_and_a_late_press_is_told(halls: Halls) -> None:
    episode = fire(halls)
    client = halls.as_("supervisor")
    client.post(f"{LOAD}/{episode.pk}/accept")
    assert "loan" in served_by(halls.mall)
    client.post(f"{LOAD}/{episode.pk}/undo")
    assert "loan" not in served_by(halls.mall)
    assert "the rule does not come again until this load is over" in shown(halls)
    late = client.post(f"{LOAD}/{episode.pk}/accept", follow=True)
    assert "Somebody has decided already" in late.content.decode()
    episode.refresh_from_db()
    assert episode.state == "undone"


def test_agents_and_other_halls_see_nothing(halls: Halls) -> None:
    episode = fire(halls)
    assert halls.as_("agent").get(LOAD).status_code == 403
    assert halls.as_("manager", halls.bank).get(LOAD).status_code == 404
    assert halls.as_("manager", halls.bank).post(f"{LOAD}/{episode.pk}/accept").status_code == 404
    assert halls.as_("manager", halls.bank).post(f"/ops/bank/load/{episode.pk}/accept").status_code == 404
    assert halls.as_("manager", halls.bank).get(f"/ops/bank/load/rules/{episode.rule_id}").status_code == 404
    episode.refresh_from_db()
    assert episode.state == "proposed"


def test_only_changed_parts_are_sent_again(halls: Halls) -> None:
    fire(halls)
    client = halls.as_("supervisor")
    page = client.get(LOAD).content.decode()
    versions = dict(re.findall(r'data-part="(load_\w+)" data-version="(\w+)"', page))
    assert set(versions) == {"load_open", "load_rules", "load_history", "load_plans"}
    known = " ".join(f"{name}={version}" for name, version in versions.items() if name != "load_open")
    answer = client.get(LOAD, headers={"X-Parts": known}).content.decode()
    assert "part-load_open" in answer
    assert "part-load_plans" not in answer


def test_a_rule_is_added_and_changed_in_a_form(halls: Halls) -> None:
    client = halls.as_("manager")
    assert client.get(f"{LOAD}/rules/add").status_code == 200
    assert client.post(f"{LOAD}/rules/add", GIVEN).status_code == 303
    rule = LoadRule.objects.get()
    assert (rule.names, rule.threshold, rule.mode) == (
        {"zh-Hans": "等候人多", "en": "Many wait"},
        10.0,
        "proposed",
    )
    page = client.get(f"{LOAD}/rules/{rule.pk}").content.decode()
    assert 'value="等候人多"' in page
    assert client.post(f"{LOAD}/rules/{rule.pk}", {**GIVEN, "threshold": "12"}).status_code == 303
    rule.refresh_from_db()
    assert rule.threshold == 12
    assert client.post(f"{LOAD}/rules/{rule.pk}/switch", {"to": "off"}).status_code == 303
    rule.refresh_from_db()
    assert not rule.is_active


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"over_at": "10"}, "Give less than the threshold"),
        ({"threshold": "many"}, "Enter a number"),
        ({"name_zh": "", "name_en": ""}, "at least one language"),
        ({"action": "counter-services"}, "This action needs it"),
        ({"measure": "kiosks"}, "Select a valid choice"),
        ({"from_time": "10:00"}, "Give both hours"),
        ({"from_time": "10:00", "to_time": "10:00"}, "would never hold"),
        ({"calm_minutes": "0"}, "Give at least one minute, or it would flap."),
        ({"measure": "share", "threshold": "101"}, "at most 100 per cent"),
        ({"weekdays": []}, "This field is required"),
        ({"weekdays": ["7"]}, "Select a valid choice"),
        ({"counter": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
    ],
)
def test_a_form_that_does_not_fit_says_so_beside_the_field(
    halls: Halls, changes: dict[str, Any], words: str
) -> None:
    answer = halls.as_("manager").post(f"{LOAD}/rules/add", {**GIVEN, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert LoadRule.objects.count() == 0


def test_supervisors_decide_but_do_not_change_rules(halls: Halls) -> None:
    rule = add_rule(halls.mall)
    client = halls.as_("supervisor")
    assert client.get(f"{LOAD}/rules/add").status_code == 403
    assert client.post(f"{LOAD}/rules/{rule.pk}/switch", {"to": "off"}).status_code == 403
    assert client.get(f"{LOAD}/plans/add").status_code == 403
    rule.refresh_from_db()
    assert rule.is_active


def test_a_rule_is_tried_on_a_day(halls: Halls) -> None:
    rule = add_rule(halls.mall, threshold=2, over_at=0, hold_minutes=1, calm_minutes=1)
    page = shown(halls, path=f"{LOAD}/rules/{rule.pk}/try?day=2026-03-03")
    assert "It would have fired" in page
    assert "Nobody waited on that day" in shown(halls, path=f"{LOAD}/rules/{rule.pk}/try?day=2025-03-03")
    high = add_rule(halls.mall, threshold=90, over_at=0)
    assert "It would not have fired" in shown(halls, path=f"{LOAD}/rules/{high.pk}/try?day=2026-03-03")
    client = halls.as_("supervisor")
    assert client.get(f"{LOAD}/rules/{rule.pk}/try?day=yesterday").status_code == 422
    assert client.get(f"{LOAD}/rules/{rule.pk}/try?day=2099-01-01").status_code == 422
    free = add_rule(halls.mall, measure="free", threshold=0, over_at=1)
    assert "cannot be tried" in shown(halls, path=f"{LOAD}/rules/{free.pk}/try")


def test_a_plan_is_saved_scheduled_and_cancelled(halls: Halls) -> None:
    client = halls.as_("manager")
    given = {
        "name_zh": "国庆",
        "name_en": "National Day",
        "first": "2026-10-01",
        "last": "2026-10-02",
        "opens": "10:00",
        "closes": "20:00",
    }
    assert client.get(f"{LOAD}/plans/add").status_code == 200
    assert client.post(f"{LOAD}/plans/add", {**given, "last": "2026-09-01"}).status_code == 422
    for day, words in (("2026-03-02", "This day is over already."), ("2099-10-02", "for the next two years")):
        answer = client.post(f"{LOAD}/plans/add", {**given, "first": day, "last": day})
        assert (answer.status_code, words in answer.content.decode()) == (422, True), day
    assert client.post(f"{LOAD}/plans/add", given).status_code == 303
    plan = Plan.objects.get()
    client.post(f"{LOAD}/plans/{plan.pk}/schedule")
    assert SpecialDay.objects.count() == 2
    client.post(f"{LOAD}/plans/add", given)
    second = Plan.objects.exclude(pk=plan.pk).get()
    told = client.post(f"{LOAD}/plans/{second.pk}/schedule", follow=True).content.decode()
    assert "Some of these days have special hours already: 2026-10-01, 2026-10-02" in told
    client.post(f"{LOAD}/plans/{plan.pk}/cancel")
    assert SpecialDay.objects.count() == 0
    ended = client.post(f"{LOAD}/plans/{plan.pk}/end", follow=True).content.decode()
    assert "The plan is not in effect." in ended


def test_what_it_brought_stands_there_when_it_is_over(halls: Halls) -> None:
    episode = fire(halls)
    actions.switch_rule(
        episode.rule_id, site_id=halls.mall.id, is_active=False, by=halls.mall.actors["manager"]
    )
    page = shown(halls)
    assert "Wait before" in page
    assert "switched off" in page
    assert "No rule has anything to do." in page


def test_the_number_of_queries_does_not_grow(halls: Halls, django_assert_max_num_queries: Any) -> None:
    fire(halls)
    client = halls.as_("supervisor")
    client.get(LOAD)
    with django_assert_max_num_queries(50) as few:
        client.get(LOAD)
    for _ in range(4):
        add_rule(halls.mall, threshold=50)
    with django_assert_max_num_queries(len(few)):
        client.get(LOAD)


def test_a_rule_of_some_weekdays_says_so_in_the_list_the_form_and_the_record(halls: Halls) -> None:
    client = halls.as_("manager")
    given = {**GIVEN, "weekdays": ["0", "1", "2", "5"]}
    del given["on_holidays"]
    assert client.post(f"{LOAD}/rules/add", given).status_code == 303
    rule = LoadRule.objects.get()
    assert (rule.weekdays, rule.on_holidays) == (0b100111, False)
    assert "Mon–Wed, Sat, not on special days" in shown(halls)
    assert "星期一至星期三、星期六、特殊日期除外" in shown(halls, language="zh-Hans")
    form = client.get(f"{LOAD}/rules/{rule.pk}").content.decode()
    assert form.count("checked") == 4 + 1  # and how it is done
    act = Event.objects.get(kind="load.rule-changed")
    assert TOLD[act.kind][0](act.data)[1] == "Many wait · Mon–Wed, Sat, not on special days"
    before = {name: value for name, value in act.data.items() if name not in {"weekdays", "on_holidays"}}
    assert TOLD[act.kind][0](before)[1] == "Many wait"


def rows(**values: Any) -> dict[str, Any]:
    """A plan's form with a temporary counter and somebody more."""
    return {
        "name_zh": "国庆",
        "name_en": "National Day",
        "first": "2026-10-01",
        "last": "2026-10-02",
        "opens": "",
        "closes": "",
        "points": "2",
        "shifts": "2",
        "points-0-label": "T1",
        "shifts-0-label": "T1",
        "shifts-0-from_time": "10:00",
        "shifts-0-to_time": "14:00",
        **values,
    }


def test_temporary_counters_and_extra_staff_are_filled_in_shown_and_changed(halls: Halls) -> None:
    hall, client = halls.mall, halls.as_("manager")
    stage, agent = str(hall.services["consult"].stages.get().pk), hall.people["agent"]
    where = {
        "points-0-zone": str(hall.zone.pk),
        "points-0-stages": [stage],
        "points-1-zone": str(hall.zone.pk),
    }
    given = rows(**where, **{"shifts-0-staff": str(agent.pk), "shifts-0-first": "2026-10-02"})
    assert client.post(f"{LOAD}/plans/add", given).status_code == 303
    plan = Plan.objects.get()
    assert [one.label for one in plan.points.all()] == ["T1"]
    assert [(one.staff, one.label) for one in plan.shifts.all()] == [(agent, "T1")]
    page = shown(halls)
    assert "Temporary counter T1: Consult" in " ".join(page.split())
    assert "10:00–14:00 · 10-02–10-02" in page
    path = f"{LOAD}/plans/{plan.pk}"
    form = client.get(path).content.decode()
    assert 'name="points-0-label" value="T1"' in form
    assert f'value="{agent.pk}" selected' in form
    assert "points-2-label" in form  # and two empty rows
    assert client.post(path, {**given, "points-0-label": "T9", "shifts-0-label": "T9"}).status_code == 303
    assert [one.label for one in plan.points.all()] == ["T9"]
    assert "临时窗口" in shown(halls, "manager", path, "zh-Hans")
    client.post(f"{path}/schedule")
    assert "points-0-label" not in client.get(path).content.decode()
    told = client.post(path, given, follow=True).content.decode()
    assert "This cannot be done with the plan any more" in told
    assert [one.label for one in plan.points.all()] == ["T9"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shifts-0-to_time": ""}, "Give both hours."),
        ({"shifts-0-to_time": "late"}, "Enter a valid time."),
        ({"shifts-0-label": "7"}, "There is no counter 7."),
        ({"points-0-label": "1"}, "There is a counter 1 already."),
        ({"points-0-label": "!"}, "Letters, digits and hyphens only."),
        ({"points-0-stages": []}, "Say what counter T1 serves."),
        ({"points-0-zone": "x"}, "Select a valid choice"),
        ({"points": "many", "shifts": "-1"}, "Say what is to be otherwise"),
    ],
)
def test_rows_that_do_not_fit_are_told_and_nothing_is_saved(
    halls: Halls, changes: dict[str, Any], words: str
) -> None:
    hall, client = halls.mall, halls.as_("manager")
    stage = str(hall.services["consult"].stages.get().pk)
    where = {
        "points-0-zone": str(hall.zone.pk),
        "points-0-stages": [stage],
        "points-1-zone": str(hall.zone.pk),
    }
    answer = client.post(f"{LOAD}/plans/add", rows(**where) | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Plan.objects.count() == 0


def test_supervisors_read_a_plan_and_do_not_change_it(halls: Halls) -> None:
    client = halls.as_("manager")
    client.post(f"{LOAD}/plans/add", rows(opens="10:00", closes="20:00", points="0", shifts="0"))
    plan = Plan.objects.get()
    path = f"{LOAD}/plans/{plan.pk}"
    page = shown(halls, path=path)
    assert "10:00–20:00" in page
    assert "schedule-" not in page
    assert halls.as_("supervisor").post(path, rows()).status_code == 403
    assert halls.as_("manager", halls.bank).get(f"/ops/bank/load/plans/{plan.pk}").status_code == 404
