"""The start-up message."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from servicehall.processes import welcome
from servicehall.processes.opening import GENERAL, Report

pytestmark = pytest.mark.one_database

HALL: Report = {
    "general": GENERAL,
    "places": [
        {
            "name": {"en": "Harmony Plaza", "zh": "和悦广场"},
            "screens": [{"path": "/board/mall/lobby", "en": "board: Lobby", "zh": "叫号屏：大堂"}],
        }
    ],
    "sign_ins": [
        {
            "username": "lin",
            "password": "one",
            "en": "agent",
            "zh": "窗口人员",
            "place": {"en": "Mall", "zh": "商场"},
        },
        {
            "username": "wang",
            "password": "two",
            "en": "manager",
            "zh": "经理",
            "place": {"en": "Bank", "zh": "银行"},
        },
    ],
    "anybody": True,
    "back_office": "",
}


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("hall.example.org", "http://hall.example.org:8000"),
    ],
)
def test_the_address_that_people_are_told(host: str, address: str) -> None:
    assert welcome.base_address(host, 8000) == address


def test_links_in_messages_lead_to_where_the_hall_listens() -> None:
    assert welcome.reached_at("127.0.0.1", 8000) == "http://127.0.0.1:8000"
    assert welcome.reached_at("0.0.0.0", 8000, "https").startswith("https://")
    assert "0.0.0.0" not in welcome.reached_at("0.0.0.0", 8000)


def test_an_installation_that_nobody_can_enter_says_how_to_add_somebody() -> None:
    said = welcome.message({**HALL, "sign_ins": [], "anybody": False}, host="127.0.0.1", port=8000)
    assert "servicehall staff add NAME --role admin" in said
    assert "staff add" not in welcome.message(HALL, host="127.0.0.1", port=8000)


def test_every_screen_and_sign_in_is_named_in_both_languages() -> None:
    said = welcome.message(HALL, host="127.0.0.1", port=8000)
    for part in (
        "http://127.0.0.1:8000/desk ",
        "http://127.0.0.1:8000/board/mall/lobby  board: Lobby · 叫号屏：大堂",
        "Harmony Plaza · 和悦广场",
        "wang  two  manager · 经理",
    ):
        assert part in said


def test_columns_stand_straight_beside_chinese() -> None:
    first, second = welcome.sign_ins(HALL["sign_ins"]).splitlines()[1:]
    assert first == "  lin   one  agent · 窗口人员  商场"
    assert cell_len(first.partition("商场")[0]) == cell_len(second.partition("银行")[0])


def test_the_message_fits_a_terminal() -> None:
    assert (
        max(cell_len(line) for line in welcome.message(HALL, host="127.0.0.1", port=8000).splitlines()) <= 100
    )


def test_the_sample_back_office_is_told_of_where_it_runs() -> None:
    beside: Report = {**HALL, "back_office": "/somewhere/secret"}
    said = welcome.message(beside, host="127.0.0.1", port=8000, back_office=8002)
    assert "http://127.0.0.1:8002/openapi.json" in said
    assert "/somewhere/secret" not in said
    assert "8002" not in welcome.message(beside, host="127.0.0.1", port=8000)
