"""A customer downloads receipts with proof, and the stand-alone verifier checks them at home, without the hall."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from servicehall import verify_evidence as verifier
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import Consent, Customer, Purpose
from servicehall.rooms.queueing.models import Ticket
from servicehall.rooms.trust import actions as trust
from servicehall.rooms.trust import queries as evidence
from tests.hall import Hall, catch_up, text
from tests.rooms.customers.counter import NUMBER, code_for, organisation

VERIFIER = Path(__file__).parents[3] / "tools" / "verify_evidence.py"


@pytest.fixture
def given(phone: Client, hall: Hall) -> Consent:
    """Somebody signed in on their phone and agreed to something."""
    form = {"address": NUMBER, "organisation": str(organisation(hall))}
    phone.post("/me/code", form)
    phone.post("/me/enter", {**form, "code": code_for(hall)})
    version = actions.add_purpose(
        organisation_id=organisation(hall), slug="news", titles=text("News", "消息"),
        texts=text("We write to you.", "我们给您写信。"), uses=["email"], by=SYSTEM,
    )  # fmt: skip
    phone.post("/me/privacy/consent", {"version": version.pk})
    return Consent.objects.get()


def sign() -> str:
    """The worker's next second; returns the key that hangs out in the hall."""
    catch_up()
    trust.make_checkpoint()
    return evidence.checkpoint().verifier_key


def at_home(folder: Path, content: dict[str, Any], key: str) -> tuple[int, str]:
    """The verifier as a customer runs it, with nothing of the server but the file."""
    file = folder / "receipt.json"
    file.write_text(json.dumps(content))
    command = [sys.executable, "-I", str(VERIFIER), "receipt", str(file), "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_consent_is_proved_at_home(phone: Client, given: Consent, tmp_path: Path) -> None:
    address = f"/me/privacy/proof/{given.pk}.json"
    assert address in phone.get("/me/privacy").content.decode()
    key = sign()
    answer = phone.get(address)
    assert "attachment" in answer["Content-Disposition"]
    receipt = json.loads(answer.content)
    code, said = at_home(tmp_path, receipt, key)
    assert code == 0, said
    assert "We write to you." in said
    assert (
        "right: the receipt says what was recorded, the text that was read and the list of fields included"
        in said
    )
    phone.post("/me/privacy/consent", {"withdraw": given.version.purpose_id})
    sign()
    code, said = at_home(tmp_path, json.loads(phone.get(address).content), key)
    assert code == 0, said
    assert "right: consent.withdrawn at" in said


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (lambda r: r["consent"]["notice"].update(notice_text="We sell your data."), "text"),
        (lambda r: r["consent"]["notice"].update(notice_version=2), "version"),
        (
            lambda r: r["consent"]["processing"]["pii_information"].append({"pii_type": "address"}),
            "list of fields",
        ),
        (lambda r: r["consent"]["processing"]["pii_information"].clear(), "list of fields"),
        (lambda r: r["consent"]["processing"]["purposes"].append({"purpose": "ads"}), "several purposes"),
        (lambda r: r["consent"].update(pii_principal_id="somebody else"), "person"),
        (lambda r: r["consent"]["event"][0].update(event_time="2026-03-02T02:00:00+00:00"), "time"),
        (lambda r: r["consent"]["event"].append({"event_state": "consent withdrawn"}), "other acts"),
        (lambda r: r["evidence"].clear(), "not proved"),
        (lambda r: r["evidence"][0].update(salt="00" * 32), "changed"),
        (lambda r: r.update(evidence="none"), "not a consent's receipt"),
        (lambda r: r.update(consent=[]), "not a consent's receipt"),
    ],
)
@pytest.mark.one_database
def test_a_receipt_that_was_changed_is_refused(phone: Client, given: Consent, lie: Any, words: str) -> None:
    key = verifier.key_of(sign())
    receipt = json.loads(phone.get(f"/me/privacy/proof/{given.pk}.json").content)
    verifier.check_consent(receipt, key)
    lie(receipt)
    with pytest.raises(verifier.Wrong, match=words):
        verifier.check_consent(receipt, key)


def test_a_list_of_fields_that_was_stretched_in_the_database_is_refused_at_home(
    phone: Client, given: Consent, tmp_path: Path
) -> None:
    key = sign()
    Consent.objects.update(uses=["email", "id_number"])
    receipt = phone.get(f"/me/privacy/proof/{given.pk}.json").json()
    code, said = at_home(tmp_path, receipt, key)
    assert code == 1
    assert "WRONG: the receipt's list of fields is not what was recorded" in said


def test_a_receipt_lists_the_fields_of_when_it_was_given(phone: Client, given: Consent) -> None:
    key = verifier.key_of(sign())
    Purpose.objects.update(uses=[])
    receipt = phone.get(f"/me/privacy/proof/{given.pk}.json").json()
    assert receipt["consent"]["processing"]["pii_information"] == [{"pii_type": "email"}]
    verifier.check_consent(receipt, key)


def test_a_receipt_of_before_fields_were_recorded_is_still_right(
    phone: Client, given: Consent, tmp_path: Path
) -> None:
    event = Event.objects.get(kind="consent.given")
    older = {name: value for name, value in event.data.items() if name != "uses"}
    Event.objects.filter(pk=event.pk).update(version=2, data=older)
    key = sign()
    receipt = phone.get(f"/me/privacy/proof/{given.pk}.json").json()
    code, said = at_home(tmp_path, receipt, key)
    assert code == 0, said
    assert "but for its list of fields" in said


def test_before_the_next_checkpoint_the_page_says_to_wait(phone: Client, given: Consent) -> None:
    answer = phone.get(f"/me/privacy/proof/{given.pk}.json")
    assert answer.status_code == 409
    assert "Try again in a few seconds." in answer.content.decode()


def test_another_customers_proof_is_not_there(phone: Client, given: Consent) -> None:
    sign()
    address = f"/me/privacy/proof/{given.pk}.json"
    assert Client(headers={"Accept-Language": "en"}).get(address)["Location"] == "/me"
    wang = Customer.objects.get()
    Consent.objects.update(customer=Customer.objects.create(
        organisation_id=wang.organisation_id, channel="desk", created_at=wang.created_at, changed_at=wang.created_at
    ))  # fmt: skip
    assert phone.get(address).status_code == 404


def test_a_ticket_is_proved_at_home(phone: Client, hall: Hall, tmp_path: Path) -> None:
    phone.post("/s/mall/take/consult", {})
    ticket = Ticket.objects.get()
    address = f"/t/{ticket.code}/proof.json"
    assert address in phone.get(f"/t/{ticket.code}").content.decode()
    key = sign()
    answer = phone.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="ticket-A001-proof.json"'
    assert ticket.code not in answer.content.decode(), "who is shown the proof cannot act for the ticket"
    code, said = at_home(tmp_path, answer.json(), key)
    assert code == 0, said
    assert '"A001"' in said
    assert phone.get("/t/nothing/proof.json").status_code == 404
