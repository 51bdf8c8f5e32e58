"""A draft in operations: its texts and prices in forms, the ways through it, a test run, a preview on each channel."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people.models import Staff
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.models import Flow, Instance, SavedRun
from tests.channels.ops.watching import Halls
from tests.hall import MORNING, make_hall
from tests.rooms.connectors.test_setup import chief_of
from tests.rooms.services.test_rehearsing import TIMES

TEXT = """# Written by hand.
flow: trial
name: {en: Trial, zh-Hans: 试用}
category: trials
channels: [kiosk, phone]
prices: {each: 250}   # fen
steps:
  - choose: kind
    title: {en: Which kind?}
    options:
      - {value: small, label: {en: Small, zh-Hans: 小}}
      - {value: big, label: {en: Big, zh-Hans: 大}}
  - form: order
    title: {en: How many?, zh-Hans: 几个？}
    fields:
      - {id: pieces, type: whole, least: 1, most: 9, label: {en: Pieces, zh-Hans: 数量}}
  - lookup: stock
    connector: shop
    operation: stock
    with: {pieces: order.pieces}
    gives: {left: whole}
    failed: sold_out
  - confirm: agree
    title: {en: "${order.pieces * price.each | money}", zh-Hans: "${order.pieces * price.each | money}"}
  - end: done
    title: {en: "${stock.left} left", zh-Hans: "还剩${stock.left}个"}
  - end: sold_out
    title: {en: Sold out, zh-Hans: 售完}
"""


@pytest.fixture
def halls(db: None) -> Any:
    with clock.at(MORNING):
        yield Halls(make_hall("mall"), make_hall("bank"), None, {})


def writer(halls: Halls, language: str = "en") -> Client:
    """Somebody with a role at the organisation."""
    client = Client(headers={"Accept-Language": language})
    client.force_login(Staff.objects.get(pk=chief_of(halls.mall.site).id))
    return client


def flow_of(halls: Halls, text: str, slug: str) -> Flow:
    organisation = halls.mall.site.region.organisation_id
    return actions.create_flow(organisation_id=organisation, slug=slug, text=text, by=SYSTEM)


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert "no-store" in answer["Cache-Control"]
    return str(answer.content.decode())


def at(flow: Flow, page: str) -> str:
    return f"/ops/mall/services/{flow.pk}/{page}"


@pytest.fixture
def flow(halls: Halls) -> Flow:
    return flow_of(halls, TEXT, "trial")


def controls(page: str) -> dict[str, Any]:
    """What a browser would send when the forms of a page are saved as they stand."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" not in given or (given.get("type") in {"checkbox", "radio"} and " checked" not in tag):
            continue
        held = found.setdefault(html.unescape(given["name"]), [])
        held.append(html.unescape(given.get("value", "on")))
    for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        found[html.unescape(name)] = [html.unescape(value)]
    return found


# --- Texts and prices ----------------------------------------------------------------------------


def test_a_form_saved_as_it_stands_changes_nothing(halls: Halls, flow: Flow) -> None:
    client = writer(halls)
    sent = controls(shown(client, at(flow, "forms")))
    assert sent["text:steps.0.title:en"] == ["Which kind?"]
    assert client.post(at(flow, "forms"), sent).status_code == 303
    flow.refresh_from_db()
    assert (flow.draft, flow.draft_number) == (TEXT, 1)
    assert Event.objects.filter(kind="flow.drafted").count() == 1


def test_what_was_filled_in_stands_in_the_draft_and_nothing_else_changed(halls: Halls, flow: Flow) -> None:
    client = writer(halls)
    page = shown(client, at(flow, "forms"))
    assert "1 translation is missing" in page
    sent = controls(page) | {
        "text:steps.0.title:zh-Hans": "哪一种？",
        "price:each": "3.20",
        "new:steps.0.options:value": "huge",
        "new:steps.0.options:en": "Huge",
        "new:steps.0.options:zh-Hans": "特大",
        "remove": "steps.0.options.1",
        "days:0": ["mon", "sat"],
        "from:0": "08:30",
        "to:0": "17:00",
    }
    assert client.post(at(flow, "forms"), sent).status_code == 303
    flow.refresh_from_db()
    assert flow.draft == TEXT.replace("{en: Which kind?}", "{en: Which kind?, zh-Hans: 哪一种？}").replace(
        "250", "320"
    ).replace(
        "{value: big, label: {en: Big, zh-Hans: 大}}", "{value: huge, label: {en: Huge, zh-Hans: 特大}}"
    ).replace("steps:\n", 'open:\n  - {days: [mon, sat], from: "08:30", to: "17:00"}\n\nsteps:\n', 1)
    assert flow.draft_number == 2
    assert "Every text is there in each language" in shown(client, at(flow, "forms"))


def test_what_does_not_fit_comes_back_with_what_was_typed(halls: Halls, flow: Flow) -> None:
    client = writer(halls)
    sent = controls(shown(client, at(flow, "forms")))
    wrong: dict[str, Any] = {
        "text:name:en": " ",
        "text:name:zh-Hans": "${",
        "price:each": "much",
        "days:0": "mon",
        "from:0": "9",
    }
    for part in ({"price:each": "much"}, {name: one for name, one in wrong.items() if name != "price:each"}):
        answer = client.post(at(flow, "forms"), sent | part)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Nothing was saved" in page
        for value in part.values():
            assert f'value="{value}"' in page or f">\n{value}</textarea>" in page
    for words in ("A text cannot be emptied here", "braces of an expression", "Write both times like 08:30."):
        assert words in page
    flow.refresh_from_db()
    assert flow.draft == TEXT
    chinese = client.post(
        at(flow, "forms"), sent | {"price:each": "much"}, headers={"Accept-Language": "zh-Hans"}
    )
    assert "请填写金额" in chinese.content.decode()


def test_who_saves_after_somebody_else_keeps_what_they_typed(halls: Halls, flow: Flow) -> None:
    client = writer(halls)
    sent = controls(shown(client, at(flow, "forms"))) | {"text:name:en": "Mine"}
    assert client.post(at(flow, "forms"), {**sent, "text:name:en": "Theirs"}).status_code == 303
    answer = client.post(at(flow, "forms"), sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else saved this draft meanwhile" in page
    again = controls(page)
    assert (again["text:name:en"], again["draft"]) == (["Mine"], ["2"])
    assert client.post(at(flow, "forms"), again).status_code == 303
    flow.refresh_from_db()
    assert "name: {en: Mine, " in flow.draft


def test_only_those_who_write_change_texts_and_a_form_without_its_draft_is_refused(
    halls: Halls, flow: Flow
) -> None:
    manager = halls.as_("manager")
    assert "<fieldset" in shown(manager, at(flow, "forms"))
    assert "Save the draft" not in shown(manager, at(flow, "forms"))
    assert manager.post(at(flow, "forms"), {"draft": "1", "text:name:en": "x"}).status_code == 403
    assert writer(halls).post(at(flow, "forms"), {"text:name:en": "x"}).status_code == 422
    assert halls.as_("admin", halls.bank).get(at(flow, "forms")).status_code == 404
    flow.refresh_from_db()
    assert flow.draft == TEXT


# --- The ways ------------------------------------------------------------------------------------


def test_the_diagram_shows_steps_conditions_and_what_is_broken(halls: Halls, flow: Flow) -> None:
    client = writer(halls)
    page = shown(client, at(flow, "diagram"))
    assert 'class="diagram-way diagram-way-refused"' in page
    assert "to “sold_out” when the other system says no" in page
    assert "They are drawn in red." not in page
    broken = TEXT.replace(
        "  - confirm: agree",
        "  - inform: lost\n    title: {en: L, zh-Hans: 失}\n    then: kind\n  - confirm: agree",
    ).replace("failed: sold_out", "then: [{when: stock.left > 2, go: agree}, {go: done}]")
    page = shown(
        client, at(flow_of(halls, broken.replace("flow: trial", "flow: broken"), "broken"), "diagram")
    )
    assert "No path comes to 2 steps" in page
    assert "if stock.left &gt; 2" in page
    assert "back to “kind”: a path that goes in circles never ends" in page
    assert page.count("diagram-broken") >= 2


# --- Test run ------------------------------------------------------------------------------------


def test_a_test_run_goes_from_step_to_step_and_says_what_would_be_done(halls: Halls, flow: Flow) -> None:
    client, where = writer(halls), at(flow, "try")
    assert "Begin" in shown(client, where)
    page = client.post(where, {"act": "begin", "channel": "kiosk", "language": "en"}).content.decode()

    def go(**sent: str) -> str:
        script = controls(page)["script"]
        answer = client.post(where, {"script": script, "act": "go", **sent})
        assert answer.status_code in {200, 422}
        return str(answer.content.decode())

    assert "Which kind?" in page
    page = go(choice="small")
    page = go(**{"q.pieces": "12"})
    assert "At most 9." in page
    page = go(**{"q.pieces": "2"})
    assert "“shop” is asked for “stock”" in page
    page = go(outcome="done", result="{left: many}")
    assert "“left” should be a whole number." in page
    page = go(outcome="done", result="{left: 7}")
    assert "CN¥5.00" in page
    page = go()
    assert "It ends at “done”" in page
    assert "7 left" in page
    page = go(act="back:stock")
    page = go(outcome="refused")
    assert "It ends at “sold_out”" in page
    assert not Instance.objects.exists()


def test_a_test_run_makes_up_what_is_not_said(halls: Halls, flow: Flow) -> None:
    client, where = writer(halls, "zh-Hans"), at(flow, "try")
    page = client.post(where, {"act": "all", "channel": "phone", "language": "zh-Hans"}).content.decode()
    assert "还剩1个" in page
    script = html.unescape(controls(page)["script"][0])
    found = queries.read_script(script, queries.playable(TEXT))
    assert dict(found.results) == {"stock": {"left": 1}}
    answer = client.post(where, {"script": "answers: {nothing: 1}", "act": "take"})
    assert answer.status_code == 422
    assert "nothing" in answer.content.decode()
    assert client.post(where, {"script": "a: [", "act": "take"}).status_code == 422


def test_a_time_is_offered_taken_gone_and_chosen_again_in_a_test_run(halls: Halls) -> None:
    client, where = writer(halls), at(flow_of(halls, TIMES, "times"), "try")
    page = client.post(where, {"act": "begin", "channel": "phone", "language": "en"}).content.decode()

    def go(**sent: str) -> str:
        answer = client.post(where, {"script": controls(page)["script"], "act": "go", **sent})
        assert answer.status_code in {200, 422}
        return str(answer.content.decode())

    assert "“hall” is asked for “times”" in page
    assert "&quot;slots&quot;" in page
    page = go(result="{slots: [{id: s1, starts: '09:00', left: 1}], take: [gone, {number: R2}]}")
    assert 'name="slot" value="s1"' in page
    page = go(slot="s9")
    assert "no longer offered" in page
    page = go(slot="s1")
    assert "This time is no longer free" in page
    page = go(act="made-up")
    assert 'name="q.name"' in page
    page = go(act="all")
    assert "It ends at “done”" in page
    assert "“hall” does “take”" in page
    whole = client.post(where, {"act": "all", "channel": "phone", "language": "en"}).content.decode()
    script = queries.read_script(html.unescape(controls(whole)["script"][0]), queries.playable(TIMES))
    assert script.answers["slot"] == ["S1"]
    assert set(script.results["slot"]) == {"slots", "take"}
    assert "It ends at “done”" in whole


def test_a_time_is_previewed_and_drawn(halls: Halls) -> None:
    client, flow = writer(halls), flow_of(halls, TIMES, "times")
    page = client.get(f"{at(flow, 'preview/screen')}?channel=phone&step=slot&language=en").content.decode()
    assert 'name="slot" value="S1"' in page
    page = client.get(f"{at(flow, 'preview/screen')}?channel=phone&step=proof&language=en").content.decode()
    assert "q.name" in page
    assert "Booking" in shown(client, at(flow, "diagram"))


def test_a_kept_run_is_played_again_with_each_later_draft(halls: Halls, flow: Flow) -> None:
    client, where = writer(halls), at(flow, "try")
    page = client.post(where, {"act": "all", "channel": "phone", "language": "en"}).content.decode()
    kept = {"script": controls(page)["script"], "act": "save", "name": "  Two  small ones "}
    assert halls.as_("manager").post(where, kept).status_code == 403
    assert not SavedRun.objects.exists()
    assert client.post(where, {**kept, "name": " "}).status_code == 422
    assert client.post(where, kept).status_code == 303
    run = SavedRun.objects.get()
    assert (run.name, run.ends) == ("Two small ones", "done")
    page = shown(client, where)
    assert "as before" in page
    draft = TEXT.replace("least: 1, most: 9", "least: 2, most: 9")
    actions.save_draft(flow_id=flow.pk, text=draft, number=1, by=SYSTEM)
    page = shown(client, where)
    assert "It stops at “order” and not at “done”." in page
    found = [one.code for one in queries.checked(halls.mall.site.region.organisation_id, draft, "trial")]
    assert "run-differs" in found
    assert [
        one.level
        for one in queries.checked(flow.organisation_id, draft, "trial")
        if one.code == "run-differs"
    ] == ["doubt"]
    assert client.post(where, {"act": f"drop:{run.pk}"}).status_code == 303
    assert client.post(where, {"act": f"drop:{run.pk}"}).status_code == 404
    assert client.post(where, {"act": "drop:x"}).status_code == 404
    assert not SavedRun.objects.exists()
    kinds = Event.objects.filter(kind__startswith="flow.run-").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["flow.run-saved", "flow.run-dropped"]


def test_a_run_without_an_end_is_not_kept_and_another_organisation_finds_none(
    halls: Halls, flow: Flow
) -> None:
    client, where = writer(halls), at(flow, "try")
    answer = client.post(where, {"script": "answers: {kind: small}", "act": "save", "name": "Half"})
    assert answer.status_code == 422
    assert "does not come to an end" in answer.content.decode()
    assert not SavedRun.objects.exists()
    run = actions.save_run(
        flow_id=flow.pk,
        name="No",
        script="answers: {kind: small, order: {pieces: 1}}\nresults: {stock: {refused: no}}",
        by=SYSTEM,
    )
    assert run.ends == "sold_out"
    assert halls.as_("admin", halls.bank).post(where, {"act": f"drop:{run.pk}"}).status_code == 404
    assert SavedRun.objects.count() == 1


# --- Preview -------------------------------------------------------------------------------------


def test_the_preview_shows_a_step_on_each_channel_and_follows_the_draft(halls: Halls, flow: Flow) -> None:
    client = writer(halls)
    page = shown(client, f"{at(flow, 'preview')}?step=agree")
    assert page.count("<iframe") == 2
    assert "Not offered here" in page
    phone = client.get(f"{at(flow, 'preview/screen')}?channel=phone&step=agree&language=zh-Hans")
    body = phone.content.decode()
    assert '<html lang="zh-Hans"' in body
    assert "¥2.50" in body
    assert "<script" not in body
    assert "frame-ancestors 'self'" in phone["Content-Security-Policy"]
    assert (
        "Sold out"
        in client.get(
            f"{at(flow, 'preview/screen')}?channel=phone&step=sold_out&language=en"
        ).content.decode()
    )
    assert client.get(at(flow, "preview/screen?channel=pigeon")).status_code == 404
    assert (
        "This step does not come"
        in client.get(f"{at(flow, 'preview/screen')}?channel=desk&step=agree").content.decode()
    )
    same, other = (client.get(f"{at(flow, 'preview/now')}?after={number}") for number in (1, 9))
    assert "HX-Refresh" not in same
    assert other["HX-Refresh"] == "true"


@pytest.mark.parametrize("page", ["forms", "diagram", "try", "preview", "preview/screen"])
def test_a_draft_that_cannot_be_read_is_told_with_its_findings(halls: Halls, page: str) -> None:
    flow = flow_of(halls, "flow: [", "torn")
    answer = writer(halls).get(at(flow, page))
    assert answer.status_code == 200
    assert page == "preview/screen" or "This is not valid YAML" in answer.content.decode()


def test_every_page_makes_a_constant_number_of_queries(
    halls: Halls, flow: Flow, django_assert_max_num_queries: Any
) -> None:
    client = writer(halls)
    for page, most in (("forms", 22), ("diagram", 18), ("try", 18), ("preview", 18), ("preview/screen", 18)):
        client.get(at(flow, page))
        with django_assert_max_num_queries(most):
            client.get(at(flow, page))
