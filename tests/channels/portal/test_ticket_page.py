"""The ticket's page says where the customer stands, in every state and language, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock, events
from tests.channels.portal.states import STATES, called, done, held, merged, waiting
from tests.hall import MORNING, Hall


def page(phone: Client, ticket: Any, path: str = "", language: str = "en") -> Any:
    return phone.get(f"/t/{ticket.code}{path}", headers={"accept-language": language})


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("language", "words"), [("en", 1), ("zh-CN", 2)])
def test_every_state_is_told_in_the_readers_language(
    hall: Hall, phone: Client, state: str, language: str, words: int
) -> None:
    how = STATES[state]
    ticket = how[0](hall)
    answer = page(phone, ticket, language=language)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert how[words] in text
    assert ticket.number in text
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in text


@pytest.mark.parametrize("state", STATES)
def test_the_part_that_changes_is_the_same_as_in_the_page(hall: Hall, phone: Client, state: str) -> None:
    ticket = STATES[state][0](hall)
    part = page(phone, ticket, "/now").content.decode()
    assert part.strip().startswith("<section id=")
    assert STATES[state][1] in part


@pytest.mark.parametrize("path", ["", "/now", "/leave", "/later"])
def test_the_page_is_kept_nowhere_and_found_nowhere(hall: Hall, phone: Client, path: str) -> None:
    answer = page(phone, hall.issue(), path)
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("state", [called, held, done])
def test_nothing_of_staff_is_told(hall: Hall, phone: Client, state: Any) -> None:
    text = page(phone, state(hall)).content.decode()
    assert "Agent" not in text
    assert "SECRET" not in text
    assert str(hall.people["agent"].pk) not in text


def test_a_called_customer_reads_where_to_go(hall: Hall, phone: Client) -> None:
    text = page(phone, called(hall)).content.decode()
    assert "Counter 1" in text
    assert "Ground · Main" in text


def test_a_joined_ticket_names_the_number_to_wait_for(hall: Hall, phone: Client) -> None:
    assert "A002" in page(phone, merged(hall)).content.decode()


def test_several_stages_are_counted(hall: Hall, phone: Client) -> None:
    assert "Step 1 of 2: Check" in page(phone, hall.issue("refund")).content.decode()


@pytest.mark.parametrize(("state", "loads"), [(waiting, True), (done, False)])
def test_without_javascript_the_page_loads_itself_again(
    hall: Hall, phone: Client, state: Any, loads: bool
) -> None:
    text = page(phone, state(hall)).content.decode()
    assert ('<noscript><meta http-equiv="refresh"' in text) is loads


def test_the_stream_goes_on_from_the_snapshots_event(hall: Hall, phone: Client) -> None:
    ticket = hall.issue()
    text = page(phone, ticket).content.decode()
    assert f'data-live="/live/tickets/{ticket.code}"' in text
    assert f'data-after="{events.last_seq(hall.id)}"' in text


@pytest.mark.parametrize("path", ["", "/now", "/leave", "/later"])
def test_an_unknown_code_gets_the_next_step(hall: Hall, phone: Client, path: str) -> None:
    answer = phone.get(f"/t/nobody-has-this{path}")
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"
    if not path:
        assert "We cannot find this ticket" in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


@pytest.mark.parametrize("path", ["", "/now"])
def test_the_page_cannot_be_posted_to(hall: Hall, phone: Client, path: str) -> None:
    assert phone.post(f"/t/{hall.issue().code}{path}").status_code == 405


@pytest.mark.parametrize("path", ["", "/now", "/later"])
@pytest.mark.parametrize("state", ["waiting", "called", "done"])
def test_a_long_queue_takes_no_more_queries(
    hall: Hall, phone: Client, state: str, path: str, django_assert_max_num_queries: Any
) -> None:
    ticket = STATES[state][0](hall)
    page(phone, ticket, path)  # the setup is in memory from here on
    with django_assert_max_num_queries(18) as short:
        page(phone, ticket, path)
    for _ in range(60):
        hall.issue(at=MORNING)
    with django_assert_max_num_queries(len(short)):
        page(phone, ticket, path)


@pytest.mark.parametrize(
    ("language", "none", "near"),
    [
        ("en", "No counter is open for you now", "It is almost your turn"),
        ("zh-CN", "目前没有为您服务的窗口开放", "快轮到您了"),
    ],
)
def test_nobodys_turn_is_near_while_no_counter_is_open(
    hall: Hall, phone: Client, language: str, none: str, near: str
) -> None:
    ticket = STATES["waiting"][0](hall)
    text = page(phone, ticket, "/now", language).content.decode()
    assert none in text
    assert near not in text
    hall.open(at=clock.now())
    hall.next(at=clock.now())
    text = page(phone, ticket, "/now", language).content.decode()
    assert none not in text
    assert near in text
