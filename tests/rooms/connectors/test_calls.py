"""Calls: what comes back, what is tried again and with which key, when a system is left alone, what is kept."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.transaction import atomic

from servicehall.kernel import log_lines
from servicehall.kernel.transactions import InsideTransaction, transaction
from servicehall.processes.sample_backoffice.hospital import ZONE
from servicehall.rooms.connectors import breaker, queries
from servicehall.rooms.connectors.actions import (
    ConnectorLied,
    ConnectorRefused,
    ConnectorUnavailable,
    NoSuchOperation,
    OutcomeUnknown,
    UnfitInputs,
)
from servicehall.rooms.connectors.models import Call
from tests.rooms.connectors.sample import SECRET, Line

BILL: dict[str, Any] = {"account": "10023345", "bill": "E2610-23345", "amount": 18640}
TOMORROW = f"{datetime.now(ZONE) + timedelta(days=1):%Y-%m-%d}"


def test_a_read_brings_the_value_its_time_and_the_number_of_tries(line: Line) -> None:
    found = line.answer("findAccount", number="10023345")
    assert found.value["name"] == {"en": "Chen Jing", "zh-Hans": "陈静"}
    assert (found.attempts, found.took_ms < 2000) == (1, True)
    assert [bill["amount"] for bill in line.call("openBills", number="10023345")["bills"]] == [
        18640,
        7415,
        5230,
    ]


def test_a_call_is_kept_without_what_was_in_it(line: Line) -> None:
    line.call("findMember", phone="13800006621")
    kept = line.last()
    assert (kept.operation, kept.outcome, kept.attempts, kept.site_id) == (
        "findMember",
        "done",
        1,
        line.site_id,
    )
    assert "13800006621" not in str(Call.objects.values())


def test_a_refusal_has_the_other_systems_code_and_words(line: Line) -> None:
    with pytest.raises(ConnectorRefused) as refused:
        line.call("findAccount", number="999")
    assert (refused.value.code, refused.value.words) == (
        "account-unknown",
        "There is no account of this number.",
    )
    assert (line.last().outcome, line.last().status, line.sample.asked("findAccount")) == ("refused", 404, 1)


def test_words_of_a_refusal_come_in_the_readers_language(line: Line) -> None:
    from django.utils.translation import override

    with override("zh-hans"), pytest.raises(ConnectorRefused) as refused:
        line.call("findAccount", number="999")
    assert refused.value.words == "没有这个户号。"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_read_is_tried_again_and_then_brings_its_answer(line: Line, status: int) -> None:
    line.sample.behave(failing=1, status=status, times=2)
    assert line.answer("findAccount", number="10023345").attempts == 3


def test_a_read_that_goes_on_failing_is_unavailable_after_three_tries(line: Line) -> None:
    line.sample.behave(failing=1)
    with pytest.raises(ConnectorUnavailable) as problem:
        line.call("findAccount", number="10023345")
    assert (problem.value.fault, line.sample.asked("findAccount")) == ("status", 3)
    assert (line.last().outcome, line.last().status, line.last().attempts) == ("unavailable", 500, 3)


def test_a_keyed_call_whose_answer_is_lost_is_repeated_under_its_key_and_done_once(line: Line) -> None:
    line.sample.behave(drop_answer=1, times=1)
    found = line.answer("payBill", "key-1", **BILL)
    assert (found.attempts, found.value["amount"]) == (2, 18640)
    assert len(line.call("openBills", number="10023345")["bills"]) == 2
    assert line.call("paymentReceipt", number=found.value["number"]) == found.value


def test_a_keyed_call_that_never_gets_an_answer_has_an_unknown_outcome(line: Line) -> None:
    line.sample.behave(drop_answer=1)
    with pytest.raises(OutcomeUnknown):
        line.call("payBill", "key-1", **BILL)
    assert line.sample.asked("payBill") == 3
    assert line.last().outcome == "unknown"
    line.sample.behave()
    found = line.call("outcomeOfKey", key="key-1")
    assert (found["known"], found["status"]) == (True, 200)
    assert line.call("payBill", "key-1", **BILL) == found["answer"]


def test_what_an_earlier_try_may_have_done_is_not_forgotten_when_the_last_was_never_taken(line: Line) -> None:
    line.sample.behave(slow=400, times=1)
    line.connector.whole_seconds = 0.2
    line.connector.faults_to_open = 1
    with pytest.raises(OutcomeUnknown) as problem:
        line.call("payBill", "key-1", **BILL)
    assert problem.value.fault == "left-alone"
    assert line.sample.asked("payBill") == 1


def test_an_unkeyed_call_is_never_repeated(line: Line) -> None:
    slot = line.call("listSlots", doctor="d101", day=TOMORROW)["slots"][0]["id"]
    number = line.call("registerForSlot", "key-1", slot=slot, card="C1")["number"]
    for how, error in (
        ({"drop_answer": 1}, OutcomeUnknown),
        ({"failing": 1}, OutcomeUnknown),
        ({"failing": 1, "status": 503}, ConnectorUnavailable),
    ):
        line.sample.behave(**how, times=1)
        with pytest.raises(error):
            line.call("printSlip", number=number)
        assert line.last().attempts == 1
    assert line.sample.asked("printSlip") == 3
    assert line.call("printSlip", number=number)["prints"] == 2, "the lost one was printed"


def test_an_answer_twice_is_read_once(line: Line) -> None:
    line.sample.behave(duplicate_answer="twice")
    for number in ("10023345", "10023346"):
        assert line.call("findAccount", number=number)["number"] == number


def test_the_answer_to_another_request_is_no_answer(line: Line) -> None:
    line.call("findAccount", number="10023346")
    line.sample.behave(duplicate_answer="earlier")
    with pytest.raises(ConnectorLied) as lied:
        line.call("findAccount", number="10023345")
    assert lied.value.where == "X-Request-Id: the answer to another request"
    assert not lied.value.may_have_happened


def test_an_answer_that_breaks_its_schema_is_a_lie_that_is_not_told_on(line: Line, caplog: Any) -> None:
    line.sample.behave(lying=1)
    with pytest.raises(ConnectorLied) as lied:
        line.call("findMember", phone="13800006621")
    assert lied.value.where == "answer: required: number"
    assert line.sample.asked("findMember") == 1
    with pytest.raises(ConnectorLied) as lied:
        line.call("payBill", "key-1", **BILL)
    assert lied.value.may_have_happened
    assert "王芳" not in caplog.text + str(lied.value)


def test_what_does_not_fit_is_not_sent(line: Line) -> None:
    with pytest.raises(UnfitInputs) as unfit:
        line.call("payBill", "key-1", account="1", bill="2", amount=-5, tip=3)
    assert unfit.value.errors == {"amount": "minimum: 0", ".": "a property that is not known"}
    with pytest.raises(UnfitInputs) as unfit:
        line.call("findMember", phone="110")
    assert "110" not in str(unfit.value.problem())
    with pytest.raises(NoSuchOperation):
        line.call("emptyTheTill")
    for key in (None, "", "a\r\nb", "k" * 201):
        with pytest.raises(ValueError, match="key"):
            line.call("payBill", key, **BILL)
    assert not line.sample.server.asked


def test_a_slow_system_costs_no_more_than_the_deadline(line: Line) -> None:
    line.sample.behave(slow=5000)
    begun = time.monotonic()
    with pytest.raises(ConnectorUnavailable) as problem:
        line.call("findAccount", number="10023345", deadline=0.4)
    assert time.monotonic() - begun < 3.0
    assert problem.value.fault == "timeout"


def test_a_wish_to_be_left_alone_is_heard_and_told_on(line: Line) -> None:
    line.sample.behave(failing=1, status=503, retry_after=7)
    with pytest.raises(ConnectorUnavailable) as problem:
        line.call("findAccount", number="10023345", deadline=3)
    assert (problem.value.retry_after, line.sample.asked("findAccount")) == (7, 1)


def test_nobody_there_is_unavailable_also_for_a_payment(line: Line) -> None:
    line.connector.address = "http://127.0.0.1:9"
    for operation, key, inputs in (("findAccount", None, {"number": "1"}), ("payBill", "key-1", BILL)):
        breaker.forget()
        with pytest.raises(ConnectorUnavailable) as problem:
            line.call(operation, key, **inputs)
        assert problem.value.fault == "no-connection"


def test_after_so_many_faults_it_is_left_alone_then_tried_once_and_used_again(line: Line) -> None:
    line.connector.faults_to_open, line.connector.rest_seconds = 3, 0.3
    line.sample.behave(failing=1)
    with pytest.raises(ConnectorUnavailable):
        line.call("findAccount", number="10023345")
    with pytest.raises(ConnectorUnavailable) as problem:
        line.call("findAccount", number="10023345")
    assert problem.value.fault == "left-alone"
    assert 0 < problem.value.retry_after <= 0.3
    assert line.sample.asked("findAccount") == 3
    assert queries.states([line.connector]) == {line.connector.pk: "open"}
    time.sleep(0.35)
    assert queries.states([line.connector]) == {line.connector.pk: "half-open"}
    with pytest.raises(ConnectorUnavailable):
        line.call("findAccount", number="10023345")
    assert line.sample.asked("findAccount") == 4, "one trial, which failed"
    time.sleep(0.35)
    line.sample.behave()
    line.call("findAccount", number="10023345")
    assert breaker.of(line.connector.pk).faults == 0


def test_another_process_that_leaves_it_alone_is_seen(line: Line) -> None:
    line.connector.faults_to_open, line.connector.rest_seconds = 1, 20
    line.sample.behave(failing=1)
    for _ in range(2):
        with pytest.raises(ConnectorUnavailable):
            line.call("findAccount", number="10023345")
    breaker.forget()
    assert queries.states([line.connector]) == {line.connector.pk: "open-elsewhere"}


def test_it_is_never_called_inside_of_a_transaction(line: Line) -> None:
    with transaction(line.site_id), pytest.raises(InsideTransaction):
        line.call("findAccount", number="10023345")
    with atomic(), pytest.raises(InsideTransaction):
        line.call("findAccount", number="10023345")
    assert not line.sample.server.asked


def test_the_secret_goes_to_the_system_and_into_no_log(line: Line, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    line.sample.behave(failing=1)
    with pytest.raises(ConnectorUnavailable):
        line.call("findAccount", number="10023345")
    assert "10023345" not in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in log_lines.without_secrets(f"somebody else says {SECRET}")


def test_without_its_secret_nothing_is_sent(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERVICEHALL_CONNECTOR_SECRET_MALL_GROUP__BACK_OFFICE")
    with pytest.raises(ConnectorUnavailable) as problem:
        line.call("findAccount", number="10023345")
    assert (problem.value.fault, line.last().attempts) == ("no-secret", 0)


def test_a_host_that_the_row_does_not_allow_is_not_called(line: Line, settings: Any) -> None:
    line.connector.allowed_hosts = "example.com"
    with pytest.raises(ConnectorUnavailable) as problem:
        line.call("findAccount", number="10023345")
    assert problem.value.fault == "forbidden"
    line.connector.allowed_hosts = "127.0.0.1"
    settings.CONNECTOR_NETWORKS = []
    with pytest.raises(ConnectorUnavailable) as problem:
        line.call("findAccount", number="10023345")
    assert problem.value.fault == "forbidden"
    assert not line.sample.server.asked


def test_inputs_stay_in_their_part_of_the_address(line: Line) -> None:
    for number in ("../../_modes", "..", "1?x=y", "1/bills", "a\r\nX-Evil: 1", "é"):
        with pytest.raises(ConnectorRefused) as refused:
            line.call("findAccount", number=number)
        assert refused.value.code == "account-unknown", number


def test_an_answer_that_is_no_json_comes_as_a_file(line: Line) -> None:
    import base64

    number = line.call("requestDocument", "key-1", kind="income", holder="陈静")["number"]
    line.sample.server.office._db.execute("UPDATE certificate SET asked = 0")
    found = line.call("documentPdf", number=number)
    assert found["media_type"] == "application/pdf"
    assert base64.b64decode(found["base64"]).startswith(b"%PDF-1.4")
    assert "收入证明" in base64.b64decode(line.call("documentText", number=number)["base64"]).decode()


def test_a_connector_that_is_switched_off_does_nothing(line: Line) -> None:
    line.connector.is_active = False
    with pytest.raises(NoSuchOperation):
        line.call("findAccount", number="10023345")


def test_types_say_what_goes_in_and_what_comes_out(line: Line) -> None:
    found = queries.types(line.connector, "payBill")
    assert found.inputs["required"] == ["account", "bill", "amount"]
    assert found.inputs["properties"]["amount"]["type"] == "integer"
    assert set(found.output["required"]) >= {"number", "amount", "currency"}
    slots = queries.types(line.connector, "listSlots")
    assert sorted(slots.inputs["required"]) == ["day", "doctor"]
    with pytest.raises(NoSuchOperation):
        queries.types(line.connector, "emptyTheTill")


def test_a_place_is_booked_shown_and_given_back(line: Line) -> None:
    [slot, *_rest] = line.call("listSlots", doctor="d401", day=TOMORROW)["slots"]
    assert slot["left"] == 1
    made = line.call("registerForSlot", "key-1", slot=slot["id"], card="C1")
    with pytest.raises(ConnectorRefused) as refused:
        line.call("registerForSlot", "key-2", slot=slot["id"], card="C2")
    assert refused.value.code == "slot-full"
    assert line.call("cancelRegistration", "key-3", number=made["number"])["state"] == "cancelled"
    assert line.call("listSlots", doctor="d401", day=TOMORROW)["slots"][0]["left"] == 1
