"""Who tried what they may not do stands in the log: ids and words only, and never more than a bounded number."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from django.test import Client

from servicehall.channels import refused_acts
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people import actions as people
from tests.hall import Hall, make_hall

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


@pytest.fixture(autouse=True)
def _counted_anew() -> Iterator[None]:
    refused_acts.forget()
    yield
    refused_acts.forget()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == refused_acts.__name__]


def test_an_act_without_the_right_is_noted_with_who_what_and_where(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    agent, token = (
        hall.people["agent"],
        people.create_token(role="kiosk", site_id=hall.id, name="", by=SYSTEM),
    )
    browser = Client()
    browser.force_login(agent)
    assert browser.get("/ops/mall/tickets").status_code == 403
    ticket = hall.issue()
    refused = Client().post(
        f"/api/v1/tickets/{ticket.pk}/finish",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token[1]}"},
    )
    assert refused.status_code == 403
    first, second = lines(caplog)
    assert first == (
        f"act.refused kind=not-allowed right=ops.see who=staff:{agent.pk} method=GET where=/ops/mall/tickets"
    )
    assert second == (
        f"act.refused kind=not-allowed right=ticket.serve who=token:{token[0].pk}"
        " method=POST where=/api/v1/tickets/<ticket>/finish"
    )


def test_a_form_without_its_token_is_noted_without_the_tickets_code(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    ticket = hall.issue()
    assert Client(enforce_csrf_checks=True).post(f"/t/{ticket.code}/leave").status_code == 403
    [line] = lines(caplog)
    assert line.startswith("act.refused kind=page-expired right=- who=- method=POST where=/t/<")
    assert ticket.code not in line


def test_a_wrong_token_is_noted_and_does_not_stand_there(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    guess = f"sh_{secrets.token_urlsafe(32)}"
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {guess}"}).status_code == 401
    assert lines(caplog) == ["act.refused kind=not-signed-in right=- who=- method=GET where=/api/v1/me"]


def test_what_is_missing_or_does_not_fit_is_no_refused_act(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    assert Client().get("/nowhere").status_code == 404
    assert Client().get("/ops/mall").status_code == 302
    assert Client().get("/api/v1/me").status_code == 401
    assert Client().post("/sign-in", {"username": "nobody", "password": "wrong"}).status_code == 422
    assert lines(caplog) == []


def test_a_flood_of_one_kind_is_counted_and_hides_no_other(
    hall: Hall, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_acts, "MOST", 3)
    outsider, forger = Client(), Client(enforce_csrf_checks=True)
    for _ in range(6):
        outsider.get("/api/v1/me", headers={"Authorization": "Bearer sh_nothing"})
    forger.post("/sign-in")
    said = lines(caplog)
    assert [line.split(" who=")[0] for line in said] == [
        *["act.refused kind=not-signed-in right=-"] * 3,
        "act.refused kind=not-signed-in more=counted",
        "act.refused kind=page-expired right=-",
    ]
    caplog.clear()
    monkeypatch.setattr(refused_acts, "WITHIN", 0.0)
    outsider.get("/api/v1/me", headers={"Authorization": "Bearer sh_nothing"})
    assert lines(caplog)[0] == "act.refused kind=not-signed-in left_out=3"
