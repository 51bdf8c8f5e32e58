"""What is still missing before a hall can open."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.rooms.people.models import RoleGrant, Skill, Staff
from servicehall.rooms.queueing import queries
from servicehall.rooms.queueing.models import Counter, PriorityClass, Service, Stage
from tests.hall import Hall, make_hall, make_site, text


def kinds(site_id: Any) -> list[str]:
    return [gap.kind for gap in queries.gaps([site_id])[site_id]]


def test_a_hall_that_is_set_up_lacks_nothing(hall: Hall) -> None:
    assert kinds(hall.id) == []


def test_a_new_site_lacks_everything_in_the_order_of_setting_up(db: None) -> None:
    site, zone = make_site("new", hours=[])
    zone.delete()
    zone.floor.delete()
    assert kinds(site.pk) == [
        "no-floors",
        "no-zones",
        "no-hours",
        "no-class",
        "no-series",
        "no-services",
        "no-counters",
        "no-staff",
    ]


def test_a_class_that_is_not_the_ordinary_one_is_not_enough(hall: Hall) -> None:
    PriorityClass.objects.filter(site=hall.id).update(is_default=False)
    assert kinds(hall.id) == ["no-class"]


def test_services_without_stage_or_counter_are_named(hall: Hall) -> None:
    Stage.objects.filter(service__slug="consult").delete()
    Counter.objects.all()[0].stages.clear()
    Counter.objects.all()[1].stages.set(Stage.objects.filter(service__slug="loan"))
    found = {gap.kind: gap.names for gap in queries.gaps([hall.id])[hall.id]}
    assert found == {
        "service-without-stage": (text("Consult", "咨询"),),
        "stage-without-counter": (text("Refund", "退货"),),
    }


def test_what_is_out_of_use_does_not_count(hall: Hall) -> None:
    Service.objects.update(is_active=False)
    Counter.objects.update(is_active=False)
    assert kinds(hall.id) == ["no-services", "no-counters"]


def test_a_skill_must_be_held_by_somebody_of_the_site(hall: Hall) -> None:
    Staff.skills.through.objects.all().delete()
    outsider = Staff.objects.create(username="outsider", names=text("Out"))
    outsider.skills.set(Skill.objects.all())
    assert kinds(hall.id) == ["stage-without-skill"]
    RoleGrant.objects.create(staff=outsider, role="agent", region=hall.site.region)
    assert kinds(hall.id) == []


def test_who_may_not_sign_in_is_no_staff(hall: Hall) -> None:
    Staff.objects.update(is_active=False)
    assert kinds(hall.id) == ["no-staff"]


@pytest.mark.django_db
def test_many_sites_take_as_many_queries_as_one(django_assert_num_queries: Any) -> None:
    first = make_hall("one")
    more = [make_hall(f"more{n}").id for n in range(3)]
    with django_assert_num_queries(13):
        queries.gaps([first.id])
    with django_assert_num_queries(13):
        found = queries.gaps([first.id, *more])
    assert all(gaps == [] for gaps in found.values())
