"""Predicted against actual: errors and shares in range as they are, the models, going back to one, the file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from servicehall.channels.ops.templatetags.ops import signed
from servicehall.kernel import events
from servicehall.kernel.ids import uuid7
from servicehall.rooms.queueing.history import WaitModel, WaitQuote
from servicehall.rooms.queueing.prediction.model import LEAST, train
from servicehall.rooms.queueing.prediction.watch import Watch
from tests.chromium import dress, violations
from tests.hall import MORNING, Hall, make_hall

if TYPE_CHECKING:
    from tests.channels.ops.watching import Screens

PAGE = "/ops/mall/waits?from=2026-03-01&to=2026-03-03"


def told(hall: Hall, service: str, hour: int, wait: float | None, *, version: int | None = 1) -> None:
    """Somebody was told 3 to 7 minutes, 5 on the mean, at an hour of the third of March."""
    row = hall.services[service]
    WaitQuote.objects.create(
        site_id=hall.id,
        ticket_id=uuid7(),
        service_id=row.pk,
        stage_id=row.stages.first().pk,
        day=MORNING.date(),
        hour=hour,
        told_at=MORNING + timedelta(hours=hour - 10),
        version=version,
        expected=300,
        low=180,
        high=420,
        wait=wait,
    )


def model(hall: Hall, version: int, state: str, **rest: Any) -> WaitModel:
    """A model with figures; its trees are none."""
    fields = {
        "trained_at": MORNING + timedelta(days=version - 3, hours=11), "trained_on": 1200 + version, "judged": 300,
        "learned_to": MORNING, "rmse": 70.0, "mae": 47.0, "bias": -2.0, "coverage": 0.79, "formula_rmse": 98.0,
        "text": "" if state == "not_better" else "trees", **rest,
    }  # fmt: skip
    row: WaitModel = WaitModel.objects.create(site_id=hall.id, version=version, state=state, **fields)
    return row


def readable() -> str:
    """Trees that the program reads, learned from next to nothing."""
    queue = Watch(UTC)
    seen, waits = [], []
    for n in range(LEAST):
        seen.append(queue.of_newcomer(float(n)))
        waits.append(float(n % 7))
        queue.join(float(n), str(n))
    return train(seen, waits).to_text()


def a_few_days(hall: Hall) -> None:
    """Waits at ten and at eleven, for two services, told by a model and by the formula; one still lasts."""
    for wait in (200, 300, 400, 460):
        told(hall, "consult", 10, wait)
    told(hall, "consult", 11, 600, version=None)
    told(hall, "loan", 11, 100)
    told(hall, "loan", 11, None)


@pytest.fixture
def hall(db: None) -> Hall:
    """A hall whose customers were told how long it would take."""
    hall = make_hall()
    a_few_days(hall)
    return hall


def as_(hall: Hall, who: str, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(hall.people[who])
    return client


def test_errors_are_those_of_the_waits_that_ended(hall: Hall) -> None:
    report = as_(hall, "supervisor").get(PAGE).context["report"]
    total = report.total
    off = [100, 0, -100, -160, -300, 200]
    assert total.count == 6
    assert total.mae == pytest.approx(sum(map(abs, off)) / 6)
    assert total.rmse == pytest.approx((sum(one * one for one in off) / 6) ** 0.5)
    assert total.bias == pytest.approx(sum(off) / 6)
    assert total.inside == pytest.approx(3 / 6)
    assert total.learned == pytest.approx(5 / 6)
    assert [(hour, one.count, one.inside) for hour, one in report.by_hour] == [(10, 4, 0.75), (11, 2, 0.0)]
    assert [(names["en"], one.count) for names, one in report.by_service] == [("Consult", 5), ("Loan", 1)]
    assert [(version, one.count) for version, one in report.by_teller] == [(1, 5), (None, 1)]


def test_the_page_says_it_in_both_languages_with_the_chart_as_a_table(hall: Hall) -> None:
    model(hall, 1, "retired")
    model(hall, 2, "in_use", ended=120, inside=0.81)
    model(hall, 3, "not_better")
    english = as_(hall, "manager").get(PAGE).content.decode()
    for words in (
        "50%",
        "of 6 waits",
        "told less than it was",
        "the formula",
        "model 1",
        "10:00",
        "+3:20",
        "Use again",
    ):
        assert words in english
    assert english.count("/use") == 1, "only one that was used can be used again"
    chinese = as_(hall, "manager", "zh-Hans").get(PAGE).content.decode()
    for words in (
        "共 6 次等候",
        "告知的比实际短",
        "公式",
        "模型 1",
        "重新启用",
        "启用",
        "未见改进，从未启用",
    ):
        assert words in chinese
    assert "/use" not in as_(hall, "supervisor").get(PAGE).content.decode()


def test_days_without_waits_and_days_that_are_none(hall: Hall) -> None:
    client = as_(hall, "manager")
    empty = client.get("/ops/mall/waits?from=2020-01-01&to=2020-01-02").content.decode()
    assert "No wait has ended in these days" in empty
    assert "Nothing learned yet" in empty
    wrong = client.get("/ops/mall/waits?from=2026-03-03&to=2026-03-01")
    assert wrong.status_code == 422
    assert "its first day first" in wrong.content.decode()
    assert client.get("/ops/mall/waits?from=yesterday").status_code == 422


def test_one_goes_back_to_an_earlier_model_or_is_told_why_not(hall: Hall) -> None:
    model(hall, 1, "retired")
    model(hall, 2, "in_use")
    model(hall, 3, "not_better")
    manager = as_(hall, "manager")
    for version in (1, 2, 3):  # its trees cannot be read; it is in use; it was never used
        answer = manager.post(f"/ops/mall/waits/{version}/use")
        assert (answer.status_code, "This model cannot be chosen" in answer.content.decode()) == (409, True)
    assert manager.post("/ops/mall/waits/9/use").status_code == 404
    assert manager.post(f"/ops/mall/waits/{10**30}/use").status_code == 404
    assert as_(hall, "supervisor").post("/ops/mall/waits/1/use").status_code == 403
    assert dict(WaitModel.objects.values_list("version", "state")) == {
        1: "retired",
        2: "in_use",
        3: "not_better",
    }
    assert not [e for e in events.after(hall.id, 0, 1000) if e.kind == "waits.chosen"]


def test_going_back_is_confirmed_recorded_and_told_on_the_page(hall: Hall) -> None:
    old = model(hall, 1, "retired", text=readable())
    model(hall, 2, "in_use")
    manager = as_(hall, "manager")
    page = manager.get("/ops/mall/waits").content.decode()
    assert "Use model 1 again?" in page
    assert 'action="/ops/mall/waits/1/use"' in page
    assert "Use model 1 again?" not in as_(hall, "supervisor").get("/ops/mall/waits").content.decode()
    answer = manager.post("/ops/mall/waits/1/use", follow=True)
    assert answer.redirect_chain == [("/ops/mall/waits", 303)]
    assert "Model 1 is in use from now on." in answer.content.decode()
    assert dict(WaitModel.objects.values_list("version", "state")) == {1: "in_use", 2: "retired"}
    (act,) = [e for e in events.after(hall.id, 0, 1000) if e.kind == "waits.chosen"]
    assert (act.data, act.actor_id, act.subject_id) == (
        {"model": 1, "before": 2},
        hall.people["manager"].pk,
        old.pk,
    )
    record = manager.get("/ops/evidence").content.decode()
    assert "Earlier model of waiting times taken up again" in record


def test_the_file_has_a_line_a_day_hour_service_and_teller(hall: Hall) -> None:
    answer = as_(hall, "manager").get(PAGE.replace("waits?", "waits.csv?"))
    assert "mall-waits-2026-03-01-2026-03-03.csv" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(one["Hour"], one["Service"], one["Told by"], one["Waits"]) for one in lines] == [
        ("10:00", "Consult", "model 1", "4"),
        ("11:00", "Consult", "the formula", "1"),
        ("11:00", "Loan", "model 1", "1"),
    ]
    assert (lines[0]["Share in range"], lines[0]["Actual, mean (s)"]) == ("0.75", "340.0")
    assert str(hall.id) not in text
    assert as_(hall, "supervisor").get("/ops/mall/waits.csv").status_code == 403
    assert (
        as_(hall, "manager")
        .get(PAGE.replace("to=2026-03-03", "to=2029-03-03").replace("waits?", "waits.csv?"))
        .status_code
        == 422
    )


def test_the_page_takes_the_same_few_queries_however_many_waits(
    hall: Hall, django_assert_max_num_queries: Any
) -> None:
    model(hall, 1, "in_use")
    client = as_(hall, "manager")
    client.get(PAGE)
    with django_assert_max_num_queries(14) as few:
        client.get(PAGE)
    for n in range(60):
        told(hall, "loan", n % 24, 100.0 + n)
    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)


@pytest.mark.browser
@pytest.mark.one_database
def test_axe_has_nothing_to_say(screens: Screens) -> None:
    halls = screens.set_up()
    a_few_days(halls.mall)
    model(halls.mall, 1, "retired")
    model(halls.mall, 2, "in_use", ended=120, inside=0.81)
    for language, theme in (("en", "light"), ("zh-Hans", "dark")):
        page = screens.open(PAGE, language=language, theme=theme)
        page.locator(".chart-plot svg").wait_for()
        dress(page, theme=theme)
        assert violations(page) == []
    assert screens.complaints == []


def test_a_bias_that_is_none_has_no_sign() -> None:
    assert [signed(value) for value in (None, -0.2, 0.0, 12, -12)] == [
        "–",
        "±0:00",
        "±0:00",
        "+0:12",
        "−0:12",
    ]


@pytest.mark.parametrize(
    "days", ["to=9999-12-31", "from=0001-01-01&to=0001-01-02", "to=0001-01-05", "to=1970-01-01"]
)
def test_days_at_the_ends_of_the_calendar_are_refused(hall: Hall, days: str) -> None:
    manager = as_(hall, "manager")
    status = 200 if "1970" in days else 422
    assert manager.get(f"/ops/mall/waits?{days}").status_code == status
    assert manager.get(f"/ops/mall/waits.csv?{days}&from=1970-01-01").status_code == status
