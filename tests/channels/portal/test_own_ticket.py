"""What holders do with their ticket: leave, let others go first, come back, rate; each once, each said clearly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.rooms.feedback import queries as feedback
from servicehall.rooms.queueing import queries as queueing
from tests.channels.portal.states import called, done, no_show, serving, waiting
from tests.hall import MORNING, Hall, minutes

KEY = "0190-this-is-a-key"


def post(phone: Client, ticket: Any, act: str, **fields: Any) -> Any:
    return phone.post(f"/t/{ticket.code}/{act}", fields)


def state(ticket: Any) -> str:
    return queueing.ticket_by_code(ticket.code)["state"]


def test_leaving_is_asked_again_and_then_done(hall: Hall, phone: Client) -> None:
    ticket = waiting(hall)
    assert "Leave the queue?" in phone.get(f"/t/{ticket.code}/leave").content.decode()
    assert state(ticket) == "waiting"
    answer = post(phone, ticket, "leave", idempotency_key=KEY)
    assert (answer.status_code, answer["Location"]) == (303, f"/t/{ticket.code}")
    assert state(ticket) == "cancelled"


def test_a_double_press_leaves_once(hall: Hall, phone: Client) -> None:
    ticket = waiting(hall)
    for _ in range(2):
        assert post(phone, ticket, "leave", idempotency_key=KEY).status_code == 303


def test_whoever_is_being_served_cannot_leave(hall: Hall, phone: Client) -> None:
    ticket = serving(hall)
    answer = post(phone, ticket, "leave")
    assert answer.status_code == 409
    assert "The ticket is not in the right state for this" in answer.content.decode()
    assert "You are being served" in answer.content.decode()
    assert state(ticket) == "serving"


def test_a_refusal_is_said_in_chinese_too(hall: Hall, phone: Client) -> None:
    answer = phone.post(f"/t/{done(hall).code}/leave", headers={"accept-language": "zh-CN"})
    assert answer.status_code == 409
    assert "业务已办结" in answer.content.decode()


def test_others_go_first(hall: Hall, phone: Client) -> None:
    ticket = hall.issue(at=minutes(-9))
    for n in range(4):
        hall.issue(at=minutes(n - 8))
    choices = phone.get(f"/t/{ticket.code}/later").content.decode()
    assert [n for n in range(1, 30) if f'name="places" value="{n}"' in choices] == [1, 2, 3, 5, 10]
    assert post(phone, ticket, "later", places=2, idempotency_key=KEY).status_code == 303
    assert post(phone, ticket, "later", places=2, idempotency_key=KEY).status_code == 303
    assert queueing.ticket_by_code(ticket.code)["people_ahead"] == 2


@pytest.mark.parametrize("places", ["", "0", "-1", "11", "ten", "99999999999"])
def test_only_places_that_the_hall_allows(hall: Hall, phone: Client, places: str) -> None:
    ticket = waiting(hall)
    before = queueing.ticket_by_code(ticket.code)["people_ahead"]
    assert post(phone, ticket, "later", places=places).status_code == 422
    assert queueing.ticket_by_code(ticket.code)["people_ahead"] == before


def test_postponing_ends_after_some_times(hall: Hall, phone: Client) -> None:
    ticket = hall.issue(at=minutes(-20))
    for n in range(12):
        hall.issue(at=minutes(n - 19))
    for _ in range(3):
        assert post(phone, ticket, "later", places=1).status_code == 303
    answer = post(phone, ticket, "later", places=1)
    assert answer.status_code == 409
    assert "You cannot postpone again" in answer.content.decode()
    assert f"/t/{ticket.code}/later" not in phone.get(f"/t/{ticket.code}").content.decode()


def test_coming_back_after_a_missed_call(hall: Hall, phone: Client) -> None:
    ticket = no_show(hall)
    assert post(phone, ticket, "back", idempotency_key=KEY).status_code == 303
    assert post(phone, ticket, "back", idempotency_key=KEY).status_code == 303
    assert state(ticket) == "waiting"


def test_coming_back_too_late_names_the_next_step(hall: Hall, phone: Client) -> None:
    ticket = no_show(hall)
    with clock.at(MORNING + timedelta(minutes=31)):
        text = phone.get(f"/t/{ticket.code}").content.decode()
        answer = post(phone, ticket, "back")
    assert "rejoin the queue" not in text
    assert f"/s/{hall.site.slug}" in text
    assert answer.status_code == 409
    assert "Take a new ticket" in answer.content.decode()


def test_one_touch_rates_and_everything_can_be_changed(hall: Hall, phone: Client) -> None:
    ticket = done(hall)
    assert post(phone, ticket, "rate", score=5, face="yes", idempotency_key=KEY).status_code == 303
    text = phone.get(f"/t/{ticket.code}").content.decode()
    assert "What was good?" in text
    assert "Thank you. Your rating is saved" in text
    post(phone, ticket, "rate", score=5, reasons=["friendly", "quick"], comment="Thank you & <b>bye</b>")
    assert "Thank you &amp; &lt;b&gt;bye" in phone.get(f"/t/{ticket.code}").content.decode()
    post(phone, ticket, "rate", score=4, face="yes")
    rating = feedback.rating_of(ticket.pk)
    assert rating is not None
    assert (rating.score, rating.reasons, rating.comment) == (
        4,
        ["friendly", "quick"],
        "Thank you & <b>bye</b>",
    )
    post(phone, ticket, "rate", score=1, face="yes")
    rating = feedback.rating_of(ticket.pk)
    assert rating is not None
    assert (rating.score, rating.reasons, rating.comment) == (1, [], "Thank you & <b>bye</b>")
    assert "What should be better?" in phone.get(f"/t/{ticket.code}").content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"score": 0},
        {"score": 6},
        {"score": 5, "reasons": "invented"},
        {"score": 5, "comment": "x" * 1001},
    ],
)
def test_a_rating_that_does_not_fit_is_refused(hall: Hall, phone: Client, fields: dict[str, Any]) -> None:
    ticket = done(hall)
    assert post(phone, ticket, "rate", **fields).status_code == 422
    assert feedback.rating_of(ticket.pk) is None


def test_only_served_visits_are_rated(hall: Hall, phone: Client) -> None:
    ticket = called(hall)
    answer = post(phone, ticket, "rate", score=5)
    assert answer.status_code == 409
    assert "This visit has not been served yet" in answer.content.decode()


def test_after_a_week_the_rating_is_closed(hall: Hall, phone: Client) -> None:
    ticket = done(hall)
    with clock.at(MORNING + timedelta(days=8)):
        assert "How was your visit?" not in phone.get(f"/t/{ticket.code}").content.decode()
        assert post(phone, ticket, "rate", score=5).status_code == 409


@pytest.mark.parametrize("act", ["leave", "later", "back", "rate"])
def test_a_forged_form_does_nothing(hall: Hall, act: str) -> None:
    ticket = waiting(hall)
    answer = Client(enforce_csrf_checks=True).post(f"/t/{ticket.code}/{act}", {"places": 1, "score": 5})
    assert answer.status_code == 403
    assert state(ticket) == "waiting"


@pytest.mark.parametrize("act", ["leave", "later", "back", "rate"])
def test_an_unknown_code_cannot_act(hall: Hall, phone: Client, act: str) -> None:
    answer = phone.post(f"/t/nobody-has-this/{act}", {"places": 1, "score": 5})
    assert answer.status_code == 404
    assert "We cannot find this ticket" in answer.content.decode()


@pytest.mark.parametrize("act", ["back", "rate"])
def test_acts_are_posted(hall: Hall, phone: Client, act: str) -> None:
    assert phone.get(f"/t/{hall.issue().code}/{act}").status_code == 405


def test_the_worker_of_notices_stands_beside_the_tickets(phone: Client) -> None:
    answer = phone.get("/t/alerts.js")
    assert answer["Content-Type"] == "text/javascript"
    assert b"notificationclick" in answer.content
