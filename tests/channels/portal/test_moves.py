"""A request that comes to the phone by QR code, is its remote control, or goes to a kiosk by a short code."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.services import actions, queries
from tests.hall import MORNING, Hall, text

KIOSK = customer("kiosk")
FLOW = """
flow: tell
name: {en: Tell us, zh-Hans: 告诉我们}
category: help
channels: [kiosk, phone]
steps:
  - form: about
    title: {en: About what?, zh-Hans: 关于什么？}
    fields:
      - {id: words, type: text, label: {en: Words, zh-Hans: 内容}}
  - form: more
    title: {en: More, zh-Hans: 更多}
    fields:
      - {id: words, type: text, label: {en: More words, zh-Hans: 更多内容}}
  - end: done
    title: {en: "Thank you for ${about.words}", zh-Hans: "谢谢${about.words}"}
"""
WITH_IDENTITY = FLOW.replace("flow: tell", "flow: tell-id").replace(
    "type: text, label: {en: More", "type: id-number, label: {en: More"
)
WITH_IDENTITY = WITH_IDENTITY.replace("category: help", "category: help\npurposes: [service]")


@pytest.fixture
def flows(hall: Hall) -> Hall:
    organisation = hall.site.region.organisation_id
    customers.add_purpose(
        organisation_id=organisation,
        slug="service",
        titles=text("Service"),
        texts=text("To serve you."),
        uses=["id_number"],
        basis="service",
        by=SYSTEM,
    )
    for slug, definition in (("tell", FLOW), ("tell-id", WITH_IDENTITY)):
        made = actions.create_flow(organisation_id=organisation, slug=slug, text=definition, by=SYSTEM)
        actions.publish(flow_id=made.pk, by=SYSTEM)
    return hall


def begun(hall: Hall, flow: str = "tell", channel: str = "kiosk") -> actions.Begun:
    found = actions.begin(site_id=hall.site.pk, flow=flow, channel=channel, by=KIOSK, language="en")
    actions.submit(instance_id=found.instance.pk, step="about", revision=0, answer={"words": "x"}, by=KIOSK)
    return found


def offered(made: actions.Begun, way: str = "away") -> str:
    return actions.offer_move(instance_id=made.instance.pk, way=way, by=KIOSK, device="mall-door").code


def scan(phone: Client, code: str) -> Any:
    """What the page that is scanned does by itself."""
    page = phone.get(f"/m/{code}")
    assert page.status_code == 200
    (held,) = re.findall(r'name="held" value="([\w-]+)"', page.content.decode())
    return phone.post(f"/m/{code}", {"held": held})


def say(answer: Any) -> str:
    return str(answer.content.decode())


def test_scanned_it_goes_on_at_the_step_where_it_was(flows: Hall, phone: Client) -> None:
    made = begun(flows)
    code = offered(made)
    for _looks in range(3):  # a messenger, a preview: looking takes nothing
        assert phone.get(f"/m/{code}").status_code == 200
        assert phone.head(f"/m/{code}").status_code == 200
    answer = scan(phone, code)
    assert answer.status_code == 303
    page = phone.get(answer["Location"])
    assert "More words" in say(page)
    assert "no-store" in page["Cache-Control"]
    sent = phone.post(answer["Location"], {"step": "more", "revision": "2", "q.words": "y"})
    assert sent.status_code == 303
    assert "Thank you for x" in say(phone.get(answer["Location"]))


def test_the_old_address_says_where_it_went_and_takes_no_answer(flows: Hall, phone: Client) -> None:
    made = begun(flows)
    scan(phone, offered(made))
    for answer in (
        phone.get(f"/r/{made.code}"),
        phone.post(f"/r/{made.code}", {"step": "more", "revision": "1", "q.words": "late"}),
    ):
        assert answer.status_code == 410
        assert "another screen" in say(answer)
    assert phone.get(f"/r/{made.code}/now?after=1")["HX-Redirect"] == f"/r/{made.code}"
    zh = phone.get(f"/r/{made.code}", headers={"accept-language": "zh-CN"})
    assert "另一" in say(zh)


def test_used_old_and_forged_codes_are_said_clearly_and_nothing_is_lost(flows: Hall, phone: Client) -> None:
    made = begun(flows)
    code = offered(made)
    with clock.at(MORNING + timedelta(minutes=10)):
        assert phone.get(f"/m/{code}").status_code == 410
        late = phone.post(f"/m/{code}", {"held": "h" * 22})
        assert (late.status_code, "cannot be used any more" in say(late)) == (410, True)
    forged = phone.get("/m/AAAAAAAAAAAAAAAAAAAAAA")
    assert (forged.status_code, "not known here" in say(forged)) == (404, True)
    assert phone.post("/m/AAAAAAAAAAAAAAAAAAAAAA", {"held": "h" * 22}).status_code == 404
    assert phone.post(f"/m/{code}", {"held": "short"}).status_code == 422
    assert phone.post(f"/m/{code}").status_code == 422
    scan(phone, code)
    used = phone.get(f"/m/{code}", headers={"accept-language": "zh-CN"})
    assert (used.status_code, "已被使用" in say(used)) == (410, True)
    assert phone.post(f"/m/{code}", {"held": "o" * 22}).status_code == 410


def test_a_claim_whose_answer_was_lost_is_sent_again(flows: Hall, phone: Client) -> None:
    code = offered(begun(flows))
    first, again = (phone.post(f"/m/{code}", {"held": "h" * 22}) for _ in range(2))
    assert first["Location"] == again["Location"] == f"/r/{'h' * 22}"
    assert phone.get(first["Location"]).status_code == 200


def test_where_an_identity_is_asked_for_the_number_is_chosen_first(flows: Hall, phone: Client) -> None:
    made = begun(flows, "tell-id")
    where = scan(phone, offered(made))["Location"]
    assert phone.get(where)["Location"] == f"{where}/move"
    page = say(phone.get(f"{where}/move"))
    numbers = re.findall(r'name="number" value="(\d\d)"', page)
    shown = queries.moving_of(made.code)
    assert shown is not None
    assert len(numbers) == 6
    assert shown.number in numbers
    assert "More words" not in page
    assert phone.get(f"{where}/move/now?state=claimed").headers.get("HX-Redirect") is None
    answer = phone.post(f"{where}/move", {"number": shown.number})
    assert answer["Location"] == where
    assert "More words" in say(phone.get(where))


def test_another_number_moves_nothing(flows: Hall, phone: Client) -> None:
    made = begun(flows, "tell-id")
    where = scan(phone, offered(made))["Location"]
    shown = queries.moving_of(made.code)
    assert shown is not None
    for number in ("", "xx", "99999", "00"):
        answer = phone.post(f"{where}/move", {"number": number})
        assert answer.status_code in {409, 410}
    answer = phone.post(f"{where}/move", {"number": shown.number})
    assert (answer.status_code, "cannot be used any more" in say(answer)) == (410, True)
    assert queries.instance_by_code(made.code).pk == made.instance.pk


def test_a_phone_that_is_the_remote_control_says_so_and_can_disconnect(flows: Hall, phone: Client) -> None:
    made = begun(flows)
    where = scan(phone, offered(made, "mirror"))["Location"]
    shown = queries.moving_of(made.code)
    assert shown is not None
    phone.post(f"{where}/move", {"number": shown.number})
    page = say(phone.get(where))
    assert "remote control" in page
    assert "Go on at a kiosk" not in page
    phone.post(f"{where}/move/stop")
    gone = phone.get(where)
    assert (gone.status_code, "has ended" in say(gone)) == (410, True)
    assert phone.get(f"{where}/now?after=1")["HX-Redirect"] == f"{where}"
    assert queries.instance_by_code(made.code).pk == made.instance.pk


def test_what_the_remote_control_ends_it_may_read_to_the_end(flows: Hall, phone: Client) -> None:
    made = begun(flows)
    where = scan(phone, offered(made, "mirror"))["Location"]
    shown = queries.moving_of(made.code)
    assert shown is not None
    phone.post(f"{where}/move", {"number": shown.number})
    phone.post(where, {"step": "more", "revision": "1", "q.words": "y"})
    assert queries.instance_by_code(made.code).state == "ended"
    actions.stop_move(held=made.code, by=KIOSK)  # the kiosk is cleared
    assert "Thank you for x" in say(phone.get(where))
    assert phone.post(where, {"step": "more", "revision": "2", "q.words": "z"}).status_code in {409, 410}


def test_a_short_code_is_shown_once_and_confirmed_on_the_phone(flows: Hall, phone: Client) -> None:
    made = begun(flows, channel="phone")
    where = f"/r/{made.code}"
    assert "Go on at a kiosk" in say(phone.get(where))
    page = say(phone.post(f"{where}/pickup"))
    first, second = re.findall(
        r'number" translate="no">(\d{3})<span class="pickup-gap"></span>(\d{3})<', page
    )[0]
    waiting = say(phone.get(f"{where}/move"))
    assert "Show a new code" in waiting
    assert first + second not in waiting
    move = actions.claim_pickup(
        site_id=flows.site.pk, code=first + second, held="k" * 22, device="mall-door", by=KIOSK
    )
    assert phone.get(f"{where}/move/now?state=offered")["HX-Redirect"] == f"{where}/move"
    page = say(phone.get(f"{where}/move"))
    assert f'value="{move.number}"' in page
    assert "That was not me" in page
    phone.post(f"{where}/move", {"number": move.number})
    assert phone.get(where).status_code == 410
    assert queries.instance_by_code("k" * 22).pk == made.instance.pk


def test_whoever_did_not_type_the_code_says_so(flows: Hall, phone: Client) -> None:
    made = begun(flows, channel="phone")
    code = actions.offer_move(instance_id=made.instance.pk, way="pickup", by=KIOSK).code
    move = actions.claim_pickup(site_id=flows.site.pk, code=code, held="k" * 22, device="d", by=KIOSK)
    assert phone.post(f"/r/{made.code}/move/stop")["Location"] == f"/r/{made.code}"
    assert phone.post(f"/r/{made.code}/move", {"number": move.number}).status_code == 410
    assert phone.get(f"/r/{made.code}").status_code == 200


def test_nobody_moves_what_nobody_holds(flows: Hall, phone: Client) -> None:
    for path in ("pickup", "move/stop"):
        assert phone.post(f"/r/nobody-holds-this/{path}").status_code in {303, 404}
    assert phone.get("/r/nobody-holds-this/move").status_code == 303
    assert phone.post("/r/nobody-holds-this/move", {"number": "12"}).status_code == 410


def test_what_was_typed_and_not_sent_goes_along_to_the_kiosk(flows: Hall, phone: Client) -> None:
    made = begun(flows, channel="phone")
    assert "data-typed" in phone.get(f"/r/{made.code}").content.decode()
    for step, words in (("more", "A lamp"), ("about", "of another step")):
        phone.post(f"/r/{made.code}/pickup", {"step": step, "q.words": words})
        shown = queries.screen(queries.instance_by_code(made.code))
        assert (shown["step"], shown["fields"][0]["value"]) == ("more", "A lamp")
