"""Who may look at what; filters, drill-down, parts that renew themselves."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.queueing import actions
from servicehall.rooms.services import actions as services_actions
from servicehall.rooms.services import queries as services
from tests.channels.ops.watching import Halls
from tests.hall import minutes

GUEST = customer("phone")
PAGES = (
    "/ops/mall",
    "/ops/mall/tickets",
    "/ops/mall/tickets/{ticket}",
    "/ops/mall/figures.csv",
    "/ops/mall/tickets.csv",
)


def test_nobody_signed_in_goes_to_the_sign_in(halls: Halls, client: Any) -> None:
    for path in ("/ops", *PAGES):
        answer = client.get(path.format(ticket=halls.tickets["served"].pk))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=/ops")


def test_agents_do_not_watch(halls: Halls) -> None:
    for path in ("/ops", *PAGES):
        assert halls.as_("agent").get(path.format(ticket=halls.tickets["served"].pk)).status_code == 403


def test_another_sites_pages_are_not_there(halls: Halls) -> None:
    """The bank's manager asks for the mall's: the answer is the same as for a site that does not exist."""
    client = halls.as_("manager", halls.bank)
    for path in PAGES:
        answer = client.get(path.format(ticket=halls.tickets["served"].pk))
        assert answer.status_code == 404, path
        assert "Mall" not in answer.content.decode()
    # A ticket of the mall under the bank's own address, too.
    assert client.get(f"/ops/bank/tickets/{halls.tickets['served'].pk}").status_code == 404


def test_who_watches_one_site_goes_straight_there(halls: Halls) -> None:
    assert halls.as_("supervisor").get("/ops")["Location"] == "/ops/mall"
    assert halls.as_("chief").get("/ops").status_code == 200
    assert halls.as_("chief").get("/ops?site=bank&day=2026-03-02")["Location"] == "/ops/bank?day=2026-03-02"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("day=yesterday", 422),
        ("zone=nowhere", 404),
        ("day=2026-02-30", 422),
    ],
)
def test_a_wrong_filter_is_refused_in_words(halls: Halls, query: str, status: int) -> None:
    assert halls.as_("supervisor").get(f"/ops/mall?{query}").status_code == status


def test_wrong_filters_of_tickets_are_refused_too(halls: Halls) -> None:
    client = halls.as_("supervisor")
    for query, status in (
        ("service=none", 404),
        ("counter=99", 404),
        ("state=dancing", 404),
        ("hour=ten", 422),
        ("after=x.y", 422),
    ):
        assert client.get(f"/ops/mall/tickets?{query}").status_code == status, query


def numbers(page: Any) -> list[str]:
    return [t["number"] for t in page.context["tickets"]]


def test_tickets_are_found_by_service_state_counter_hour_and_number(halls: Halls) -> None:
    client = halls.as_("supervisor")
    assert numbers(client.get("/ops/mall/tickets")) == ["B001", "A005", "A004", "A003", "A002", "A001"]
    for query, found in (
        ("service=refund", ["B001"]),
        ("state=waiting", ["B001", "A005"]),
        ("counter=1&state=no_show", ["A003"]),
        ("counter=2", []),
        ("hour=2026-03-03T02:00:00%2B00:00", ["B001", "A005", "A004", "A003", "A002", "A001"]),
        ("hour=2026-03-03T03:00:00%2B00:00", []),
        ("number=a00", ["A005", "A004", "A003", "A002", "A001"]),
        ("number=A004", ["A004"]),
        ("day=2026-03-02", []),
    ):
        assert numbers(client.get(f"/ops/mall/tickets?{query}")) == found, query
    assert "No ticket matches" in client.get("/ops/mall/tickets?counter=2").content.decode()


def test_pages_of_tickets_follow_one_another_without_gap(halls: Halls) -> None:
    for n in range(60):
        halls.mall.issue(at=minutes(14 + n / 100))
    client, seen, address = halls.as_("supervisor"), [], "/ops/mall/tickets"
    while address:
        page = client.get(address)
        seen += numbers(page)
        more = page.context["found"]["next"]
        address = f"/ops/mall/tickets?after={more}" if more else ""
    assert len(seen) == len(set(seen)) == 66
    assert page.context["found"]["count"] == 66


def test_a_tickets_story_says_who_did_what_when(halls: Halls) -> None:
    client = halls.as_("supervisor")
    page = client.get(f"/ops/mall/tickets/{halls.tickets['served'].pk}")
    told = [(i["title"], i["text"], i["who"]) for i in page.context["items"] if "near" not in i["title"]]
    assert told == [
        ("Ticket taken", "Consult · Standard", "Customer (Phone)"),
        ("Called to Counter 1", "waited 2:00", "Agent (Desk)"),
        ("Service began at Counter 1", "", "Agent (Desk)"),
        ("Served", "0:30 at the counter", "Agent (Desk)"),
        ("Rated: 4 of 5", "", "Customer (Phone)"),
    ]
    # Ten o'clock in Shanghai.
    assert "10:00:00" in page.content.decode()
    assert "UTC+8" in page.content.decode()


def test_every_kind_of_event_has_words(halls: Halls) -> None:
    """Also what was taken back, and in both languages."""
    agent, ticket = halls.mall.actors["agent"], halls.tickets["waiting"]
    supervisor = halls.mall.actors["supervisor"]
    counter = halls.mall.counters["1"].pk
    halls.mall.next(at=minutes(15))
    actions.recall(ticket_id=ticket.pk, by=agent, at=minutes(15.1))
    actions.start(ticket_id=ticket.pk, by=agent, at=minutes(15.2))
    actions.hold(ticket_id=ticket.pk, by=agent, reason="copy", at=minutes(15.3))
    actions.resume(ticket_id=ticket.pk, by=agent, at=minutes(15.4))
    actions.undo(site_id=halls.mall.id, counter_id=counter, by=agent, at=minutes(15.41))
    actions.resume(ticket_id=ticket.pk, by=agent, at=minutes(15.5))
    actions.transfer(ticket_id=ticket.pk, service="refund", by=agent, at=minutes(15.6))
    actions.reclass(ticket_id=ticket.pk, priority="vip", by=supervisor, at=minutes(15.7))
    with clock.at(minutes(16)):
        for language, words in (
            ("en", ("Taken back: Taken up again at Counter 1", "Transferred to Refund", "Priority changed")),
            ("zh-Hans", ("撤销：1 号窗口继续办理", "转到 退货", "调整优先类别")),
        ):
            page = halls.as_("supervisor", language=language).get(f"/ops/mall/tickets/{ticket.pk}")
            titles = [i["title"] for i in page.context["items"]]
            assert not [title for title in titles if "ticket." in title]
            for word in words:
                assert word in titles


def test_supervisors_see_no_export_and_managers_do(halls: Halls) -> None:
    for who, shown in (("supervisor", False), ("manager", True)):
        assert ("ops-export" in halls.as_(who).get("/ops/mall").content.decode()) is shown


def test_the_other_screens_are_one_press_away(halls: Halls) -> None:
    body = halls.as_("manager").get("/ops/mall").content.decode()
    for address in (
        "/s/mall/poster",
        "/s/mall",
        "/kiosk/mall",
        "/board/mall",
        "/board/mall/main",
        f"/admin/hall/site/{halls.mall.id}/change/",
    ):
        assert f'href="{address}"' in body
    assert "/admin/hall/site/" not in halls.as_("supervisor").get("/ops/mall").content.decode()


# --- Parts that renew themselves ------------------------------------------------------------------------


def versions(body: str) -> dict[str, str]:
    return dict(re.findall(r'data-part="(\w+)" data-version="(\w+)"', body))


def test_only_changed_parts_are_sent_again(halls: Halls) -> None:
    client = halls.as_("supervisor")
    known = versions(client.get("/ops/mall").content.decode())
    assert list(known) == ["alerts", "tiles", "services", "hours", "counters", "ratings"]
    have = " ".join(f"{name}={version}" for name, version in known.items())
    with clock.at(minutes(15.5)):
        # Half a minute later nothing happened; stopwatches that run are not news.
        answer = client.get("/ops/mall", headers={"X-Parts": have})
        assert (answer.content, answer["X-As-Of"], answer["X-Late"]) == (b"", "10:15:30", "no")
        halls.mall.issue(at=minutes(15.5))
        answer = client.get("/ops/mall", headers={"X-Parts": have})
    assert list(versions(answer.content.decode())) == ["tiles", "services"]
    assert answer["X-Late"] == "yes"
    assert "no-store" in answer["Cache-Control"]


def test_the_several_sites_page_renews_itself_too(halls: Halls) -> None:
    client = halls.as_("chief")
    known = versions(client.get("/ops").content.decode())
    have = " ".join(f"{name}={version}" for name, version in known.items())
    assert client.get("/ops", headers={"X-Parts": have}).content == b""
    halls.mall.issue(at=minutes(15))
    changed = client.get("/ops", headers={"X-Parts": have}).content.decode()
    assert list(versions(changed)) == ["tiles", "sites"]


def links(page: str) -> list[str]:
    """The navigation of a page: what it leads to, whichever site."""
    bar = page[page.index("<nav") : page.index("</nav>")]
    return [path.replace("/mall", "") for path in re.findall(r'class="nav-link" href="([^"]+)"', bar)]


def test_the_navigation_is_the_same_on_every_page(halls: Halls) -> None:
    manager = halls.as_("chief")
    pages = (
        *("evidence", "evidence?site=mall", "mall", "mall/tickets", "mall/duplicates", "mall/erasures"),
        *("mall/corrections", "mall/mailbox", "mall/alerts", "mall/locked"),
    )
    wanted = links(manager.get("/ops").content.decode())
    assert {"/ops/alerts", "/ops/evidence", "/ops/duplicates", "/ops/erasures", "/ops/mailbox"} <= set(wanted)
    for page in pages:
        assert links(manager.get(f"/ops/{page}").content.decode()) == wanted, page
    bar = manager.get("/ops/evidence?site=mall").content.decode()
    assert "/ops/mall/mailbox" in bar, "the chosen site's own"


@pytest.mark.parametrize("page", ["duplicates", "erasures"])
def test_a_link_without_a_site_leads_to_the_first_where_one_may(halls: Halls, page: str) -> None:
    assert halls.as_("manager").get(f"/ops/{page}")["Location"] == f"/ops/mall/{page}"
    assert halls.as_("supervisor").get(f"/ops/{page}").status_code == 403
    assert f"/ops/{page}" not in halls.as_("supervisor").get("/ops").content.decode()


def test_what_is_said_of_a_service_done_by_themselves_stands_among_the_ratings(halls: Halls) -> None:
    organisation_id = halls.mall.site.region.organisation_id
    ask = services.samples()["ask-at-counter"].replace("service: consultation", "service: consult")
    services_actions.create_flow(organisation_id=organisation_id, slug="ask-at-counter", text=ask, by=SYSTEM)
    request = uuid4()
    for score in (2, 1):
        feedback.rate_request(
            request_id=request,
            flow="ask-at-counter",
            site_id=halls.mall.id,
            score=score,
            by=GUEST,
            at=minutes(60),
        )
    page = halls.as_("supervisor").get("/ops/mall")
    text = page.content.decode()
    assert "Talk to our staff · by themselves" in text
    assert next(t for t in page.context["tiles"] if t.key == "csat").note == "mean 2.5 of 5, 2 ratings"
    zone = halls.as_("supervisor").get(f"/ops/mall?zone={halls.mall.zone.slug}").content.decode()
    assert "by themselves" not in zone
