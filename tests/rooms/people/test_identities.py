"""An identity at a provider is connected by a verified e-mail only when that is the very address of one person."""

from __future__ import annotations

import pytest

from servicehall.rooms.people import actions as people
from servicehall.rooms.people.models import Staff
from tests.hall import make_hall


@pytest.mark.django_db
def test_an_address_that_only_looks_alike_connects_nobody() -> None:
    staff: Staff = make_hall().people["agent"]
    Staff.objects.filter(pk=staff.pk).update(email="Mike@strasse.example")
    assert people.person_to_link([" mike@Strasse.example "]) == staff
    for lookalike in (
        "mike@straße.example",
        "mıke@strasse.example",
        "miKe@ſtrasse.example",
        "ｍike@strasse.example",
    ):
        assert people.person_to_link([lookalike]) is None, lookalike
