"""Webhooks over the API: how they do, a test message, sending again; without address or secret."""

from __future__ import annotations

import pytest

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.webhooks import actions
from servicehall.rooms.webhooks.models import Delivery
from tests.channels.api.speaking import Place
from tests.hall import catch_up

URL = "https://warehouse.example.com/needle"


@pytest.fixture
def webhook(mall: Place) -> str:
    made, _secret = actions.add_endpoint(
        organisation_id=mall.hall.site.region.organisation_id, site_id=mall.hall.id, name="Warehouse", url=URL,
        kinds=["counter.*"], by=SYSTEM,
    )  # fmt: skip
    return str(made.pk)


def test_a_program_sees_how_webhooks_do_and_sends_again(mall: Place, webhook: str) -> None:
    api = mall.api("integration")
    assert api.post(f"/webhooks/{webhook}/test", {}).status == 200
    catch_up()
    [delivery] = api.get(f"/webhooks/{webhook}/deliveries").json["items"]
    assert (delivery["kind"], delivery["state"], delivery["attempts"]) == ("webhook.tested", "waiting", 0)
    Delivery.objects.update(state="failed", attempts=10)
    [shown] = api.get("/sites/mall/webhooks").json["items"]
    assert (shown["name"], shown["failed"], shown["kinds"]) == ("Warehouse", 1, ["counter.*"])
    assert "needle" not in str(shown)
    assert "whsec_" not in str(shown)
    assert api.post(f"/webhooks/{webhook}/repeat", {}).json == {"count": 1}
    again = api.post(f"/deliveries/{delivery['id']}/repeat", {}).json
    assert (again["state"], again["message_id"]) == ("waiting", delivery["message_id"])
    assert api.get(f"/webhooks/{webhook}/deliveries?state=failed").json["items"] == []


def test_who_may_not_or_asks_for_nonsense_is_refused(mall: Place, webhook: str) -> None:
    assert mall.api("manager").get(f"/webhooks/{webhook}/deliveries").status == 403
    api = mall.api("integration")
    for path in (
        "/webhooks/nonsense/deliveries",
        "/webhooks/0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f/deliveries",
    ):
        assert api.get(path).status == 404
    assert api.get(f"/webhooks/{webhook}/deliveries?state=lost").status == 422
    assert api.post(f"/webhooks/{webhook}/test", {"x": 1}).status == 422
