"""Duplicates and requests to be erased in operations: looked at, decided, undone; only with the right."""

from __future__ import annotations

import pytest

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import Customer, ErasureRequest, Joining
from tests.channels.ops.watching import Halls
from tests.hall import make_hall

NUMBER = "138 1234 5678"


@pytest.fixture
def halls(db: None) -> Halls:
    """Two halls of two organisations; nothing happened in them yet."""
    return Halls(make_hall("mall"), make_hall("bank"), None, {})


@pytest.fixture
def twins(halls: Halls) -> list[Customer]:
    tenant = halls.mall.site.region.organisation_id
    return [
        actions.add_customer(organisation_id=tenant, fields=fields, by=SYSTEM)
        for fields in ({"phone": NUMBER}, {"name": "王小明", "phone": "+8613812345678"})
    ]


def test_duplicates_are_compared_joined_and_parted(halls: Halls, twins: list[Customer]) -> None:
    client = halls.as_("manager")
    one, two = twins
    page = client.get("/ops/mall/duplicates").content.decode()
    assert "same phone" in page
    assert "王小明" not in page
    compare = client.get(
        "/ops/mall/duplicates/compare", {"one": str(one.pk), "other": str(two.pk)}
    ).content.decode()
    assert "taken over" in compare
    assert "王小明" not in compare
    assert client.post("/ops/mall/duplicates/join", {"kept": one.pk, "gone": two.pk}).status_code == 303
    assert Customer.objects.get(pk=one.pk).name == "王小明"
    assert "No duplicates" in client.get("/ops/mall/duplicates").content.decode()
    assert client.post("/ops/mall/duplicates/part", {"joining": Joining.objects.get().pk}).status_code == 303
    assert Customer.objects.get(pk=one.pk).name == ""


def test_two_persons_are_kept_apart(halls: Halls, twins: list[Customer]) -> None:
    client = halls.as_("manager")
    form = {"kept": twins[0].pk, "gone": twins[1].pk, "apart": "yes"}
    client.post("/ops/mall/duplicates/join", form)
    assert "No duplicates" in client.get("/ops/mall/duplicates").content.decode()
    assert not Joining.objects.exists()


def test_requests_are_decided_in_the_order_of_their_deadlines(halls: Halls, twins: list[Customer]) -> None:
    client = halls.as_("manager")
    asked = [actions.ask_erasure(customer_id=one.pk, by=SYSTEM) for one in twins]
    page = client.get("/ops/mall/erasures").content.decode()
    assert page.index(str(asked[0].pk)) < page.index(str(asked[1].pk))
    assert "15 days" in page
    form = {"request": asked[0].pk, "decision": "refuse", "reason": "duty"}
    assert client.post("/ops/mall/erasures/decide", form).status_code == 303
    assert client.post("/ops/mall/erasures/decide", form).status_code == 409
    answer = client.post("/ops/mall/erasures/decide", {"request": asked[1].pk, "decision": "erase"})
    assert "Erase for good?" in answer.content.decode()
    assert ErasureRequest.objects.get(pk=asked[1].pk).state == "open"
    form = {"request": asked[1].pk, "decision": "refuse", "reason": "no time"}
    assert client.post("/ops/mall/erasures/decide", form).status_code == 422
    assert (
        client.post("/ops/mall/erasures/decide", {**form, "decision": "erase", "sure": "yes"}).status_code
        == 303
    )
    assert list(ErasureRequest.objects.order_by("asked_at", "pk").values_list("state", flat=True)) == [
        "refused",
        "done",
    ]
    assert Customer.objects.get(pk=twins[1].pk).name == ""


def test_without_the_right_or_from_elsewhere_nothing_is_there(halls: Halls, twins: list[Customer]) -> None:
    one, two = twins
    asked = actions.ask_erasure(customer_id=one.pk, by=SYSTEM)
    for client, expected in ((halls.as_("supervisor"), 403), (halls.as_("manager", halls.bank), 404)):
        for path in ("duplicates", "erasures", f"duplicates/compare?one={one.pk}&other={two.pk}"):
            assert client.get(f"/ops/mall/{path}").status_code == expected
        for path, form in (
            ("duplicates/join", {"kept": one.pk, "gone": two.pk}),
            ("erasures/decide", {"request": asked.pk, "decision": "erase", "sure": "yes"}),
        ):
            assert client.post(f"/ops/mall/{path}", form).status_code == expected
    stranger = halls.as_("manager", halls.bank)
    wanted = {"request": asked.pk, "decision": "erase", "sure": "yes"}
    assert stranger.post("/ops/bank/erasures/decide", wanted).status_code == 404
    assert stranger.post("/ops/bank/duplicates/join", {"kept": one.pk, "gone": two.pk}).status_code == 404
    assert not Joining.objects.exists()
    assert ErasureRequest.objects.get().state == "open"


def test_nonsense_is_refused(halls: Halls) -> None:
    for query in ("", "?one=x&other=y"):
        assert halls.as_("manager").get(f"/ops/mall/duplicates/compare{query}").status_code == 422
