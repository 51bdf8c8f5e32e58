"""The demo's halls can be booked, and some times are."""

from __future__ import annotations

import pytest

from servicehall.rooms.booking import queries
from servicehall.rooms.booking.models import Appointment
from servicehall.rooms.booking.setup import forget
from servicehall.rooms.simulation.demo import seed


@pytest.mark.one_database
def test_the_demo_has_offers_and_bookings(db: None) -> None:
    forget()
    seed(history=True)
    slugs = {site.slug for site in queries.sites_with_offers()}
    assert slugs == {"mall", "bank"}
    booked = Appointment.objects.filter(state="booked")
    assert {row.site.slug for row in booked} == slugs
    assert booked.count() >= 8
