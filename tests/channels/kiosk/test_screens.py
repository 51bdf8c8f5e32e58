"""The kiosk's screens: what they show, what they refuse, and that one touch takes one ticket."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock, events
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as places
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing.models import Service, Ticket
from tests.hall import MORNING, Hall, make_hall, make_site, minutes

HOME = "/kiosk/mall-door"
SERVICE = f"{HOME}/s/consult"
TAKE = f"{HOME}/take"
KEY = "0190-this-is-a-key"


def take(kiosk: Client, service: str = "consult", key: str = KEY, **fields: Any) -> Any:
    return kiosk.post(TAKE, {"service": service, "idempotency_key": key, **fields})


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("language", "words"), [("en", "What can we do for you?"), ("zh-Hans", "请选择要办理的业务")]
)
def test_the_first_screen_shows_the_services(hall: Hall, kiosk: Client, language: str, words: str) -> None:
    hall.issue()
    hall.open()
    found = text(kiosk.get(HOME, {"language": language}))
    assert words in found
    assert ("Consult" if language == "en" else "咨询") in found
    assert "<strong>1</strong>" in found
    assert f'href="{SERVICE}"' in found
    assert f'lang="{language}"' in found


def test_both_languages_are_always_offered(hall: Hall, kiosk: Client) -> None:
    for answer in (kiosk.get(HOME), kiosk.get(SERVICE), take(kiosk), kiosk.get(f"{HOME}/s/magic")):
        assert 'lang="zh-Hans"' in text(answer)
        assert "简体中文" in text(answer)


def test_nothing_of_a_screen_is_kept(hall: Hall, kiosk: Client) -> None:
    for answer in (kiosk.get(HOME), kiosk.get(SERVICE), take(kiosk), take(kiosk, "magic", "another-key")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert not answer.cookies.get("sessionid")


def test_the_stream_goes_on_from_the_screens_event(hall: Hall, kiosk: Client) -> None:
    hall.issue()
    found = text(kiosk.get(HOME))
    assert f'data-after="{events.last_seq(hall.id)}"' in found
    assert 'data-board="/live/boards/mall"' in found


@pytest.mark.parametrize(
    ("language", "rule", "question"),
    [
        ("en", "65 or over", "Does one of these apply to you?"),
        ("zh-Hans", "65 岁以上", "您是否符合以下优先条件？"),
    ],
)
def test_a_service_asks_who_goes_first(
    hall: Hall, kiosk: Client, language: str, rule: str, question: str
) -> None:
    found = text(kiosk.get(SERVICE, {"language": language}))
    assert question in found
    assert rule in found
    assert "VIP" not in found
    assert "贵宾" not in found


def test_without_public_classes_nothing_is_asked(hall: Hall, kiosk: Client) -> None:
    for service in Service.objects.all():
        service.classes.clear()
    places.touch(hall.id)
    assert "Does one of these apply to you?" not in text(kiosk.get(SERVICE))


@pytest.mark.parametrize(("language", "words"), [("en", "This is your number"), ("zh-Hans", "取号成功")])
def test_the_ticket_is_shown_with_its_way_to_the_phone(
    hall: Hall, kiosk: Client, language: str, words: str
) -> None:
    answer = take(kiosk, language=language)
    (ticket,) = Ticket.objects.all()
    assert answer.status_code == 200
    assert words in text(answer)
    assert "A001" in text(answer)
    assert text(answer).count('class="qr"') == 2  # on the screen and on the slip
    assert (ticket.channel, ticket.language) == ("kiosk", language)
    # The code is only in the picture: nothing to copy, nothing that a screen reader spells.
    assert ticket.code not in text(answer)


def test_a_double_touch_takes_one_ticket(hall: Hall, kiosk: Client) -> None:
    answers = [text(take(kiosk)) for _ in range(3)]
    assert Ticket.objects.count() == 1
    assert all("A001" in answer for answer in answers)


def test_the_same_ticket_is_shown_in_another_language(hall: Hall, kiosk: Client) -> None:
    take(kiosk, language="en")
    answer = take(kiosk, language="zh-Hans")
    assert "取号成功" in text(answer)
    assert "A001" in text(answer)
    assert Ticket.objects.count() == 1


def test_a_key_serves_one_request_only(hall: Hall, kiosk: Client) -> None:
    take(kiosk)
    answer = take(kiosk, "loan")
    assert answer.status_code == 422
    assert Ticket.objects.count() == 1


def test_the_ticket_screen_follows_the_queue(hall: Hall, kiosk: Client) -> None:
    hall.issue(at=minutes(-1))
    assert "<strong>1</strong> person" in text(take(kiosk))
    hall.open()
    hall.next()
    assert "You are next" in text(take(kiosk))


def test_the_slip_is_printed_where_there_is_a_printer(hall: Hall, kiosk: Client) -> None:
    assert 'class="slip"' in text(take(kiosk))
    kiosk.get(HOME, {"printer": "no"})
    answer = text(take(kiosk, key="another-key"))
    assert 'class="slip"' not in answer
    assert "data-print" not in answer


@pytest.mark.parametrize("priority", ["vip", "invented"])
def test_a_class_that_is_not_offered_is_refused(hall: Hall, kiosk: Client, priority: str) -> None:
    answer = take(kiosk, priority=priority)
    assert answer.status_code == 422
    assert 'data-screen="refused"' in text(answer)
    assert "This service does not offer that priority" in text(answer)
    assert not Ticket.objects.exists()


def test_a_closed_service_stays_in_its_place_and_says_why(hall: Hall, kiosk: Client) -> None:
    queue.close_service(site_id=hall.id, service="consult", by=SYSTEM, at=MORNING)
    found = text(kiosk.get(HOME))
    assert "Closed for today" in found
    assert f'href="{SERVICE}"' not in found
    for answer in (kiosk.get(SERVICE), take(kiosk)):
        assert answer.status_code == 409
        assert "This service is closed for today" in text(answer)
        assert "data-reset" in text(answer)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("limit", "words"), [("max_waiting", "Full now"), ("daily_limit", "No more tickets today")]
)
def test_a_full_service_says_why(hall: Hall, kiosk: Client, limit: str, words: str) -> None:
    Service.objects.filter(slug="consult").update(**{limit: 1})
    places.touch(hall.id)
    take(kiosk)
    assert words in text(kiosk.get(HOME))
    answer = take(kiosk, key="another-key")
    assert answer.status_code == 409
    assert "This service is full" in text(answer)
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(("language", "words"), [("en", "today at 14:00"), ("zh-Hans", "今天 14:00")])
def test_a_closed_hall_says_when_it_opens(db: None, client: Client, language: str, words: str) -> None:
    with clock.at(MORNING):
        make_hall(hours=[(1, time(14), time(18))])
        for path in (HOME, SERVICE):
            found = text(client.get(path, {"language": language}))
            assert 'data-screen="closed"' in found
            assert words in found
        answer = client.post(TAKE, {"service": "consult", "idempotency_key": KEY, "language": language})
        assert answer.status_code == 409
    assert not Ticket.objects.exists()


def test_a_hall_without_services_says_so(db: None, client: Client) -> None:
    with clock.at(MORNING):
        make_site("empty", hours=None)
        found = text(client.get("/kiosk/empty", headers={"accept-language": "en"}))
    assert "There are no services here yet" in found


@pytest.mark.parametrize(
    "path", ["/kiosk/nowhere", "/kiosk/nowhere-door", "/kiosk/m", "/kiosk/a-b-c-d-e-f-g-h-i-j"]
)
def test_an_unknown_kiosk_says_how_it_is_named(hall: Hall, kiosk: Client, path: str) -> None:
    answer = kiosk.get(path)
    assert answer.status_code == 404
    assert "This kiosk is not set up" in text(answer)


def test_the_longest_short_name_is_the_kiosks_hall(hall: Hall, kiosk: Client) -> None:
    make_site("mall-north")
    assert "Mall-North hall" in text(kiosk.get("/kiosk/mall-north-door"))
    assert "Mall hall" in text(kiosk.get("/kiosk/mall-door"))
    assert "Mall hall" in text(kiosk.get("/kiosk/mall"))


def test_an_unknown_service_leads_back_to_the_services(hall: Hall, kiosk: Client) -> None:
    for answer in (kiosk.get(f"{HOME}/s/magic"), take(kiosk, "magic")):
        assert answer.status_code == 404
        assert "There is no such service here" in text(answer)
        assert "Back to the services" in text(answer)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"service": "consult"},
        {"service": "consult", "idempotency_key": "short"},
        {"service": "no slug!", "idempotency_key": KEY},
        {"service": "consult", "idempotency_key": KEY, "priority": "x" * 50},
    ],
)
def test_what_does_not_fit_takes_no_ticket(hall: Hall, kiosk: Client, fields: dict[str, str]) -> None:
    answer = kiosk.post(TAKE, fields)
    assert answer.status_code == 422
    assert 'data-screen="refused"' in text(answer)
    assert not Ticket.objects.exists()


def test_a_forged_form_takes_no_ticket(hall: Hall) -> None:
    assert take(Client(enforce_csrf_checks=True)).status_code == 403
    assert not Ticket.objects.exists()


def test_methods_that_do_not_fit_are_refused(hall: Hall, kiosk: Client) -> None:
    assert kiosk.get(TAKE).status_code == 405
    assert kiosk.post(HOME).status_code == 405
    assert kiosk.post(SERVICE).status_code == 405


def test_a_strange_language_is_not_heard(hall: Hall, kiosk: Client) -> None:
    assert 'lang="en"' in text(kiosk.get(HOME, {"language": "xx-<b>"}))


@pytest.mark.parametrize("path", [HOME, SERVICE])
def test_a_long_queue_takes_no_more_queries(
    hall: Hall, kiosk: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    kiosk.get(path)
    with django_assert_max_num_queries(9) as empty:
        kiosk.get(path)
    for _ in range(60):
        hall.issue()
    with django_assert_max_num_queries(len(empty)):
        kiosk.get(path)


def test_taking_a_ticket_takes_no_more_queries_in_a_long_queue(
    hall: Hall, kiosk: Client, django_assert_max_num_queries: Any
) -> None:
    take(kiosk, key="the-first-key")
    with django_assert_max_num_queries(30) as empty:
        take(kiosk, key="the-second-key")
    for _ in range(60):
        hall.issue()
    with django_assert_max_num_queries(len(empty)):
        take(kiosk, key="the-third-key")


def test_only_many_services_are_looked_for_by_letters(hall: Hall, kiosk: Client) -> None:
    assert "data-letters" not in text(kiosk.get(HOME))
    for n in range(6):
        queue.add_service(
            site_id=hall.id,
            slug=f"more-{n}",
            prefix="D",
            names={"en": f"More {n}", "zh-Hans": f"更多 {n}"},
            by=SYSTEM,
        )
    assert "data-letters" in text(kiosk.get(HOME))


def test_a_service_with_an_unknown_icon_is_still_shown(hall: Hall, kiosk: Client) -> None:
    Service.objects.filter(slug="consult").update(icon="no-such-icon")
    places.touch(hall.id)
    assert kiosk.get(HOME).status_code == 200
    assert kiosk.get(SERVICE).status_code == 200
