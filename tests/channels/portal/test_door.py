"""Choosing a hall and a service on the phone, and taking a ticket; what is refused names the next step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as places
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.queueing.models import Service, Ticket
from tests.hall import MORNING, Hall, make_site

KEY = "0190-this-is-a-key"
TAKE = "/s/mall/take/consult"


def take(phone: Client, path: str = TAKE, key: str = KEY, **fields: Any) -> Any:
    return phone.post(path, {"idempotency_key": key, **fields})


def tickets() -> list[Ticket]:
    return list(Ticket.objects.order_by("sequence"))


@pytest.mark.parametrize(("language", "words"), [("en", "Which hall"), ("zh-CN", "您要去哪个大厅")])
def test_the_first_page_lists_the_halls(hall: Hall, phone: Client, language: str, words: str) -> None:
    hall.issue()
    text = phone.get("/", headers={"accept-language": language}).content.decode()
    assert words in text
    assert ("Mall hall" if language == "en" else "mall 大厅") in text
    assert ("1 waiting" if language == "en" else "1 人等候") in text
    assert 'href="/s/mall"' in text


def test_halls_are_found_by_name_in_either_language(hall: Hall, phone: Client) -> None:
    for n in range(8):
        make_site(f"branch-{n}")
    assert 'type="search"' in phone.get("/").content.decode()
    for words in ("mall", "MALL hall", "mall 大厅"):
        text = phone.get("/", {"q": words}).content.decode()
        assert 'href="/s/mall"' in text
        assert 'href="/s/branch-1"' not in text
    assert "No hall fits" in phone.get("/", {"q": "nowhere"}).content.decode()


def test_many_halls_come_in_pages(hall: Hall, phone: Client) -> None:
    for n in range(24):
        make_site(f"branch-{n:02}")
    first = phone.get("/").content.decode()
    assert first.count('class="card-link door"') == 20
    assert "after=branch-19" in first
    assert phone.get("/", {"after": "branch-19"}).content.decode().count('class="card-link door"') == 5


def test_more_halls_take_no_more_queries(
    hall: Hall, phone: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6) as few:
        phone.get("/")
    for n in range(12):
        make_site(f"branch-{n:02}")
    with django_assert_max_num_queries(len(few)):
        phone.get("/")


@pytest.mark.parametrize(("language", "words"), [("en", "Consult"), ("zh-CN", "咨询")])
def test_a_hall_shows_its_services_and_their_queues(
    hall: Hall, phone: Client, language: str, words: str
) -> None:
    hall.issue()
    hall.open()
    text = phone.get("/s/mall", headers={"accept-language": language}).content.decode()
    assert words in text
    assert ("1 waiting" if language == "en" else "1 人等候") in text
    assert f'href="{TAKE}"' in text


def test_a_long_queue_takes_no_more_queries(
    hall: Hall, phone: Client, django_assert_max_num_queries: Any
) -> None:
    phone.get("/s/mall")
    for path in ("/s/mall", TAKE):
        with django_assert_max_num_queries(9) as empty:
            phone.get(path)
        for _ in range(40):
            hall.issue()
        with django_assert_max_num_queries(len(empty)):
            phone.get(path)


def test_a_service_says_who_goes_first_and_offers_no_hidden_class(hall: Hall, phone: Client) -> None:
    text = phone.get(TAKE).content.decode()
    assert "65 or over" in text
    assert 'value="elderly"' in text
    assert "VIP" not in text


def test_a_ticket_is_taken_once_however_often_one_presses(hall: Hall, phone: Client) -> None:
    answers = [take(phone) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    (ticket,) = tickets()
    assert {a["Location"] for a in answers} == {f"/t/{ticket.code}"}
    assert (ticket.channel, ticket.language, ticket.priority.key) == ("phone", "en", "walk-in")


def test_a_class_is_taken(hall: Hall, phone: Client) -> None:
    take(phone, priority="elderly")
    assert tickets()[0].priority.key == "elderly"


@pytest.mark.parametrize("priority", ["vip", "invented"])
def test_a_class_that_is_not_offered_is_refused(hall: Hall, phone: Client, priority: str) -> None:
    answer = take(phone, priority=priority)
    assert answer.status_code == 422
    assert "This service does not offer that priority" in answer.content.decode()
    assert tickets() == []


def test_the_phone_remembers_its_ticket(hall: Hall, phone: Client) -> None:
    take(phone)
    cookie = phone.cookies["servicehall_tickets"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    for path in ("/", "/s/mall"):
        assert "A001" in phone.get(path).content.decode()
    queue.cancel(ticket_id=tickets()[0].pk, by=SYSTEM, at=MORNING)
    assert "A001" not in phone.get("/").content.decode()


def test_a_ticket_from_the_kiosk_is_remembered_when_it_is_opened(hall: Hall, phone: Client) -> None:
    phone.get(f"/t/{hall.issue().code}")
    assert "A001" in phone.get("/").content.decode()


@pytest.mark.parametrize("cookie", ["", "broken", "a.b.c:1:2", "\xe4\xb8"])
def test_a_cookie_that_was_changed_counts_for_nothing(hall: Hall, phone: Client, cookie: str) -> None:
    phone.cookies["servicehall_tickets"] = cookie
    assert phone.get("/").status_code == 200
    assert take(phone).status_code == 303


def test_nobody_hoards_tickets(hall: Hall, phone: Client) -> None:
    for n in range(3):
        assert take(phone, key=f"key-number-{n}").status_code == 303
    answer = take(phone, key="key-number-3")
    assert answer.status_code == 409
    assert "You already hold several tickets here" in answer.content.decode()
    assert len(tickets()) == 3
    queue.cancel(ticket_id=tickets()[0].pk, by=SYSTEM, at=MORNING)
    assert take(phone, key="key-number-4").status_code == 303


def test_another_customer_is_not_held_back_by_it(hall: Hall, phone: Client) -> None:
    for n in range(3):
        take(phone, key=f"key-number-{n}")
    assert take(Client(), key="another-phones-key").status_code == 303


def test_a_closed_service_is_shown_and_refused(hall: Hall, phone: Client) -> None:
    queue.close_service(site_id=hall.id, service="consult", by=SYSTEM, at=MORNING)
    text = phone.get("/s/mall").content.decode()
    assert "Closed for today" in text
    assert f'href="{TAKE}"' not in text
    for answer in (phone.get(TAKE), take(phone)):
        assert answer.status_code == 409
        assert "This service is closed for today" in answer.content.decode()
        assert 'href="/s/mall"' in answer.content.decode()
    assert tickets() == []


@pytest.mark.parametrize(
    ("limit", "words"), [("max_waiting", "Full now"), ("daily_limit", "No more tickets today")]
)
def test_a_full_service_is_shown_and_refused(hall: Hall, phone: Client, limit: str, words: str) -> None:
    Service.objects.filter(slug="consult").update(**{limit: 1})
    places.touch(hall.id)
    take(phone)
    assert words in phone.get("/s/mall").content.decode()
    answer = take(phone, key="another-key")
    assert answer.status_code == 409
    assert "This service is full" in answer.content.decode()
    assert len(tickets()) == 1


def test_an_unknown_service_or_hall_gets_the_next_step(hall: Hall, phone: Client) -> None:
    for answer in (phone.get("/s/mall/take/magic"), take(phone, "/s/mall/take/magic")):
        assert answer.status_code == 404
        assert "There is no such service here" in answer.content.decode()
        assert 'href="/s/mall"' in answer.content.decode()
    for path in ("/s/nowhere", "/s/nowhere/take/consult", "/s/nowhere/poster"):
        answer = phone.get(path)
        assert answer.status_code == 404
        assert 'href="/"' in answer.content.decode()


@pytest.mark.parametrize("key", ["short", "x" * 200, "bad key here", "<script>"])
def test_a_key_that_is_none_is_refused(hall: Hall, phone: Client, key: str) -> None:
    assert take(phone, key=key).status_code == 422
    assert tickets() == []


def test_a_forged_form_takes_no_ticket(hall: Hall) -> None:
    assert take(Client(enforce_csrf_checks=True)).status_code == 403
    assert tickets() == []


@pytest.mark.parametrize("path", ["/", "/s/mall", "/s/mall/poster"])
def test_pages_that_only_show_cannot_be_posted_to(hall: Hall, phone: Client, path: str) -> None:
    assert phone.post(path).status_code == 405


def test_the_poster_leads_to_the_hall_in_both_languages(hall: Hall, phone: Client) -> None:
    text = phone.get("/s/mall/poster").content.decode()
    assert "扫码取号" in text
    assert "Scan to take a ticket" in text
    assert "http://testserver/s/mall" in text


def test_an_empty_installation_has_a_first_page(db: None, client: Client) -> None:
    assert "There is no hall here yet" in client.get("/", headers={"accept-language": "en"}).content.decode()


def test_the_wait_is_told_when_a_counter_is_open(hall: Hall, phone: Client) -> None:
    assert "Not known yet" in phone.get(TAKE).content.decode()
    hall.open()
    for _ in range(4):
        hall.issue()
    assert "about" in phone.get(TAKE).content.decode()


def test_time_passes_and_a_ticket_of_yesterday_is_not_active(hall: Hall, phone: Client) -> None:
    take(phone)
    queue.expire_before(
        site_id=hall.id, day=(MORNING + timedelta(days=1)).date(), by=SYSTEM, at=MORNING + timedelta(days=1)
    )
    with clock.at(MORNING + timedelta(days=1)):
        assert "A001" not in phone.get("/").content.decode()
        assert queueing.active_of([tickets()[0].code]) == []


def test_a_script_does_not_fill_the_queue(hall: Hall, phone: Client, settings: Any) -> None:
    settings.TICKETS_OF_ONE_ADDRESS = 3

    def sent(key: str, address: str = "192.0.2.7") -> Any:
        phone.cookies.clear()  # so that nobody seems to hold any
        return phone.post(TAKE, {"idempotency_key": f"one-more-{key}"}, REMOTE_ADDR=address)

    for key in ("key-1", "key-2", "key-3", "key-3"):  # the same request is the same ticket
        assert sent(key)["Location"].startswith("/t/")
    refused = sent("key-4")
    assert refused.status_code == 429
    assert "Many tickets were just taken from this network" in refused.content.decode()
    assert len(tickets()) == 3
    assert sent("key-5", "192.0.2.8")["Location"].startswith("/t/")
