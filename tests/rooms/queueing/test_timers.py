"""What happens in the queue by the clock: business days are closed at every site, also at one made while the worker runs."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from servicehall.kernel import clock, timers
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as setup
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.models import Ticket
from tests.hall import Hall, catch_up


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that had started before there was a site."""
    monkeypatch.setattr(timers, "_started", True)


def _a_day_later() -> None:
    with clock.at(clock.now() + timedelta(days=1, minutes=2)):
        timers.run_due()


@pytest.mark.usefixtures("worker")
def test_the_days_of_a_new_site_are_closed(hall: Hall) -> None:
    ticket = hall.issue(at=clock.now())
    catch_up()
    timers.run_due()
    assert Ticket.objects.get(pk=ticket.pk).state == "waiting"
    _a_day_later()
    assert Ticket.objects.get(pk=ticket.pk).state == "expired"


@pytest.mark.usefixtures("worker")
def test_a_changed_end_of_the_day_holds_at_once(hall: Hall) -> None:
    catch_up()
    timers.run_due()
    before = timers.next_due()
    hall.site.day_ends = time(4, 30)
    setup.save_setup(hall.site, by=SYSTEM, fields=["day_ends"])
    catch_up()
    timers.run_due()
    due = timers.next_due()
    assert before is not None
    assert due is not None
    assert due != before
    assert clock.local(due, hall.site.timezone).time() == time(4, 31)


@pytest.mark.usefixtures("worker")
def test_a_site_out_of_use_is_left_alone_and_closed_when_it_is_back(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    ticket = hall.issue(at=clock.now())
    catch_up()
    timers.run_due()
    hall.site.is_active = False
    setup.save_setup(hall.site, by=SYSTEM, fields=["is_active"])
    configuration.forget()
    _a_day_later()
    assert "timer.failed" not in caplog.text
    with clock.at(clock.now() + timedelta(days=2)):
        hall.site.is_active = True
        setup.save_setup(hall.site, by=SYSTEM, fields=["is_active"])
        catch_up()
        timers.run_due()
    assert Ticket.objects.get(pk=ticket.pk).state == "expired"
