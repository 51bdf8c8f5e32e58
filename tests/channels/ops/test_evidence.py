"""The record of acts: who sees what, what is found by which filter, what proves it, the files."""

from __future__ import annotations

import json
from typing import Any

from servicehall import verify_evidence as verifier
from servicehall.channels.ops import kinds, story
from servicehall.kernel import events
from servicehall.kernel.languages import say
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.hall.models import Organisation
from servicehall.rooms.people import actions as people
from servicehall.rooms.trust import actions as trust
from servicehall.rooms.trust import queries
from tests.channels.ops.test_export import rows as csv_rows
from tests.channels.ops.watching import Halls
from tests.hall import catch_up, minutes
from tests.rooms.customers.counter import organisation

PAGE = "/ops/evidence"


def told(page: Any) -> list[tuple[str, str, str]]:
    assert page.status_code == 200
    return [(row.told["who"], row.told["title"], row.number) for row in page.context["rows"]]


def test_only_managers_read_it_and_each_of_their_own_sites(halls: Halls, client: Any) -> None:
    assert client.get(PAGE)["Location"].startswith("/sign-in?next=/ops/evidence")
    for who, status in (("agent", 403), ("supervisor", 403), ("manager", 200), ("admin", 200)):
        assert halls.as_(who).get(PAGE).status_code == status, who
    for who, shown in (("supervisor", False), ("manager", True)):
        assert (f'href="{PAGE}"' in halls.as_(who).get("/ops/mall").content.decode()) is shown
    assert halls.as_("manager", halls.bank).get(f"{PAGE}?site=mall").status_code == 404
    mall = told(halls.as_("manager").get(f"{PAGE}?kind=ticket.called"))
    assert len(mall) == 3
    assert told(halls.as_("manager", halls.bank).get(f"{PAGE}?kind=ticket.called")) == []
    assert len(told(halls.as_("chief").get(f"{PAGE}?kind=ticket.called"))) == 3


def test_acts_are_told_with_who_when_where_and_the_state_of_their_proof(halls: Halls) -> None:
    page = halls.as_("manager").get(f"{PAGE}?number=A001")
    found = [one for one in told(page) if "near" not in one[1]]
    assert found == [
        ("Customer (Phone)", "Rated: 4 of 5", "A001"),
        ("Agent (Desk)", "Served", "A001"),
        ("Agent (Desk)", "Service began at Counter 1", "A001"),
        ("Agent (Desk)", "Called to Counter 1", "A001"),
        ("Customer (Phone)", "Ticket taken", "A001"),
    ]
    assert {row.proof for row in page.context["rows"]} == {"sound"}
    assert "10:02:00" in page.content.decode()  # Shanghai
    halls.mall.issue(at=minutes(15))
    first = halls.as_("manager").get(PAGE).context["rows"][0]
    assert (first.proof, first.act.index) == ("waiting", None)
    assert "waits for its turn" in halls.as_("manager").get(PAGE).content.decode()


def test_filters_find_what_they_say(halls: Halls) -> None:
    agent = halls.mall.people["agent"].pk
    client = halls.as_("chief")
    for query, count in (
        (f"person={agent}&kind=ticket.called", 3),
        ("kind=ticket.no-show", 1),
        ("kind=ticket.no-show&site=bank", 0),
        ("site=mall&from=2026-03-03&to=2026-03-03&kind=ticket.issued", 6),
        ("from=2026-03-04", 0),
        ("to=2026-03-02&kind=ticket.issued", 0),
        ("number=a005&kind=ticket.issued", 1),
        ("number=Z999", 0),
    ):
        assert len(told(client.get(f"{PAGE}?{query}"))) == count, query
    for query, status in (
        ("site=nowhere", 404),
        ("person=me", 422),
        ("from=soon", 422),
        ("from=2026-03-03&to=2026-03-01", 422),
        ("after=x", 422),
        ("after=99999999999999999999.1", 422),
    ):
        assert client.get(f"{PAGE}?{query}").status_code == status, query


def test_what_belongs_to_no_site_is_for_the_whole_organisations_managers(halls: Halls) -> None:
    people.note_sign_in(halls.mall.people["agent"])
    catch_up()
    found = told(halls.as_("chief").get(f"{PAGE}?site=installation&kind=staff.signed-in"))
    assert found == [("Agent (Desk)", "Signed in", "")]
    assert halls.as_("manager").get(f"{PAGE}?site=installation").status_code == 404
    assert "Signed in" not in {title for _who, title, _n in told(halls.as_("manager").get(PAGE))}


def test_what_happens_to_customers_is_read_at_each_site_of_their_organisation(halls: Halls) -> None:
    tenant = organisation(halls.mall)
    customers.add_customer(organisation_id=tenant, fields={"name": "Ann Lee"}, by=SYSTEM)
    catch_up()
    trust.make_checkpoint()
    client = halls.as_("manager")
    page = client.get(f"{PAGE}?site={tenant}&kind=customer.added")
    [row] = page.context["rows"]
    assert row.site == say(Organisation.objects.get(pk=tenant).names)
    assert row.act.event in [one.act.event for one in client.get(PAGE).context["rows"]]
    assert row.number == ""
    address = f"{PAGE}/receipt?site={tenant}&seq={row.act.seq}"
    assert address.replace("&", "&amp;") in page.content.decode()
    assert json.loads(json.loads(client.get(address).content)["record"])["kind"] == "customer.added"
    assert halls.as_("supervisor").get(address).status_code == 403
    assert halls.as_("manager", halls.bank).get(address).status_code == 404
    kinds_seen = {row.act.kind for row in halls.as_("manager", halls.bank).get(PAGE).context["rows"]}
    assert "customer.added" not in kinds_seen


def test_pages_follow_one_another_without_gap(halls: Halls) -> None:
    for n in range(60):
        halls.mall.issue(at=minutes(14 + n / 100))
    catch_up()
    client, seen, address = halls.as_("manager"), [], f"{PAGE}?site=mall"
    while address:
        page = client.get(address)
        seen += [row.act.seq for row in page.context["rows"]]
        more = page.context["next"]
        address = f"{PAGE}?site=mall&after={more}" if more else ""
    assert sorted(seen) == list(range(1, events.last_seq(halls.mall.id) + 1))


def test_the_number_of_statements_does_not_depend_on_the_acts(
    halls: Halls, django_assert_max_num_queries: Any
) -> None:
    client = halls.as_("chief")
    client.get(PAGE)
    for _ in range(40):
        halls.mall.issue(at=minutes(15))
    catch_up()
    with django_assert_max_num_queries(26):
        page = client.get(PAGE)
    assert len(page.context["rows"]) == 50


def test_a_changed_record_is_seen_at_once(halls: Halls) -> None:
    event = Event.objects.get(site_id=halls.mall.id, kind="ticket.no-show")
    Event.objects.filter(pk=event.pk).update(actor_id=halls.mall.people["supervisor"].pk)
    gone = Event.objects.get(site_id=halls.mall.id, kind="ticket.cancelled")
    Event.objects.filter(pk=gone.pk).delete()
    for language, words in (("en", "2 entries on this page are not"), ("zh-Hans", "本页有 2 条记录")):
        page = halls.as_("manager", language=language).get(PAGE)
        broken = [row.act.kind for row in page.context["rows"] if row.proof == "broken"]
        assert sorted(broken) == ["ticket.cancelled", "ticket.no-show"]
        assert words in page.content.decode()
    answer = halls.as_("manager").get(f"{PAGE}/receipt?site=mall&seq={event.seq}")
    assert answer.status_code == 409


def test_every_kind_of_act_has_words_in_both_languages(halls: Halls) -> None:
    ours = {kind for kind in events.known_kinds() if not kind.startswith("test.")}
    assert [kind for kind in sorted(ours) if not story.is_told(kind)] == []
    assert [kind for kind in kinds.nameless() if not kind.startswith("test.")] == []
    page = halls.as_("chief", language="zh-Hans").get(f"{PAGE}?kind=setup.changed").content.decode()
    assert "设置：新增" in page
    assert "Setup:" not in page


def test_a_receipt_is_a_file_that_stands_alone(halls: Halls) -> None:
    client = halls.as_("manager")
    seq = Event.objects.get(site_id=halls.mall.id, kind="ticket.no-show").seq
    address = f"{PAGE}/receipt?site=mall&seq={seq}"
    assert client.get(address).status_code == 409  # not signed yet
    trust.make_checkpoint()
    answer = client.get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-mall-{seq}.json"'
    key = verifier.key_of(queries.checkpoint().verifier_key)
    record, _told = verifier.check_receipt(json.loads(answer.content), key)
    assert (record["kind"], record["actor_id"]) == ("ticket.no-show", str(halls.mall.people["agent"].pk))
    for query, status in (("site=mall&seq=x", 422), ("site=mall&seq=9999", 404), ("seq=1", 404)):
        assert client.get(f"{PAGE}/receipt?{query}").status_code == status
    assert halls.as_("supervisor").get(address).status_code == 403
    assert halls.as_("manager", halls.bank).get(address).status_code == 404


def test_the_export_holds_what_the_filters_take_and_is_an_act_itself(halls: Halls) -> None:
    client = halls.as_("manager")
    found = csv_rows(client.get(f"{PAGE}/acts.csv?kind=ticket.called"))
    assert [(row["Who"], row["Ticket"], row["Proof"]) for row in found] == [
        ("Agent (Desk)", number, "in the tree") for number in ("A003", "A002", "A001")
    ]
    assert {row["Site"] for row in found} == {"Mall hall"}
    catch_up()
    last = events.after(halls.mall.id, events.last_seq(halls.mall.id) - 1)[0]
    assert (last.kind, last.data["filters"]) == ("evidence.exported", ["kind"])
    assert told(client.get(f"{PAGE}?kind=evidence.exported")) == [
        ("Manager (Operations)", "Took a copy of the record of acts", "")
    ]
    assert halls.as_("supervisor").get(f"{PAGE}/acts.csv").status_code == 403
    assert INSTALLATION not in {last.site_id}
    # A customer's comment is in no event, so it is in no file either.
    whole: Any = client.get(f"{PAGE}/acts.csv")
    body = b"".join(whole.streaming_content).decode()
    assert "Thanks" not in body
