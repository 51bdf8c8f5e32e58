"""What if: a usual day from the hall's history, changed in forms, tried out, put side by side, taken out as files."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from servicehall.channels.ops.what_if import results
from servicehall.rooms.diversion.models import Plan as HolidayPlan
from servicehall.rooms.simulation.actions import planning
from servicehall.rooms.simulation.models import DayPlan
from tests.channels.ops.watching import Halls
from tests.hall import catch_up
from tests.rooms.simulation.plans import document

WHERE = "/ops/mall/what-if"


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def made(halls: Halls, name: str = "Tuesday", **changed: Any) -> DayPlan:
    actor = halls.mall.actors["manager"]
    return planning.add_plan(site_id=halls.mall.id, name=name, document=document(**changed), by=actor)


def tried(halls: Halls, name: str, **changed: Any) -> DayPlan:
    plan = made(halls, name, **changed)
    planning.ask_plan(plan.pk, site_id=halls.mall.id, days=3, seed=1, by=halls.mall.actors["manager"])
    assert planning.try_next()
    plan.refresh_from_db()
    return plan


def sheet(**changed: Any) -> dict[str, Any]:
    """What the form of the small plan sends."""
    return {
        "act": "save",
        "version": "1",
        "name": "Tuesday",
        "demand": "100",
        "opens": ["09:00", "", ""],
        "closes": ["12:00", "", ""],
        "discipline": "accumulating",
        "at": ["9|1", "10|1", "11|1"],
        "days": "3",
        "seed": "1",
    } | changed


def test_the_list_begins_empty_and_a_usual_day_comes_from_history(halls: Halls) -> None:
    catch_up()
    manager = halls.as_("manager")
    assert "No plans of a day yet" in shown(manager, WHERE)
    answer = manager.post(WHERE, {"name": "Usual", "text": ""})
    plan = DayPlan.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"{WHERE}/{plan.pk}"
    assert sum(sum(one["arrivals"].values()) for one in plan.document["services"].values()) > 0
    page = shown(manager, answer["Location"])
    assert "Not tried yet" in page
    assert "Usual" in shown(manager, WHERE)
    assert manager.get("/ops/what-if")["Location"] == WHERE


def test_a_plan_comes_from_a_text_and_what_is_wrong_with_it_is_said(halls: Halls) -> None:
    manager = halls.as_("manager")
    answer = manager.post(WHERE, {"name": "", "text": json.dumps(document(demand=-3))})
    assert answer.status_code == 422
    assert "demand: -3 is not between 0 and 20." in answer.content.decode()
    chinese = halls.as_("manager", language="zh-Hans").post(WHERE, {"name": "", "text": "{"})
    assert "文件既不是 YAML" in chinese.content.decode()
    assert not DayPlan.objects.exists()
    assert manager.post(WHERE, {"name": "", "text": json.dumps(document())}).status_code == 303
    assert DayPlan.objects.get().name == "small"


def test_times_that_yaml_reads_as_minutes_stand_in_the_sheet_as_they_were_written(halls: Halls) -> None:
    manager = halls.as_("manager")
    text = "opening: [{from: 10:00, to: 17:30}]\nservices: {a: {arrivals: {'10:00': 3}, names: {}}}\n"
    text += "appointments: [{at: 10:45, service: a}]\n"
    manager.post(WHERE, {"name": "Unquoted", "text": text})
    page = shown(manager, f"{WHERE}/{DayPlan.objects.get().pk}")
    for words in ('value="10:00"', 'value="17:30"', "a · 10:45"):
        assert words in page, words


def test_a_name_that_no_database_keeps_is_refused(halls: Halls) -> None:
    manager = halls.as_("manager")
    assert manager.post(WHERE, {"name": "a\x1bb", "text": ""}).status_code == 422
    plan = made(halls)
    assert manager.post(f"{WHERE}/{plan.pk}", sheet(name="a\x1bb")).status_code == 422
    assert manager.post(f"{WHERE}/{plan.pk}", sheet(new_label="\x1b", new_like="1")).status_code == 422
    plan.refresh_from_db()
    assert (plan.name, plan.version) == ("Tuesday", 1)


def test_the_sheet_changes_staff_hours_rules_and_appointments(halls: Halls) -> None:
    plan = made(halls)
    manager = halls.as_("manager")
    page = shown(manager, f"{WHERE}/{plan.pk}")
    assert 'value="9|1" checked' in page
    assert 'value="12|1"' in page
    answer = manager.post(
        f"{WHERE}/{plan.pk}",
        sheet(
            name="Holiday",
            demand="150",
            closes=["13:00", "", ""],
            at=["9|1", "10|1", "12|1"],
            discipline="fifo",
            lead_minutes="20",
            new_label="T1",
            new_like="1",
            new_from="10:00",
            new_to="12:30",
            booked_service="consult",
            booked_from="09:00",
            booked_to="10:00",
            booked_every="30",
            booked_shows="80",
        ),
    )
    assert answer.status_code == 303, answer.content.decode()
    plan.refresh_from_db()
    assert plan.name == "Holiday"
    assert plan.document["demand"] == 1.5
    assert plan.document["opening"] == [{"from": "09:00", "to": "13:00"}]
    assert plan.document["rules"]["discipline"] == "fifo"
    assert plan.document["merging"]["lead_minutes"] == 20
    assert plan.document["counters"]["T1"] == ["consult"]
    assert plan.document["roster"] == [
        {"counter": "1", "from": "09:00", "to": "11:00"},
        {"counter": "1", "from": "12:00", "to": "13:00"},
        {"counter": "T1", "from": "10:00", "to": "12:30"},
    ]
    booked = {"service": "consult", "from": "09:00", "to": "10:00", "every_minutes": 30, "shows": 0.8}
    assert plan.document["appointments"] == [booked]
    assert "80% come" in shown(manager, f"{WHERE}/{plan.pk}")
    manager.post(f"{WHERE}/{plan.pk}", sheet(version="2"))
    plan.refresh_from_db()
    assert plan.document["appointments"] == []


def test_a_counter_with_all_its_hours_in_one_field_is_the_same(halls: Halls) -> None:
    plan = made(halls)
    posted = sheet(hours=["9,11,99,x|1", "|2"])
    del posted["at"]
    halls.as_("manager").post(f"{WHERE}/{plan.pk}", posted)
    plan.refresh_from_db()
    assert [(one["from"], one["to"]) for one in plan.document["roster"]] == [
        ("09:00", "10:00"),
        ("11:00", "12:00"),
    ]


def test_hours_that_are_left_as_they_are_keep_their_minutes(halls: Halls) -> None:
    roster = [{"counter": "1", "from": "09:10", "to": "11:50", "skills": []}]
    plan = made(halls, roster=roster)
    halls.as_("manager").post(f"{WHERE}/{plan.pk}", sheet())
    plan.refresh_from_db()
    assert plan.document["roster"] == roster


def test_what_does_not_fit_comes_back_as_it_was_typed_and_nothing_is_kept(halls: Halls) -> None:
    plan = made(halls)
    manager = halls.as_("manager")
    answer = manager.post(f"{WHERE}/{plan.pk}", sheet(closes=["nine", "", ""], demand="lots"))
    assert answer.status_code == 422
    page = answer.content.decode()
    for words in ("“nine” is not a time", "“lots”", 'value="nine"', 'value="lots"'):
        assert words in page, words
    assert manager.post(f"{WHERE}/{plan.pk}", sheet(act="save-and-try", days="9999")).status_code == 422
    stale = manager.post(f"{WHERE}/{plan.pk}", sheet(version="7"))
    assert stale.status_code == 422
    assert 'name="version" value="7"' in stale.content.decode()
    assert manager.post(f"{WHERE}/{plan.pk}", {"act": "dance"}).status_code == 404
    plan.refresh_from_db()
    assert plan.document["opening"] == [{"from": "09:00", "to": "12:00"}]


def test_trying_out_shows_how_far_it_is_then_the_figures(halls: Halls) -> None:
    plan = made(halls)
    manager = halls.as_("manager")
    assert manager.post(f"{WHERE}/{plan.pk}", sheet(act="save-and-try")).status_code == 303
    page = shown(manager, f"{WHERE}/{plan.pk}")
    assert "0 of 3 days" in page
    assert "You can leave this page" in page
    assert planning.try_next()
    page = shown(manager, f"{WHERE}/{plan.pk}")
    for words in ("What came of it", "Half wait at most", "what-if-queue-data", "elderly", "consult"):
        assert words in page, words
    manager.post(f"{WHERE}/{plan.pk}", {"act": "copy"})
    assert DayPlan.objects.filter(name="Tuesday, copy", figures__isnull=True).exists()
    manager.post(f"{WHERE}/{plan.pk}", {"act": "remove"})
    assert not DayPlan.objects.filter(pk=plan.pk).exists()


def test_plans_stand_side_by_side_with_their_differences(halls: Halls) -> None:
    one = tried(halls, "One counter")
    two = tried(
        halls,
        "Two counters",
        counters={"1": ["consult"], "2": ["consult"]},
        roster=[{"counter": label, "from": "09:00", "to": "12:00"} for label in "12"],
    )
    manager = halls.as_("manager")
    assert "Side by side" in shown(manager, WHERE)
    page = shown(manager, f"{WHERE}/compare?plan={one.pk}&plan={two.pk}")
    assert page.index("One counter") < page.index("Two counters")
    assert "pill-good" in page
    assert "what-if-waits-data" in page
    # The one that was made first is what the other is held against, whichever was ticked first.
    turned = shown(manager, f"{WHERE}/compare?plan={two.pk}&plan={one.pk}")
    assert "a difference from “One counter”" in turned
    assert "Four plans at most" not in page
    many = "&".join(f"plan={uuid4()}" for _ in range(4))
    assert "Four plans at most" in shown(manager, f"{WHERE}/compare?plan={one.pk}&{many}")
    assert "Choose two plans or more" in shown(manager, f"{WHERE}/compare?plan={one.pk}&plan={uuid4()}")
    shown(manager, f"{WHERE}/compare?plan=x", 422)


def test_a_plan_that_failed_says_so(halls: Halls) -> None:
    plan = made(halls)
    DayPlan.objects.update(state="failed")
    assert "It could not be tried out" in shown(halls.as_("manager"), f"{WHERE}/{plan.pk}")


def test_gaps_are_told_by_the_names_of_services(halls: Halls) -> None:
    shift = {"counter": "1", "from": "10:00", "to": "12:00"}
    changed = document()["services"]["consult"] | {"names": {"en": "Advice", "zh-Hans": "咨询"}}
    plan = made(halls, services={"consult": changed}, roster=[shift])
    assert "customers come for “Advice”, and nobody" in shown(halls.as_("manager"), f"{WHERE}/{plan.pk}")
    assert "“咨询”" in shown(halls.as_("manager", language="zh-Hans"), f"{WHERE}/{plan.pk}")


def test_long_names_in_a_legend_keep_their_ends_apart() -> None:
    one, two = (f"Holiday with longer hours and more people {n}" for n in "12")
    assert results.short("Tuesday") == "Tuesday"
    assert len(results.short(one)) <= results.LEGEND + 1
    assert results.short(one) != results.short(two)


def test_plans_and_figures_are_taken_out_as_files(halls: Halls) -> None:
    plan = tried(halls, "Tuesday")
    manager = halls.as_("manager")
    answer = manager.get(f"{WHERE}/{plan.pk}/figures.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["group", "figure", "mean", "low", "high", "p10", "p90"]
    assert any(row[:2] == ["service:consult", "wait_p90"] for row in rows)
    assert 'filename="mall-Tuesday.csv"' in answer["Content-Disposition"]
    whole = manager.get(f"{WHERE}/{plan.pk}/plan.json").content.decode()
    manager.post(WHERE, {"name": "Again", "text": whole})
    assert DayPlan.objects.get(name="Again").document == plan.document | {"name": "Again"}
    assert manager.get(f"{WHERE}/{made(halls).pk}/figures.csv").status_code == 404


def test_who_only_watches_sees_plans_and_changes_none(halls: Halls) -> None:
    plan = tried(halls, "Tuesday")
    supervisor = halls.as_("supervisor")
    page = shown(supervisor, f"{WHERE}/{plan.pk}")
    assert "What came of it" in page
    assert 'name="act"' not in page
    assert supervisor.post(f"{WHERE}/{plan.pk}", {"act": "remove"}).status_code == 403
    assert supervisor.post(WHERE, {"name": "Mine", "text": ""}).status_code == 403
    assert halls.as_("agent").get(WHERE).status_code == 403
    assert halls.as_("manager", halls.bank).get(f"{WHERE}/{plan.pk}").status_code == 404
    assert DayPlan.objects.count() == 1


@pytest.mark.parametrize("count", [1, 6])
def test_the_pages_make_the_same_number_of_queries_for_few_and_many(
    halls: Halls, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        plan = made(halls, f"Plan {number}")
    manager = halls.as_("manager")
    shown(manager, WHERE)
    with django_assert_max_num_queries(14):
        shown(manager, WHERE)
    with django_assert_max_num_queries(14):
        shown(manager, f"{WHERE}/{plan.pk}")


def test_a_plan_is_used_on_dates_and_a_plan_for_special_days_is_tried(halls: Halls) -> None:
    catch_up()
    manager = halls.as_("manager")
    usual = planning.add_plan(site_id=halls.mall.id, name="Usual", by=halls.mall.actors["manager"])
    more = {**usual.document, "name": "Holiday", "opening": [{"from": "08:00", "to": "20:00"}], "demand": 1.2}
    plan = made(halls, **more)
    path = f"{WHERE}/{plan.pk}/use"
    assert path in shown(manager, f"{WHERE}/{plan.pk}")
    page = shown(manager, path)
    assert "Open 08:00–20:00" in page
    assert "Demand of 120 %" in page
    assert "不能带入" in shown(halls.as_("manager", language="zh-Hans"), path)
    given = {"name_en": "National Day", "name_zh": "", "first": "2026-10-01", "last": "2026-10-02"}
    wrong = manager.post(path, {**given, "last": "2026-09-01"})
    assert wrong.status_code == 422
    assert "The last day is before the first." in wrong.content.decode()
    assert HolidayPlan.objects.count() == 0
    saved = manager.post(path, given)
    holiday = HolidayPlan.objects.get()
    where = f"/ops/mall/load/plans/{holiday.pk}"
    assert (saved.status_code, saved["Location"]) == (303, where)
    assert f"{WHERE}/{plan.pk}" in shown(manager, where)
    assert where in shown(manager, f"{WHERE}/{plan.pk}")
    tried_out = manager.post(f"{where}/try")
    again = DayPlan.objects.exclude(pk__in=[plan.pk, usual.pk]).get()
    assert tried_out["Location"] == f"{WHERE}/{again.pk}"
    assert (again.holiday_id, again.document["opening"]) == (holiday.pk, more["opening"])
    assert halls.as_("supervisor").get(path).status_code == 403
    assert halls.as_("supervisor").post(f"{where}/try").status_code == 403


def test_a_plan_like_a_usual_day_cannot_be_used_on_dates(halls: Halls) -> None:
    catch_up()
    usual = planning.add_plan(site_id=halls.mall.id, name="Usual", by=halls.mall.actors["manager"])
    manager, path = halls.as_("manager"), f"{WHERE}/{usual.pk}/use"
    assert "Nothing to use on dates" in shown(manager, path)
    given = {"name_en": "National Day", "first": "2026-10-01", "last": "2026-10-02"}
    assert manager.post(path, given).status_code == 422
    assert HolidayPlan.objects.count() == 0
