"""Webhooks and alerts in operations: added with a secret shown once, tested, sent again; alerts taken in hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from servicehall.kernel.models import Event
from servicehall.rooms.alerts.models import Alert
from servicehall.rooms.people import actions as people
from servicehall.rooms.webhooks import actions
from servicehall.rooms.webhooks.models import Delivery, Endpoint
from tests.channels.ops.watching import Halls
from tests.hall import catch_up, make_hall
from tests.rooms.webhooks.receiving import Receiver

URL = "https://warehouse.example.com/hall"


@pytest.fixture
def halls(db: None) -> Halls:
    """Two halls of two organisations; nothing happened in them yet."""
    return Halls(make_hall("mall"), make_hall("bank"), None, {})


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    found = Receiver()
    yield found
    found.close()


def added(halls: Halls, url: str = URL, **rest: Any) -> tuple[Endpoint, str]:
    """A webhook as an administrator adds it, and the page that follows."""
    form = {"name": "Warehouse", "url": url, "reach": "site", "families": ["ticket.*"], **rest}
    page = halls.as_("admin").post("/ops/mall/webhooks/add", form)
    assert page.status_code == 200, page.status_code
    return Endpoint.objects.get(), page.content.decode()


def test_a_webhook_is_added_after_confirming_and_its_secret_shown_once(halls: Halls) -> None:
    made, page = added(halls, kinds="counter.opened, visit.rated")
    assert made.secret in page
    assert made.kinds == ["counter.opened", "ticket.*", "visit.rated"]
    [fact] = Event.objects.filter(kind="webhook.added")
    assert fact.actor_id == halls.mall.people["admin"].pk
    client = halls.as_("admin")
    for path in ("", f"/{made.pk}", f"/{made.pk}/change"):
        answer = client.get(f"/ops/mall/webhooks{path}")
        assert "Warehouse" in answer.content.decode()
        assert made.secret not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
    changed = {"name": "Store", "url": URL, "kinds": "ticket.called"}
    assert client.post(f"/ops/mall/webhooks/{made.pk}/change", changed).status_code == 303
    assert Endpoint.objects.get().kinds == ["ticket.called"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "http://warehouse.example.com/"}, "has to begin with https://"),
        ({"url": "https://10.0.0.1/"}, "reachable from the internet"),
        ({"families": [], "kinds": "ticket.flown"}, "only such as there are"),
        ({"name": ""}, "This field is required."),
        ({"reach": "organisation"}, "Select a valid choice"),
    ],
)
def test_what_does_not_fit_stands_beside_its_field(halls: Halls, wrong: dict[str, Any], words: str) -> None:
    form = {"name": "Warehouse", "url": URL, "reach": "site", "families": ["ticket.*"], **wrong}
    page = halls.as_("admin").post("/ops/mall/webhooks/add", form)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not Endpoint.objects.exists()


def test_a_test_message_arrives_and_is_sent_again(halls: Halls, receiver: Receiver) -> None:
    made, _page = added(halls, receiver.url)
    receiver.desk.secrets = [made.secret]
    receiver.behave(failures=1, status=503)
    client = halls.as_("admin")
    assert client.post(f"/ops/mall/webhooks/{made.pk}/act", {"act": "test"}).status_code == 303
    catch_up()
    actions.deliver_now(made.pk)
    page = client.get(f"/ops/mall/webhooks/{made.pk}").content.decode()
    assert "503" in page
    assert "It answered with an error." in page
    again = {"delivery": Delivery.objects.get().pk}
    assert client.post(f"/ops/mall/webhooks/{made.pk}/repeat", again).status_code == 303
    actions.deliver_now(made.pk)
    assert "204" in client.get(f"/ops/mall/webhooks/{made.pk}?state=done").content.decode()
    assert [one["type"] for one in receiver.bodies()] == ["webhook.tested"]


def test_a_secret_is_changed_a_webhook_switched_off_on_and_removed(halls: Halls) -> None:
    made, _page = added(halls)
    client, address = halls.as_("admin"), f"/ops/mall/webhooks/{made.pk}/act"
    page = client.post(address, {"act": "secret"}).content.decode()
    fresh = Endpoint.objects.get()
    assert fresh.secret in page
    assert fresh.secret != made.secret == fresh.old_secret
    client.post(address, {"act": "disable"})
    assert "stopped by staff" in client.get("/ops/mall/webhooks").content.decode()
    client.post(address, {"act": "enable"})
    assert Endpoint.objects.get().is_active
    assert client.post(address, {"act": "dance"}).status_code == 422
    assert client.post(address, {"act": "remove"}).status_code == 303
    assert "No webhooks" in client.get("/ops/mall/webhooks").content.decode()


def test_without_the_right_or_from_elsewhere_there_is_nothing(halls: Halls) -> None:
    made, _page = added(halls)
    for client, expected in ((halls.as_("manager"), 403), (halls.as_("admin", halls.bank), 404)):
        for path in ("", "/add", f"/{made.pk}", f"/{made.pk}/change"):
            assert client.get(f"/ops/mall/webhooks{path}").status_code == expected
        for path, form in (("act", {"act": "remove"}), ("repeat", {"delivery": str(made.pk)})):
            assert client.post(f"/ops/mall/webhooks/{made.pk}/{path}", form).status_code == expected
    assert halls.as_("admin", halls.bank).get(f"/ops/bank/webhooks/{made.pk}").status_code == 404
    assert Endpoint.objects.get().is_active


def test_the_number_of_queries_does_not_grow(halls: Halls, django_assert_max_num_queries: Any) -> None:
    for _ in range(2):
        form = {"name": "W", "url": URL, "reach": "site", "families": ["ticket.*"]}
        halls.as_("admin").post("/ops/mall/webhooks/add", form)
    client = halls.as_("admin")
    client.get("/ops/mall/webhooks")
    with django_assert_max_num_queries(18):
        client.get("/ops/mall/webhooks")


def guess() -> None:
    for _ in range(10):
        with pytest.raises(people.WrongProof):
            people.prove_password("mall-agent", "wrong", address="198.51.100.7")
    catch_up()


def test_alerts_are_counted_in_the_bar_and_taken_in_hand(halls: Halls) -> None:
    client = halls.as_("manager")
    assert "nav-count" not in client.get("/ops/mall").content.decode()
    guess()
    assert re.search(r'nav-count number">1<', client.get("/ops/mall").content.decode())
    renewed = client.get("/ops/mall", headers={"X-Parts": "tiles=0"}).content.decode()
    assert 'id="part-alert_count"' in renewed
    page = client.get("/ops/mall/alerts").content.decode()
    assert "An account is locked after too many failed sign-ins" in page
    assert "Agent" in page
    alert = Alert.objects.get()
    address = f"/ops/mall/alerts/{alert.pk}"
    assert halls.as_("supervisor").post(address).status_code == 403
    assert halls.as_("manager", halls.bank).post(address).status_code == 404
    assert halls.as_("manager", halls.bank).post(f"/ops/bank/alerts/{alert.pk}").status_code == 404
    assert client.post(address).status_code == 303
    assert client.post(address).status_code == 409
    assert "No open alerts" in client.get("/ops/mall/alerts").content.decode()
    assert "Manager" in client.get("/ops/mall/alerts?state=past").content.decode()
    assert client.get("/ops/alerts")["Location"] == "/ops/mall/alerts"
    assert "Alerts" not in halls.as_("supervisor").get("/ops/mall").content.decode()
