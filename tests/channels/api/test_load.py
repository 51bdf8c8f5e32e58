"""The load watch over the API: for those who watch, of their own sites."""

from __future__ import annotations

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.diversion import actions
from tests.channels.api.speaking import Place, World
from tests.hall import text


def load(place: Place) -> None:
    """A rule that proposes at once, and somebody who waits."""
    fields = actions.RuleFields(
        names=text("Many wait", "等候人多"), measure="waiting", threshold=1, over_at=0, hold_minutes=0,
        action="open-counter", services=[place.hall.services["consult"].pk],
    )  # fmt: skip
    actions.add_rule(site_id=place.hall.id, fields=fields, by=SYSTEM)
    place.take()
    actions.watch_site(place.hall.id)


def test_rules_and_loads_are_read_by_managers(mall: Place) -> None:
    load(mall)
    found = mall.api("manager").get("/sites/mall/load").json
    (rule,), (episode,) = found["rules"], found["episodes"]
    assert (rule["measure"], rule["services"], rule["value"], rule["is_beyond"]) == (
        *("waiting", ["consult"], 1.0),
        True,
    )
    assert (episode["rule"], episode["state"], episode["value"]) == (rule["id"], "proposed", 1.0)


def test_others_do_not_read_them(mall: Place, world: World) -> None:
    load(mall)
    for role in ("kiosk", "desk"):
        assert mall.api(role).get("/sites/mall/load").status == 403
    assert world.bank.api("manager").get("/sites/mall/load").status == 404
    assert world.bank.api("manager").get("/sites/bank/load").json == {"rules": [], "episodes": []}
