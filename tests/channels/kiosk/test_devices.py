"""What is set on a kiosk stays on it, and what does not fit is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.hall import Hall

HOME = "/kiosk/mall-door"


def kept(kiosk: Client) -> dict[str, Any]:
    return dict(json.loads(kiosk.cookies["servicehall_kiosk"].value))


def test_settings_in_the_address_are_put_on_the_device(hall: Hall, kiosk: Client) -> None:
    answer = kiosk.get(HOME, {"mm": "3.2", "language": "zh-Hans", "printer": "no", "reach": "low"})
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert kept(kiosk) == {"mm": 3.2, "language": "zh-Hans", "prints": False, "low": True}
    cookie = kiosk.cookies["servicehall_kiosk"]
    assert (cookie["path"], cookie["httponly"]) == (HOME, True)
    text = kiosk.get(HOME).content.decode()
    assert 'data-mm="3.2"' in text
    assert 'data-reach="low"' in text
    assert "请选择要办理的业务" in text


def test_one_setting_changes_no_other(hall: Hall, kiosk: Client) -> None:
    kiosk.get(HOME, {"mm": "3.2", "printer": "no"})
    kiosk.get(HOME, {"mm": "4"})
    assert kept(kiosk) == {"mm": 4.0, "language": "", "prints": False, "low": False}


def test_the_language_of_a_customer_is_not_kept(hall: Hall, kiosk: Client) -> None:
    kiosk.get(HOME, {"language": "zh-Hans"})
    assert "servicehall_kiosk" not in kiosk.cookies
    assert "What can we do for you?" in kiosk.get(HOME).content.decode()


@pytest.mark.parametrize("mm", ["0", "-3", "1000", "big", "nan", "inf"])
def test_a_size_that_cannot_be_is_left_out(hall: Hall, kiosk: Client, mm: str) -> None:
    assert kiosk.get(HOME, {"mm": mm}).status_code == 200
    assert "servicehall_kiosk" not in kiosk.cookies


@pytest.mark.parametrize("cookie", ["", "[]", "nonsense", '{"mm": "x"}', '{"language": 7}', '{"mm": 9999}'])
def test_a_broken_cookie_counts_as_nothing_set(hall: Hall, kiosk: Client, cookie: str) -> None:
    kiosk.cookies["servicehall_kiosk"] = cookie
    text = kiosk.get(HOME).content.decode()
    assert "data-mm=" not in text
    assert "What can we do for you?" in text


def test_a_ruler_sets_the_size(hall: Hall, kiosk: Client) -> None:
    assert "Measure this bar" in kiosk.get(f"{HOME}/setup").content.decode()
    answer = kiosk.post(
        f"{HOME}/setup", {"bar": "401.5", "measured": "110", "language": "en", "prints": "on"}
    )
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert kept(kiosk) == {"mm": 3.65, "language": "en", "prints": True, "low": False}


@pytest.mark.parametrize("measured", ["", "0", "4", "a hand", "401"])
def test_a_length_that_cannot_be_is_asked_again(hall: Hall, kiosk: Client, measured: str) -> None:
    answer = kiosk.post(f"{HOME}/setup", {"bar": "400", "measured": measured})
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert "servicehall_kiosk" not in kiosk.cookies


@pytest.mark.parametrize(
    ("diagonal", "resolution", "mm"),
    [("21.5", "1080x1920", 4.0339), ("32", "1080x1920", 2.7103), ("10.1", "1280x800", 5.8838)],
)
def test_diagonal_and_resolution_set_the_size(
    hall: Hall, kiosk: Client, diagonal: str, resolution: str, mm: float
) -> None:
    """The pixels a millimetre of field notes, kiosk-and-fleet, 3: 10 mm are 40, 27 and 59 of them."""
    kiosk.get(HOME, {"diagonal": diagonal, "resolution": resolution})
    assert kept(kiosk)["mm"] == mm
    kiosk.get(HOME, {"mm": "4"})
    kiosk.post(f"{HOME}/setup", {"bar": "400", "diagonal": diagonal, "resolution": resolution})
    assert kept(kiosk)["mm"] == mm


@pytest.mark.parametrize(
    "figures",
    [
        {"diagonal": "32"},
        {"resolution": "1080x1920"},
        {"diagonal": "2", "resolution": "1080x1920"},
        {"diagonal": "32", "resolution": "0x9"},
    ],
)
def test_half_a_size_or_one_that_cannot_be_is_left_out(
    hall: Hall, kiosk: Client, figures: dict[str, str]
) -> None:
    kiosk.get(HOME, figures)
    assert "servicehall_kiosk" not in kiosk.cookies or kept(kiosk)["mm"] is None


def test_a_ruler_counts_more_than_figures(hall: Hall, kiosk: Client) -> None:
    sent = {"bar": "401.5", "measured": "110", "diagonal": "32", "resolution": "1080x1920"}
    kiosk.post(f"{HOME}/setup", sent)
    assert kept(kiosk)["mm"] == 3.65
    answer = kiosk.post(f"{HOME}/setup", {"bar": "20", "measured": "400"})
    assert (answer.status_code, "No screen has this size" in answer.content.decode()) == (422, True)
