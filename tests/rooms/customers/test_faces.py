"""Faces: only where a verifier is set up, only with a consent of their own, and gone when that is taken back."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from servicehall.kernel import events
from servicehall.kernel.errors import NotAllowed
from servicehall.kernel.models import Timer
from servicehall.kernel.protection import keys
from servicehall.kernel.protection.fields import is_erased
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.actions import facing
from servicehall.rooms.customers.faces import Likeness
from servicehall.rooms.customers.models import Customer, FaceTemplate, Purpose
from tests.hall import MORNING, Hall, make_hall, minutes, text
from tests.rooms.customers.counter import NUMBER, facts, organisation, signed_in

pytestmark = pytest.mark.django_db
RESIDENT = "11010519491231002X"


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def stored(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


@pytest.fixture
def switched_on(settings: Any) -> None:
    settings.FACE_VERIFIER = "tests.rooms.customers.resemblance.Resemblance"


def face_purpose(hall: Hall) -> Any:
    return actions.add_purpose(
        organisation_id=organisation(hall), slug="face", titles=text("Comparing faces", "人脸比对"),
        texts=text("We compare your face."), uses=["face"], by=SYSTEM,
    )  # fmt: skip


def known(hall: Hall) -> Customer:
    """A customer whose document was compared."""
    wang = signed_in(hall)
    actions.verify_identity(
        customer_id=wang.pk, document="resident-id", number=RESIDENT, by=hall.actors["agent"], at=MORNING
    )
    return wang


def agree(hall: Hall, customer: Customer, version: Any) -> None:
    me = queries.known_customer("phone", customer.pk)
    actions.give_consent(customer_id=customer.pk, version_id=version.pk, by=me, at=MORNING)


def enrol(hall: Hall, customer: Customer, image: bytes = b"face:wang") -> None:
    actions.enrol_face(customer_id=customer.pk, image=image, by=hall.actors["agent"], at=MORNING)


def compare(hall: Hall, customer: Customer, image: bytes) -> Likeness:
    return actions.compare_face(customer_id=customer.pk, image=image, by=hall.actors["agent"], at=MORNING)


def test_no_verifier_is_there_by_default(hall: Hall) -> None:
    wang = known(hall)
    agree(hall, wang, face_purpose(hall))
    with pytest.raises(actions.VerifierUnusable):
        enrol(hall, wang)
    assert not FaceTemplate.objects.exists()


def test_a_face_is_a_purpose_of_its_own_with_consent(hall: Hall) -> None:
    for uses, basis in ((["face", "name"], "consent"), (["face"], "service")):
        with pytest.raises(ValidationError, match="needs consent, and nothing else"):
            actions.add_purpose(
                organisation_id=organisation(hall), slug="face", titles=text("F"), texts=text("F"),
                uses=uses, basis=basis, by=SYSTEM,
            )  # fmt: skip
    assert not Purpose.objects.exists()


@pytest.mark.usefixtures("switched_on")
def test_without_consent_to_it_no_face_is_looked_at(hall: Hall) -> None:
    wang, version = known(hall), face_purpose(hall)
    news = actions.add_purpose(
        organisation_id=organisation(hall), slug="news", titles=text("N"), texts=text("N"), uses=["email"], by=SYSTEM
    )  # fmt: skip
    agree(hall, wang, news)
    for act in (enrol, compare):
        with pytest.raises(actions.FaceNotAgreed):
            act(hall, wang, b"face:wang")
    agree(hall, wang, version)
    enrol(hall, wang)
    assert facts(hall)[-1] == "face.enrolled"


@pytest.mark.usefixtures("switched_on")
def test_a_comparison_answers_and_changes_nothing_but_the_record_of_it(hall: Hall) -> None:
    wang = known(hall)
    agree(hall, wang, face_purpose(hall))
    with pytest.raises(actions.FaceNotKept):
        compare(hall, wang, b"face:wang")
    enrol(hall, wang)
    before = Customer.objects.values().get(pk=wang.pk)
    seen = [compare(hall, wang, image) for image in (b"face:wang", b"face:li", b"face:half", b"blurred")]
    assert seen == [Likeness.MATCH, Likeness.NO_MATCH, Likeness.UNSURE, Likeness.UNSURE]
    told = [e.data["likeness"] for e in events.after(organisation(hall), 0) if e.kind == "face.compared"]
    assert told == ["match", "no-match", "unsure", "unsure"]
    assert Customer.objects.values().get(pk=wang.pk).keys() == before.keys()
    assert (stored(wang).level, stored(wang).changed_at) == ("identity", MORNING)


@pytest.mark.usefixtures("switched_on")
def test_only_a_verified_customer_with_a_usable_picture_is_enrolled_and_once(hall: Hall) -> None:
    wang = signed_in(hall)
    agree(hall, wang, face_purpose(hall))
    with pytest.raises(actions.NotIdentified):
        enrol(hall, wang)
    actions.verify_identity(
        customer_id=wang.pk, document="passport", number="E1234567", by=hall.actors["agent"], at=MORNING
    )
    with pytest.raises(actions.FaceUnusable):
        enrol(hall, wang, b"blurred")
    enrol(hall, wang)
    enrol(hall, wang, b"face:older wang")
    assert FaceTemplate.objects.count() == 1
    assert compare(hall, wang, b"face:wang") == Likeness.NO_MATCH
    Customer.objects.filter(pk=wang.pk).update(restricted_at=MORNING)
    for act in (enrol, compare):
        with pytest.raises(actions.RecordRestricted):
            act(hall, wang, b"face:wang")


@pytest.mark.usefixtures("switched_on")
def test_withdrawal_destroys_the_template_and_its_key_so_that_an_old_copy_stays_closed(hall: Hall) -> None:
    wang, version = known(hall), face_purpose(hall)
    agree(hall, wang, version)
    enrol(hall, wang)
    copy = FaceTemplate.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT template FROM customers_facetemplate")
        sealed = bytes(cursor.fetchone()[0])
    template = base64.b64encode(hashlib.sha256(b"wang").digest()).decode()
    assert copy.template == template
    assert template.encode() not in sealed
    me = queries.known_customer("phone", wang.pk)
    actions.withdraw_consent(customer_id=wang.pk, purpose_id=version.purpose_id, by=me, at=minutes(1))
    assert not FaceTemplate.objects.exists()
    assert facts(hall)[-2:] == ["face.forgotten", "consent.withdrawn"]
    keys.forget()
    copy.template = ""
    copy.save(force_insert=True)  # the row as an old backup has it
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_facetemplate SET template = %s", [sealed])
    assert is_erased(FaceTemplate.objects.get().template)
    assert stored(wang).phone == NUMBER, "the record itself stays open"
    with pytest.raises(actions.FaceNotAgreed):
        compare(hall, wang, b"face:wang")


@pytest.mark.usefixtures("switched_on")
def test_a_purpose_that_is_closed_takes_every_template_with_it_at_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facing, "AT_ONCE", 1)
    version, people = face_purpose(hall), [known(hall), signed_in(hall, "li@example.com")]
    manager = hall.actors["manager"]
    actions.verify_identity(customer_id=people[1].pk, document="passport", number="E7654321", by=manager)
    for one in people:
        agree(hall, one, version)
        enrol(hall, one)
    owners = [one.pk for one in FaceTemplate.objects.all()]
    purpose = Purpose.objects.get()
    purpose.is_active = False
    with pytest.raises(NotAllowed):
        actions.save_purpose(purpose, by=hall.actors["agent"])
    assert FaceTemplate.objects.count() == 2
    actions.save_purpose(purpose, by=SYSTEM, at=minutes(1))
    assert not FaceTemplate.objects.exists()
    assert set(owners) <= set(keys.destroyed()), "old copies of the database are closed too"
    told = [e for e in events.after(organisation(hall), 0) if e.kind == "face.forgotten"]
    assert [(e.data["why"], e.actor_kind) for e in told] == [("closed", "system")] * 2
    assert {e.subject_id for e in told} == {one.pk for one in people}
    assert not Timer.objects.filter(kind=facing.CLOSED).exists(), "nothing of it is left for a worker"
    with pytest.raises(actions.FaceNotAgreed):
        compare(hall, people[0], b"face:wang")


@pytest.mark.usefixtures("switched_on")
def test_a_purpose_that_needs_no_face_any_more_takes_the_templates_too(hall: Hall) -> None:
    wang, version = known(hall), face_purpose(hall)
    agree(hall, wang, version)
    enrol(hall, wang)
    actions.add_purpose(
        organisation_id=organisation(hall), slug="face", titles=text("F", "脸"), texts=text("F", "脸"), uses=[],
        by=SYSTEM,
    )  # fmt: skip
    assert not FaceTemplate.objects.exists()


@pytest.mark.usefixtures("switched_on")
def test_another_purpose_that_is_closed_leaves_faces_alone(hall: Hall) -> None:
    wang, version = known(hall), face_purpose(hall)
    agree(hall, wang, version)
    enrol(hall, wang)
    news = actions.add_purpose(
        organisation_id=organisation(hall), slug="news", titles=text("N", "消"), texts=text("N", "消"), uses=["email"],
        by=SYSTEM,
    )  # fmt: skip
    news.purpose.is_active = False
    actions.save_purpose(news.purpose, by=SYSTEM)
    assert FaceTemplate.objects.exists()
    again = Purpose.objects.get(slug="face")
    actions.save_purpose(again, by=SYSTEM)
    assert FaceTemplate.objects.exists()


@pytest.mark.usefixtures("switched_on")
def test_erasure_and_joining_take_the_template_too(hall: Hall) -> None:
    wang, version, manager = known(hall), face_purpose(hall), hall.actors["manager"]
    agree(hall, wang, version)
    enrol(hall, wang)
    twin = actions.add_customer(organisation_id=organisation(hall), fields={"phone": NUMBER}, by=manager)
    actions.join_customers(kept_id=twin.pk, gone_id=wang.pk, by=manager)
    assert not FaceTemplate.objects.exists()
    li = signed_in(hall, "li@example.com")
    actions.verify_identity(customer_id=li.pk, document="passport", number="E7654321", by=manager)
    agree(hall, li, version)
    enrol(hall, li)
    asked = actions.ask_erasure(customer_id=li.pk, by=manager)
    actions.grant_erasure(request_id=asked.pk, by=manager)
    assert not FaceTemplate.objects.exists()


@pytest.mark.usefixtures("switched_on")
def test_a_face_that_a_backup_from_before_its_withdrawal_brought_back_goes_again(hall: Hall) -> None:
    wang, version = known(hall), face_purpose(hall)
    agree(hall, wang, version)
    enrol(hall, wang)
    face = FaceTemplate.objects.get().pk
    assert actions.erase_again({face}) == 0, "nobody is erased with it"
    assert not FaceTemplate.objects.exists()
    assert keys.of(face).is_destroyed
    assert facts(hall)[-1] == "face.forgotten"
    assert stored(wang).phone == NUMBER
    before = facts(hall)
    assert actions.erase_again({face}) == 0
    assert facts(hall) == before


@pytest.mark.usefixtures("switched_on")
def test_a_face_kept_on_the_word_of_a_joined_record_goes_when_they_are_parted(hall: Hall) -> None:
    wang, version, manager = known(hall), face_purpose(hall), hall.actors["manager"]
    twin = signed_in(hall, "wang@example.com")
    agree(hall, twin, version)
    made = actions.join_customers(kept_id=wang.pk, gone_id=twin.pk, by=manager)
    enrol(hall, wang)
    actions.part_customers(joining_id=made.pk, by=manager)
    assert not FaceTemplate.objects.exists()
    with pytest.raises(actions.FaceNotAgreed):
        enrol(hall, wang)


@pytest.mark.usefixtures("switched_on")
def test_a_verifier_with_another_model_than_was_chosen_is_not_used(
    hall: Hall, settings: Any, tmp_path: Path
) -> None:
    wang = known(hall)
    agree(hall, wang, face_purpose(hall))
    model = tmp_path / "model"
    model.write_bytes(b"weights")
    settings.FACE_MODEL, settings.FACE_MODEL_SHA256 = str(model), "0" * 64
    with pytest.raises(actions.VerifierUnusable):
        enrol(hall, wang)
    settings.FACE_MODEL_SHA256 = hashlib.sha256(b"weights").hexdigest()
    enrol(hall, wang)
    settings.FACE_VERIFIER = "servicehall.nowhere.Verifier"
    with pytest.raises(actions.VerifierUnusable):
        compare(hall, wang, b"face:wang")
