"""The figures on the pages are the ones that happened."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicehall.kernel import clock, followers
from servicehall.rooms.queueing import queries
from servicehall.rooms.queueing.history import Tally
from servicehall.rooms.queueing.models import Service, Ticket
from tests.channels.ops.watching import Halls
from tests.hall import MORNING, catch_up, minutes


def tiles(page: Any) -> dict[str, tuple[str, str]]:
    """Each tile's figure and the words beneath."""
    return {tile.key: (tile.figure, tile.note) for tile in page.context["tiles"]}


def test_every_tile_shows_what_happened_in_the_morning(halls: Halls) -> None:
    page = halls.as_("supervisor").get("/ops/mall")
    assert tiles(page) == {
        "waiting": ("2", "1 over target"),
        "longest": ("14:57", "Consult, target 10 min"),
        "serving": ("0", "called or being served"),
        "counters": ("1", "of 2"),
        # (120 + 719.4 + 778.8) / 3 s
        "mean-wait": ("8:59", "until the call"),
        "level": ("33%", "1 of 3, goal 80%"),
        "issued": ("6", ""),
        "served": ("2", ""),
        "mean-service": ("0:30", "at the counter"),
        "no-show": ("1", "33% of the called"),
        "abandoned": ("1", "17% of the tickets"),
        "csat": ("100%", "mean 4.0 of 5, 1 rating"),
    }


def test_the_page_and_every_panel_say_as_of_when_and_no_tile_repeats_it(halls: Halls) -> None:
    body = halls.as_("supervisor").get("/ops/mall").content.decode()
    # A quarter past ten in Shanghai.
    assert len(re.findall(r'class="ops-as-of">as of <time data-as-of>10:15:00</time>', body)) == 4
    assert body.count("<time data-as-of>10:15:00</time>") == 1 + 4


def test_who_let_others_go_first_has_waited_since_they_came(halls: Halls) -> None:
    before = queries.site_figures(halls.mall.id, actor=halls.mall.actors["supervisor"], at=minutes(15))
    first = Ticket.objects.filter(site_id=halls.mall.id, state="waiting").order_by("joined_at")[0]
    for ticket in Ticket.objects.filter(site_id=halls.mall.id, state="waiting"):
        Ticket.objects.filter(pk=ticket.pk).update(order_key=clock.micros(minutes(15)))
    after = queries.site_figures(halls.mall.id, actor=halls.mall.actors["supervisor"], at=minutes(15))
    assert after["total"] == before["total"]
    assert after["total"]["longest_since"] == first.stage_since.isoformat()
    several = queries.sites_figures(actor=halls.mall.actors["supervisor"], at=minutes(15))
    assert several["total"]["longest_since"] == first.stage_since.isoformat()
    assert several["total"]["over_target"] == before["total"]["over_target"] > 0
    line = queries.queue(halls.mall.id, actor=halls.mall.actors["supervisor"], at=minutes(15))
    assert max(s["longest_seconds"] for s in line["services"]) == before["total"]["longest_seconds"]


def test_the_row_of_all_services_has_their_satisfaction_too(halls: Halls) -> None:
    body = halls.as_("supervisor").get("/ops/mall").content.decode()
    foot = body[body.index("<tfoot>") : body.index("</tfoot>")]
    assert foot.count('<span title="1">100%</span>') == 1


def test_services_counters_and_hours_add_up(halls: Halls) -> None:
    found = queries.site_figures(halls.mall.id, actor=halls.mall.actors["supervisor"])
    for name in ("issued", "called", "served", "no_show", "abandoned", "in_target"):
        whole = found["total"][name]
        assert sum(s[name] for s in found["services"]) == whole, name
        assert sum(h[name] for h in found["hours"]) == whole, name
    assert sum(s["waiting"] for s in found["services"]) == found["total"]["waiting"] == 2
    assert {c["label"]: c["called"] for c in found["counters"]} == {"1": 3, "2": 0}
    assert found["hours"][0]["hour"] == "10:00"


def test_those_sent_to_one_person_wait_too(halls: Halls) -> None:
    from servicehall.rooms.queueing import actions

    actions.transfer(
        ticket_id=halls.tickets["waiting"].pk,
        staff=halls.mall.people["colleague"].username,
        by=halls.mall.actors["supervisor"],
        at=minutes(15),
    )
    found = queries.site_figures(halls.mall.id, actor=halls.mall.actors["supervisor"], at=minutes(16))
    assert found["total"]["waiting"] == 2
    several = queries.sites_figures(actor=halls.mall.actors["supervisor"], at=minutes(16))
    assert several["total"]["waiting"] == 2


def test_who_is_put_to_the_front_has_not_waited_a_day(halls: Halls) -> None:
    from servicehall.rooms.queueing import actions

    supervisor, at = halls.mall.actors["supervisor"], minutes(16)
    ticket = halls.tickets["waiting"].pk
    before = queries.site_figures(halls.mall.id, actor=supervisor, at=at)["total"]
    for sent in ({}, {"staff": halls.mall.people["colleague"].username}):
        if sent:
            actions.transfer(ticket_id=ticket, first=True, by=supervisor, at=at, **sent)
        else:
            actions.move(ticket_id=ticket, places=0, by=supervisor, at=at)
        total = queries.site_figures(halls.mall.id, actor=supervisor, at=at)["total"]
        several = queries.sites_figures(actor=supervisor, at=at)["total"]
        queue = queries.queue(halls.mall.id, actor=supervisor, at=at)["services"]
        for found in (total, several, *queue):
            assert found["longest_seconds"] <= before["longest_seconds"], found
        assert total["waiting"] == 2
        assert max(total["over_target"], several["over_target"]) <= before["over_target"]


def test_alerts_name_waits_over_target_and_services_that_nobody_serves(halls: Halls) -> None:
    texts = [alert.text for alert in halls.as_("supervisor").get("/ops/mall").context["alerts"]]
    assert texts == ["Consult: longest wait over target"]
    for counter in halls.mall.counters.values():
        counter.stages.remove(*halls.mall.services["refund"].stages.all())
    from servicehall.rooms.hall import actions as hall

    hall.touch(halls.mall.id)
    texts = [alert.text for alert in halls.as_("supervisor").get("/ops/mall").context["alerts"]]
    assert "Refund: 1 customer waits and no open counter serves it" in texts


def test_a_zone_shows_its_own_counters_only(halls: Halls) -> None:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall import actions as hall
    from servicehall.rooms.hall.models import Floor
    from tests.hall import text

    floor = Floor.objects.get(site=halls.mall.id)
    side = hall.add_zone(floor=floor, slug="side", names=text("Side", "侧厅"), by=SYSTEM)
    counter = halls.mall.counters["2"]
    counter.zone = side
    hall.save_setup(counter, by=SYSTEM)
    page = halls.as_("supervisor").get("/ops/mall?zone=side")
    assert [c["label"] for c in page.context["counters"]] == ["2"]
    assert tiles(page)["counters"] == ("0", "of 1")
    assert tiles(page)["served"][0] == "0"
    assert halls.as_("supervisor").get("/ops/mall?zone=nowhere").status_code == 404


def test_a_day_past_has_no_now(halls: Halls) -> None:
    with clock.at(MORNING + timedelta(days=1)):
        page = halls.as_("supervisor").get("/ops/mall?day=2026-03-03")
    assert list(tiles(page)) == [
        "mean-wait",
        "level",
        "issued",
        "served",
        "mean-service",
        "no-show",
        "abandoned",
        "csat",
    ]
    assert tiles(page)["served"][0] == "2"
    assert page.context["live_path"] == ""
    assert "a day past" in page.content.decode()


def test_several_sites_stand_side_by_side_with_their_sum(halls: Halls) -> None:
    page = halls.as_("chief").get("/ops?sort=-waiting")
    rows = {s["slug"]: s for s in page.context["figures"]["sites"]}
    assert list(rows) == ["mall", "bank"]
    assert (rows["mall"]["waiting"], rows["mall"]["over_target"], rows["mall"]["served"]) == (2, 1, 2)
    assert (rows["bank"]["waiting"], rows["bank"]["served"], rows["bank"]["service_level"]) == (0, 0, None)
    assert tiles(page)["waiting"] == ("2", "1 over target")
    assert tiles(page)["csat"][0] == "100%"
    assert page.context["live_path"] == "/live/ops"


def test_a_region_leaves_the_others_out(halls: Halls) -> None:
    region = halls.bank.site.region_id
    page = halls.as_("chief").get(f"/ops?region={region}")
    assert [s["slug"] for s in page.context["figures"]["sites"]] == ["bank"]


# --- Nothing yet, and counts that are behind -----------------------------------------------------------


def test_a_new_hall_says_what_comes_first(halls: Halls) -> None:
    body = halls.as_("manager", halls.bank).get("/ops/bank").content.decode()
    for words in ("Nothing yet today", "No ratings yet"):
        assert words in body
    assert (
        "No tickets on this day" in halls.as_("manager", halls.bank).get("/ops/bank/tickets").content.decode()
    )
    Service.objects.filter(site=halls.bank.id).delete()
    from servicehall.rooms.hall import actions as hall

    hall.touch(halls.bank.id)
    assert "No services yet" in halls.as_("manager", halls.bank).get("/ops/bank").content.decode()


def test_counts_that_are_late_say_so_and_what_waits_is_current(halls: Halls) -> None:
    """The worker is not running: the hall's follower stands still, tickets go on."""
    halls.mall.issue(at=minutes(14.5))
    with clock.at(minutes(16)):
        page = halls.as_("supervisor").get("/ops/mall")
        assert "The day's counts are 2 min late" in page.context["alerts"][0].text
        assert tiles(page)["waiting"][0] == "3"
        assert tiles(page)["issued"][0] == "6"
        catch_up()
        page = halls.as_("supervisor").get("/ops/mall")
        assert all("late" not in alert.text for alert in page.context["alerts"])
        assert tiles(page)["issued"][0] == "7"


def test_a_follower_that_saw_everything_is_not_behind(halls: Halls) -> None:
    assert followers.behind("queueing.tally", [halls.mall.id, halls.bank.id]) == {}
    halls.mall.issue(at=minutes(15))
    assert followers.behind("queueing.tally", [halls.mall.id, halls.bank.id]) == {halls.mall.id: minutes(15)}


# --- The same effort for an empty hall and a full one ---------------------------------------------------


def crowd(halls: Halls, waiting: int, past: int) -> None:
    """Tickets put into the table at once; their numbers, codes and visits are made up."""
    from servicehall.kernel.ids import uuid7

    model = halls.tickets["waiting"]
    rows = []
    for number in range(waiting + past):
        day = MORNING.date() if number < waiting else date(2025, 1, 1) + timedelta(days=number % 300)
        at = MORNING if number < waiting else MORNING - timedelta(days=400 - number % 300)
        rows.append(
            Ticket(
                site_id=model.site_id,
                visit_id=uuid7(),
                code=f"code{number}",
                series_id=model.series_id,
                day=day,
                sequence=1000 + number,
                number=f"A{1000 + number}",
                service_id=model.service_id,
                stage_id=model.stage_id,
                priority_id=model.priority_id,
                state="waiting" if number < waiting else "done",
                order_key=clock.micros(at) + number,
                channel="kiosk",
                joined_at=at,
                stage_since=at,
            )
        )
    Ticket.objects.bulk_create(rows, batch_size=500)
    Tally.objects.bulk_create(
        Tally(
            site_id=model.site_id,
            day=date(2025, 1, 1) + timedelta(days=n),
            hour=MORNING - timedelta(days=400 - n),
            service_id=model.service_id,
            counter_id=halls.mall.counters["1"].pk,
            issued=5,
        )
        for n in range(300)
    )


def test_a_full_hall_takes_the_queries_of_an_empty_one(halls: Halls) -> None:
    client = halls.as_("chief")
    ticket = halls.tickets["served"].pk
    most = {"/ops": 26, "/ops/mall": 28, "/ops/mall/tickets": 24, f"/ops/mall/tickets/{ticket}": 18}

    def queries_of_pages() -> dict[str, int]:
        found = {}
        for path in most:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(path).status_code == 200
            found[path] = len(seen)
        return found

    queries_of_pages()
    few = queries_of_pages()
    crowd(halls, waiting=10_000, past=5_000)
    assert queries_of_pages() == few
    assert [path for path in most if few[path] > most[path]] == []
