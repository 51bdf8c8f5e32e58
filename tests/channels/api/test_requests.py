"""Services over the API: listed, begun, answered, gone back in, left, handed over; by whom, once, and in which language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.api.speaking import Answer, Api, Place, World

TALK = """
flow: talk
name: {en: Talk, zh-Hans: 咨询}
summary: {en: To somebody, zh-Hans: 找人}
category: help
channels: [kiosk, desk]
offline: queued
open: [{days: [mon], from: "03:00", to: "03:01"}]
steps:
  - inform: hello
    title: {en: "Hello on ${given.channel}", zh-Hans: 您好}
  - end: done
    title: {en: Done, zh-Hans: 好了}
"""


def _begin(mall: Place, flow: str = "trial", role: str = "kiosk", **more: Any) -> Any:
    body = {"flow": flow, "channel": "phone", **more}
    answer = mall.api(role).post("/sites/mall/requests", body)
    assert answer.status == 201, answer.json
    return answer.json


def _answer(api: Api, screen: Any, answer: Any, **more: Any) -> Answer:
    body = {"step": screen["step"], "revision": screen["revision"], "answer": answer}
    return api.post(f"/requests/{screen['code']}/answer", {**body, **more})


class Customer:
    """Somebody who holds the code of a request and has no token."""

    def __init__(self, begun: Any, language: str = "") -> None:
        self.api, self.code, self.screen = Api(language=language), begun["code"], begun

    @property
    def path(self) -> str:
        return f"/requests/{self.code}"

    def answer(self, answer: Any, **more: Any) -> Answer:
        found = _answer(self.api, {**self.screen, "code": self.code}, answer, **more)
        if found.status == 200:
            self.screen = found.json
        return found

    def look(self, at: str = "") -> Any:
        self.screen = self.api.get(f"{self.path}?at={at}" if at else self.path).json
        return self.screen

    def work(self) -> Any:
        """The worker does what is due; what the customer sees then."""
        from servicehall.rooms.services import actions

        while actions.work_due():
            pass
        return self.look()


@pytest.fixture
def shop(mall: Place) -> Iterator[Any]:
    """A flow that asks a shop, and one that says hello at kiosks on Mondays for a minute."""
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.services import actions
    from tests.rooms.services.shop import Shop
    from tests.rooms.services.way import published

    published(mall.hall)
    actions.publish_text(organisation_id=mall.hall.site.region.organisation_id, text=TALK, by=SYSTEM)
    found = Shop()
    yield found
    found.close()


def test_what_can_be_begun_is_listed_and_outlined_for_anybody(mall: Place, shop: Any) -> None:
    listed = mall.api().get("/sites/mall/flows").json["items"]
    assert [one["slug"] for one in listed] == ["talk", "trial"]
    assert listed[0] == {
        "slug": "talk",
        "names": {"en": "Talk", "zh-Hans": "咨询"},
        "summary": {"en": "To somebody", "zh-Hans": "找人"},
        "category": "help",
        "channels": ["kiosk", "desk"],
        "opening": [{"days": [1], "start": "03:00", "end": "03:01"}],
        "is_open": False,
    }
    on_phones = mall.api().get("/sites/mall/flows?channel=phone").json["items"]
    assert [one["slug"] for one in on_phones] == ["trial"]
    assert list(mall.api().get("/sites/mall/flows?channel=fax").json["errors"]) == ["channel"]
    outline = mall.api().get("/sites/mall/flows/talk").json
    assert (outline["offline"], outline["most_steps"]) == ("queued", 1)
    assert outline["opening"] == [{"days": [1], "start": "03:00", "end": "03:01"}]
    assert outline["steps"][0] == {
        "id": "hello",
        "kind": "inform",
        "names": {"en": "Hello on …", "zh-Hans": "您好"},
        "by_customer": True,
        "channels": ["kiosk", "desk"],
        "may_be_skipped": False,
    }
    gone = mall.api(language="zh-CN").get("/sites/mall/flows/nothing")
    assert (gone.status, gone.kind, gone.json["title"]) == (404, "flow-not-offered", "没有这项服务")


def test_a_service_is_gone_through_with_the_code_alone(mall: Place, shop: Any) -> None:
    begun = mall.api("kiosk").post("/sites/mall/requests", {"flow": "trial", "channel": "phone"})
    code = begun.json["code"]
    assert begun.headers["Location"] == f"/api/v1/requests/{code}"
    me = Customer(begun.json, "en")
    assert (me.screen["kind"], me.screen["step"], me.screen["state"]) == ("choose", "kind", "open")
    assert [one["value"] for one in me.screen["options"]] == ["buy", "ask"]
    assert me.answer("buy").json["kind"] == "form"
    assert "code" not in me.screen
    assert me.screen["progress"] == {"done": 1, "of": 4}
    working = me.answer({"pieces": "2"}).json
    assert (working["kind"], working["working"]) == ("lookup", True)
    assert shop.asked == []  # nobody was asked within the request
    agree = me.work()
    assert (agree["step"], agree["title"], agree["back"]) == ("agree", "CN¥5.00", "order")
    assert [one["value"] for one in agree["answers"]] == ["Buy", "2", "no"]
    me.answer(True)
    assert me.work()["kind"] == "end"
    over = me.answer(True)
    assert (over.status, over.kind, over.json["screen"]["kind"]) == (410, "flow-over", "end")
    assert list(shop.sold.values()) == [2]


def test_an_earlier_step_is_shown_and_answered_anew(mall: Place, shop: Any) -> None:
    me = Customer(_begin(mall))
    me.answer("buy")
    me.answer({"pieces": 2})
    me.work()
    earlier = me.look(at="order")
    assert (earlier["step"], earlier["fields"][0]["value"]) == ("order", 2)
    me.answer({"pieces": 3})
    assert me.work()["title"] == "CN¥7.50"


def test_who_shows_an_old_screen_gets_the_present_one(mall: Place, shop: Any) -> None:
    me = Customer(_begin(mall), "zh")
    first = me.screen
    me.answer("buy")
    stale = me.answer("buy", revision=first["revision"], step="kind")
    assert (stale.status, stale.kind, stale.json["revision"]) == (409, "flow-stale", 1)
    assert (stale.json["screen"]["step"], stale.json["screen"]["name"]) == ("order", "试")
    elsewhere = me.answer(True, step="agree")
    assert (elsewhere.status, elsewhere.kind) == (409, "flow-not-this-step")
    assert elsewhere.json["screen"]["revision"] == 1


def test_answers_that_do_not_fit_are_told_by_question_in_the_callers_language(mall: Place, shop: Any) -> None:
    for language, words in (("en", "At most 9."), ("zh-CN", "不能大于 9。")):
        me = Customer(_begin(mall), language)
        me.answer("buy")
        unfit = me.answer({"pieces": 12, "gift": True})
        assert (unfit.status, unfit.kind) == (422, "flow-unfit-answers")
        assert set(unfit.json["errors"]) == {"pieces", "words"}
        assert unfit.json["errors"]["pieces"] == words
        assert me.look()["revision"] == 1


@pytest.mark.parametrize(
    "answer",
    [None, 5, 10**400, 1.5e300, -1, "x" * 5000, [], [[]], {"pieces": 10**400}, {"pieces": 1e300},
     {"pieces": [1]}, {"pieces": {"a": 1}}, {"pieces": True}, {"gift": [10**400]}],
)  # fmt: skip
def test_whatever_is_sent_is_told_and_does_no_harm(mall: Place, shop: Any, answer: Any) -> None:
    me = Customer(_begin(mall))
    assert me.answer(answer).status == 422
    me.answer("buy")
    assert me.answer(answer).status == 422
    assert (me.look()["step"], me.screen["state"]) == ("order", "open")


def test_texts_are_in_the_callers_language_or_else_in_the_requests_own(mall: Place, shop: Any) -> None:
    begun = _begin(mall, language="zh-Hans")
    assert begun["name"] == "试"
    assert Customer(begun).look()["name"] == "试"
    assert Customer(begun, "en").look()["name"] == "T"


def test_who_may_begin_and_where(world: World, shop: Any) -> None:
    body = {"flow": "trial", "channel": "phone"}
    nobody = world.mall.api().post("/sites/mall/requests", body)
    assert (nobody.status, nobody.kind) == (401, "not-signed-in")
    foreign = world.bank.api("kiosk").post("/sites/mall/requests", body)
    assert (foreign.status, foreign.kind) == (404, "not-found")
    other = world.bank.api("kiosk").post("/sites/bank/requests", body)
    assert (other.status, other.kind) == (404, "flow-not-offered")
    at_desk = {"flow": "talk", "channel": "desk"}
    assert world.mall.api("kiosk").post("/sites/mall/requests", at_desk).kind == "not-allowed"
    kiosk = world.mall.api("kiosk")
    elsewhere = kiosk.post("/sites/mall/requests", {"flow": "talk", "channel": "phone"})
    assert (elsewhere.status, elsewhere.kind) == (409, "flow-not-on-channel")
    assert elsewhere.json["channels"] == ["kiosk", "desk"]
    unknown = kiosk.post("/sites/mall/requests", {"flow": "talk", "channel": "fax"})
    assert (unknown.status, list(unknown.json["errors"])) == (422, ["channel"])


def test_a_service_that_is_closed_now_is_not_begun(mall: Place, shop: Any) -> None:
    from datetime import UTC, datetime

    from servicehall.kernel import clock

    with clock.at(datetime(2030, 1, 1, 2, 0, tzinfo=UTC)):  # a Tuesday
        closed = mall.api("kiosk").post("/sites/mall/requests", {"flow": "talk", "channel": "kiosk"})
    assert (closed.status, closed.kind) == (409, "flow-closed")


def test_a_code_that_nobody_holds_or_another_halls_token_leads_nowhere(world: World, shop: Any) -> None:
    me = Customer(_begin(world.mall))
    for api, code in ((Api(), "guessed-code-of-nobody"), (Api(), "a b"), (world.bank.api("desk"), me.code)):
        for method, path, body in (
            ("GET", "", None),
            ("POST", "/answer", {"step": "kind", "revision": 0, "answer": "buy"}),
            ("POST", "/leave", {}),
            ("POST", "/hand-over", {}),
            ("POST", "/pay", {"provider": "wechat"}),
        ):
            gone = api(method, f"/requests/{code.replace(' ', '%20')}{path}", body)
            assert (gone.status, gone.kind) == (404, "not-found")
    assert me.look()["revision"] == 0


def test_a_request_is_left(mall: Place, shop: Any) -> None:
    me = Customer(_begin(mall))
    assert me.api.post(f"{me.path}/leave").json["kind"] == "left"
    assert me.api.post(f"{me.path}/leave").kind == "flow-over"


def test_a_person_takes_over_with_everything_that_was_answered(mall: Place, shop: Any) -> None:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.services import queries

    me = Customer(_begin(mall))
    me.answer("ask")
    unknown = me.api.post(f"{me.path}/hand-over", {"service": "nothing"})
    assert (unknown.status, unknown.kind, me.look()["state"]) == (404, "unknown-service", "open")
    handed = me.api.post(f"{me.path}/hand-over", {"service": "consult"}, Idempotency_Key="h").json
    assert (handed["kind"], handed["why"], handed["ticket"]["number"]) == ("waiting", "person", "A001")
    again = me.api.post(f"{me.path}/hand-over", {"service": "consult"}, Idempotency_Key="h")
    assert (again.headers["Idempotency-Replayed"], again.json) == ("true", handed)
    assert Api().get(f"/tickets/{handed['ticket']['code']}").json["state"] == "waiting"
    assert "ticket" not in me.api.post(f"{me.path}/hand-over", {"service": "consult"}).json
    (task,) = queries.open_tasks(mall.hall.id, actor=SYSTEM)
    assert (task.kind, task.step) == ("taken-over", "question")


def test_what_was_being_looked_up_does_not_take_it_from_the_person(mall: Place, shop: Any) -> None:
    from servicehall.rooms.services.models import Instance

    me = Customer(_begin(mall))
    me.answer("buy")
    me.answer({"pieces": 2})
    original = shop.ask

    def ask(*given: Any, **named: Any) -> Any:
        me.api.post(f"{me.path}/hand-over")
        return original(*given, **named)

    shop.ask = ask
    assert me.work()["kind"] == "waiting"
    assert Instance.objects.get().works_at is None


def test_what_cannot_be_taken_back_is_waited_for(mall: Place, shop: Any) -> None:
    me = Customer(_begin(mall))
    me.answer("buy")
    me.answer({"pieces": 2})
    me.work()
    me.answer(True)
    for act in ("hand-over", "leave"):
        refused = me.api.post(f"{me.path}/{act}")
        assert (refused.status, refused.kind, refused.json["screen"]["step"]) == (
            409,
            "flow-being-done",
            "bought",
        )


def test_once_is_once_and_nothing_that_was_answered_is_kept_for_it(mall: Place, shop: Any) -> None:
    from servicehall.kernel import sql

    kiosk, body = mall.api("kiosk"), {"flow": "trial", "channel": "phone"}
    first = kiosk.post("/sites/mall/requests", body, Idempotency_Key="b")
    again = kiosk.post("/sites/mall/requests", body, Idempotency_Key="b")
    assert (again.headers["Idempotency-Replayed"], again.json) == ("true", first.json)
    me = Customer(first.json)
    sent = {"step": "kind", "revision": 0, "answer": "ask"}
    done = me.api.post(f"{me.path}/answer", sent, Idempotency_Key="1")
    said = {"step": "question", "revision": 1, "answer": {"text": "NEEDLE-17"}}
    me.api.post(f"{me.path}/answer", said, Idempotency_Key="2")
    repeated = me.api.post(f"{me.path}/answer", sent, Idempotency_Key="1")
    assert (done.json["step"], repeated.json["step"]) == ("question", "asked")  # where it is by now
    assert repeated.headers["Idempotency-Replayed"] == "true"
    other = me.api.post(f"{me.path}/answer", said, Idempotency_Key="1")
    assert (other.status, other.kind) == (422, "idempotency-key-reused")
    assert "NEEDLE" not in str(sql.rows("SELECT body FROM kernel_keptanswer"))
    stranger = Customer(_begin(mall))
    assert stranger.api.post(f"{stranger.path}/answer", sent, Idempotency_Key="1").json["step"] == "question"


@pytest.mark.parametrize(
    ("act", "body", "wrong"),
    [
        ("answer", {}, {"step", "revision"}),
        ("answer", {"step": "kind", "revision": -1}, {"revision"}),
        ("answer", {"step": "kind", "revision": "0"}, {"revision"}),
        ("answer", {"step": "kind", "revision": 0, "more": 1}, {"more"}),
        ("pay", {}, {"provider"}),
        ("printed", {"step": 5}, {"step"}),
        ("leave", {"why": ""}, {"why"}),
        ("hand-over", {"service": ""}, {"service"}),
    ],
)
def test_bodies_that_do_not_fit(mall: Place, shop: Any, act: str, body: Any, wrong: set[str]) -> None:
    me = Customer(_begin(mall))
    refused = me.api.post(f"{me.path}/{act}", body)
    assert (refused.status, set(refused.json["errors"])) == (422, wrong)


def test_acts_that_nothing_waits_for(mall: Place, shop: Any) -> None:
    me = Customer(_begin(mall))
    assert me.api.post(f"{me.path}/pay", {"provider": "wechat"}).kind == "flow-not-this-step"
    printed = me.api.post(f"{me.path}/printed", {"step": "kind"})
    assert (printed.status, printed.kind, printed.json["screen"]["step"]) == (
        409,
        "flow-nothing-to-do",
        "kind",
    )
    assert me.api.post(f"{me.path}/stop-paying").json["revision"] == 0


def test_what_cannot_go_on_by_itself_waits_for_a_person(mall: Place, shop: Any) -> None:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.services import actions

    text = TALK.replace("flow: talk", "flow: divided").replace("channels: [kiosk, desk]", "channels: [phone]")
    text = (
        text[: text.index("open:")]
        + """steps:
  - form: count
    title: {en: C, zh-Hans: 数}
    fields: [{id: n, type: whole, label: {en: N, zh-Hans: 数}}]
  - inform: hello
    when: 10 / count.n > 1
    title: {en: H, zh-Hans: 好}
  - end: done
    title: {en: D, zh-Hans: 好了}
"""
    )
    actions.publish_text(organisation_id=mall.hall.site.region.organisation_id, text=text, by=SYSTEM)
    me = Customer(_begin(mall, "divided"))
    assert (me.answer({"n": 0}).json["kind"], me.screen["why"]) == ("waiting", "fault")
    again = me.answer({"n": 0}, step="count")
    assert (again.status, again.kind, again.json["screen"]["kind"]) == (409, "flow-not-this-step", "waiting")
    for act in ("stop-paying", "pay", "printed"):
        body = {"pay": {"provider": "wechat"}, "printed": {"step": "count"}}.get(act, {})
        assert me.api.post(f"{me.path}/{act}", body).kind == "flow-not-this-step"
    assert me.api.post(f"{me.path}/hand-over").json["kind"] == "waiting"
    assert me.api.post(f"{me.path}/leave").json["state"] == "left"
