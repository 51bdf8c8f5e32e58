"""Tokens: none, wrong, revoked, of another site, without the right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.api.speaking import Api, Place, World

NEED_A_TOKEN = [
    ("GET", "/me"),
    ("GET", "/sites/mall/queue"),
    ("GET", "/sites/mall/staff"),
    ("GET", "/sites/mall/figures"),
    ("GET", "/sites/mall/events"),
    ("GET", "/sites/mall/tickets"),
    ("POST", "/sites/mall/tickets"),
    ("POST", "/sites/mall/requests"),
    ("POST", "/sites/mall/services/consult/close"),
    ("GET", "/counters/mall:1"),
    ("GET", "/counters/mall:1/explain"),
    ("POST", "/counters/mall:1/next"),
    ("POST", "/counters/mall:1/sign-in"),
]


@pytest.mark.parametrize(("method", "path"), NEED_A_TOKEN)
def test_without_a_token_the_answer_is_401_and_says_how(mall: Place, method: str, path: str) -> None:
    refused = mall.api()(method, path)
    assert (refused.status, refused.kind) == (401, "not-signed-in")
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="servicehall"'


@pytest.mark.parametrize("sent", ["Bearer wrong", "Bearer", "Basic YTpi", "Bearer é", "Bearer " + "x" * 5000])
def test_a_wrong_token_is_refused_everywhere_also_where_none_is_needed(mall: Place, sent: str) -> None:
    for path in ("/me", "/sites", "/sites/mall/board"):
        refused = Api().get(path, Authorization=sent)
        assert refused.status == 401
        assert refused.headers["WWW-Authenticate"] == 'Bearer realm="servicehall", error="invalid_token"'


def test_a_revoked_token_ends_at_once(mall: Place) -> None:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.people import actions as people
    from servicehall.rooms.people.models import ApiToken

    mall.take()
    people.revoke_token(ApiToken.objects.get(name="desk"), by=SYSTEM)
    assert mall.api("desk").post("/sites/mall/tickets", {"service": "consult"}).status == 401


def test_another_sites_things_are_not_there(world: World) -> None:
    ticket = world.mall.take()
    world.mall.open()
    bank = world.bank.api("integration")
    for path in (
        "/sites/mall", "/sites/mall/services", "/sites/mall/board", "/sites/mall/queue", "/sites/mall/figures",
        "/sites/mall/events", "/sites/mall/tickets", f"/tickets/{ticket['id']}", f"/tickets/{ticket['code']}",
        "/counters/mall:1", world.mall.counter(), f"{world.mall.counter()}/explain",
    ):  # fmt: skip
        assert bank.get(path).status == 404, path
    for path, body in (
        ("/sites/mall/tickets", {"service": "consult"}),
        ("/sites/mall/services/consult/close", None),
        (f"{world.mall.counter()}/next", None),
        (f"{world.mall.counter()}/sign-in", None),
        (f"{world.mall.counter()}/pause", None),
        (f"{world.mall.counter()}/undo", None),
        (f"/tickets/{ticket['id']}/cancel", None),
        (f"/tickets/{ticket['id']}/rate", {"score": 1}),
        (f"/tickets/{ticket['id']}/transfer", {"service": "refund"}),
        (f"/tickets/{ticket['code']}/cancel", None),
    ):
        assert bank.post(path, body).status == 404, path
    own = world.bank.take()
    assert bank.post(f"/tickets/{own['id']}/merge", {"into": ticket["id"]}).status in {404, 409}
    assert world.mall.api("desk").get(f"/tickets/{ticket['id']}").json["version"] == 1


def test_a_token_for_all_sites_works_at_each(world: World) -> None:
    api = Api(world.everywhere)
    for place in (world.mall, world.bank):
        slug = place.hall.site.slug
        ticket = api.post(f"{place.path}/tickets", {"service": "consult"}).json
        assert api.post(f"{place.counter()}/sign-in").status == 200
        assert api.post(f"/counters/{slug}:1/next").json["id"] == ticket["id"]
        assert api.post(f"/tickets/{ticket['id']}/finish").json["state"] == "done"
        assert api.get(f"/tickets/{ticket['code']}").json["state"] == "done"


@pytest.mark.parametrize(
    ("role", "method", "path", "body"),
    [
        ("kiosk", "POST", "/counters/mall:1/next", {}),
        ("kiosk", "POST", "/counters/mall:1/sign-in", {}),
        ("kiosk", "GET", "/counters/mall:1", None),
        ("kiosk", "GET", "/sites/mall/staff", None),
        ("kiosk", "GET", "/sites/mall/events", None),
        ("desk", "GET", "/sites/mall/figures", None),
        ("desk", "GET", "/sites/mall/tickets", None),
        ("desk", "POST", "/sites/mall/services/consult/close", {}),
    ],
)
def test_a_role_without_the_right(mall: Place, role: str, method: str, path: str, body: object) -> None:
    refused = mall.api(role, "zh")(method, path, body)
    assert (refused.status, refused.kind) == (403, "not-allowed")
    assert refused.json["right"]
    assert refused.headers["Content-Language"] == "zh-Hans"


@pytest.mark.parametrize("act", ["move", "merge", "reclass"])
def test_supervisors_acts_are_not_for_the_desk(mall: Place, act: str) -> None:
    ticket, other = mall.take(), mall.take()
    body = {"move": {"places": 1}, "merge": {"into": other["id"]}, "reclass": {"priority": "vip"}}[act]
    assert mall.act(ticket, act, body).kind == "not-allowed"
    assert mall.act(ticket, "hold", role="kiosk").status in {403, 409}


def test_guessed_tokens_lock_guessing_there_and_no_valid_token(mall: Place) -> None:
    from django.test import Client

    client = Client(REMOTE_ADDR="198.51.100.7")

    def ask(token: str) -> int:
        answer: Any = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        return int(answer.status_code)

    assert [ask("sh_old") for _ in range(20)] == [401] * 20  # a mistake is one guess
    assert [ask(f"sh_{n}") for n in range(9)] == [401] * 9
    assert ask("sh_another") == 429
    assert ask(mall.tokens["desk"]) == 200
