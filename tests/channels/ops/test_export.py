"""The CSV files: content, languages, times, who may have them, nothing about persons, nothing that runs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from servicehall.channels.ops.exports import cell
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.queueing.models import Ticket
from tests.channels.ops.watching import Halls
from tests.hall import minutes


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)
    # Excel takes a file without the mark for the local code page.
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_tickets_are_a_line_each_in_the_halls_own_time(halls: Halls) -> None:
    answer = halls.as_("manager").get("/ops/mall/tickets.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="mall-tickets-2026-03-03.csv"'
    found = rows(answer)
    assert [r["Number"] for r in found] == ["A001", "A002", "A003", "A004", "A005", "B001"]
    assert found[0] == {
        "Business day": "2026-03-03",
        "Number": "A001",
        "Service": "Consult",
        "Stage": "Consult",
        "Priority class": "Standard",
        "Taken at": "Phone",
        "State": "Done",
        "Ticket taken": "2026-03-03T10:00:00+08:00",
        "Called": "2026-03-03T10:02:00+08:00",
        "Service began": "2026-03-03T10:02:15+08:00",
        "Ended": "2026-03-03T10:02:45+08:00",
        "Waited (s)": "120.0",
        "Served (s)": "30.0",
        "Calls": "1",
        "Counter": "1",
        "Outcome": "Served",
        "Ticket id": str(halls.tickets["served"].pk),
    }


def test_outcomes_and_reasons_are_said_in_the_readers_language(halls: Halls) -> None:
    ticket = halls.tickets["served"]
    Ticket.objects.filter(pk=ticket.pk).update(outcome="follow-up", reason="Filling in a form")
    client = halls.as_("manager", language="zh-Hans")
    assert rows(client.get("/ops/mall/tickets.csv"))[0]["办理结果"] == "需要跟进"
    assert "填写表单" in client.get(f"/ops/mall/tickets/{ticket.pk}").content.decode()


def test_figures_are_a_line_an_hour_service_and_counter(halls: Halls) -> None:
    found = rows(halls.as_("manager").get("/ops/mall/figures.csv"))
    by_cell = {(r["Service"], r["Counter"]): r for r in found}
    assert set(by_cell) == {("Consult", ""), ("Consult", "1"), ("Refund", "")}
    at_counter = by_cell["Consult", "1"]
    assert at_counter["Hour"] == "2026-03-03T10:00:00+08:00"
    assert (at_counter["Called"], at_counter["Called within target"], at_counter["Served"]) == ("3", "1", "2")
    assert (at_counter["No-shows"], at_counter["Mean service (s)"]) == ("1", "30.0")
    assert (by_cell["Consult", ""]["Tickets taken"], by_cell["Consult", ""]["Left the queue"]) == ("5", "1")


def test_heads_and_words_are_in_the_readers_language(halls: Halls) -> None:
    found = rows(halls.as_("manager", language="zh-Hans").get("/ops/mall/tickets.csv"))
    assert found[0]["业务"] == "咨询"
    assert found[0]["取号渠道"] == "手机"
    assert found[2]["状态"] == "已过号"


def test_only_managers_take_figures_away(halls: Halls) -> None:
    for name in ("figures", "tickets"):
        assert halls.as_("supervisor").get(f"/ops/mall/{name}.csv").status_code == 403


def test_nothing_about_persons_leaves_the_house(halls: Halls) -> None:
    from servicehall.rooms.queueing import actions

    ticket = halls.mall.next(at=minutes(15))
    actions.start(ticket_id=ticket.pk, by=halls.mall.actors["agent"], at=minutes(15.1))
    actions.finish(
        ticket_id=ticket.pk, by=halls.mall.actors["agent"], note="Mr Wang, 13800001111", at=minutes(15.2)
    )
    for name in ("figures", "tickets"):
        answer: Any = halls.as_("manager").get(f"/ops/mall/{name}.csv")
        body = b"".join(answer.streaming_content).decode()
        for secret in ("Wang", "13800001111", "Agent", "agent", "Thanks"):
            assert secret not in body


def test_what_a_spreadsheet_would_run_is_disarmed(halls: Halls) -> None:
    service = halls.mall.services["consult"]
    service.names = {"en": '=HYPERLINK("http://evil")', "zh-Hans": "@SUM(1)"}
    hall.save_setup(service, by=SYSTEM)
    found = rows(halls.as_("manager").get("/ops/mall/tickets.csv"))
    assert found[0]["Service"] == '\'=HYPERLINK("http://evil")'
    assert (
        rows(halls.as_("manager", language="zh-Hans").get("/ops/mall/figures.csv"))[0]["业务"] == "'@SUM(1)"
    )


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"])
def test_every_dangerous_beginning_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert [cell(v) for v in (-3, 2.5, 0, None, "A001")] == [-3, 2.5, 0, "", "A001"]


def test_days_that_make_no_sense_are_refused(halls: Halls) -> None:
    client = halls.as_("manager")
    for query in ("from=2026-03-03&to=2026-03-01", "from=2024-01-01&to=2026-01-01", "from=soon"):
        assert client.get(f"/ops/mall/tickets.csv?{query}").status_code == 422


def test_a_long_file_is_sent_in_parts(halls: Halls) -> None:
    for n in range(1100):
        halls.mall.issue(at=minutes(14 + n / 2000))
    answer: Any = halls.as_("manager").get("/ops/mall/tickets.csv?from=2026-03-01&to=2026-03-04")
    parts = list(answer.streaming_content)
    assert len(parts) == 4
    assert b"".join(parts).count(b"\r\n") == 1107
