"""The back office's page of ratings: to read only, of the reader's sites only."""

from __future__ import annotations

import pytest

from servicehall.kernel.rights import customer
from servicehall.rooms.feedback import actions
from servicehall.rooms.feedback.models import Rating
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries
from tests.hall import Hall, minutes
from tests.rooms.office import Office, make_office


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


def rate(hall: Hall, comment: str) -> Rating:
    hall.open()
    hall.issue()
    ticket = hall.next(at=minutes(1))
    queue.start(ticket_id=ticket.pk, by=hall.actors["agent"], at=minutes(2))
    queue.finish(ticket_id=ticket.pk, by=hall.actors["agent"], at=minutes(5))
    return actions.rate_visit(
        served=queries.served_visit(ticket.pk),
        score=2,
        reasons=["long-wait"],
        comment=comment,
        by=customer("phone"),
        at=minutes(6),
    )


def test_ratings_are_read_and_never_changed(office: Office) -> None:
    rating = rate(office.mall, "Too slow")
    client = office.as_("manager")
    page = client.get("/admin/feedback/rating/").content.decode()
    assert "Too slow" in page
    assert "Long wait" in page
    assert "★★☆☆☆" in page
    address = f"/admin/feedback/rating/{rating.pk}"
    assert client.get(f"{address}/change/").status_code == 200
    assert client.post(f"{address}/change/", {"comment": "Great"}).status_code == 403
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/feedback/rating/add/").status_code == 403
    rating.refresh_from_db()
    assert rating.comment == "Too slow"


def test_ratings_of_another_site_are_not_there(office: Office) -> None:
    rating = rate(office.bank, "Somewhere else")
    client = office.as_("manager")
    assert "Somewhere else" not in client.get("/admin/feedback/rating/").content.decode()
    assert client.get(f"/admin/feedback/rating/{rating.pk}/change/").status_code == 404
