"""Who is erased is unlinked from the leaves about them; the tree stays whole and the erasure provable."""

from __future__ import annotations

from uuid import UUID

import pytest

from servicehall.kernel import clock, events, timers
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.trust import actions as trust
from servicehall.rooms.trust import queries as evidence
from servicehall.rooms.trust.models import Leaf
from tests.hall import MORNING, catch_up, make_hall, minutes
from tests.rooms.customers.counter import organisation, signed_in

pytestmark = pytest.mark.django_db


def linked(site: UUID) -> set[str]:
    """Kinds of the acts in a log that are still bound to their leaves."""
    return set(Leaf.objects.filter(site_id=site).exclude(salt=None).values_list("kind", flat=True))


def test_an_erasure_unlinks_the_leaves_about_a_customer_and_nothing_else() -> None:
    with clock.at(MORNING):
        hall = make_hall()
        tenant, manager = organisation(hall), hall.actors["manager"]
        wang, other = signed_in(hall), signed_in(hall, "li@example.com", at=minutes(1))
        hall.issue(customer_id=wang.pk)
        asked = actions.ask_erasure(customer_id=wang.pk, by=queries.known_customer("phone", wang.pk))
        catch_up()
        actions.correct_customer(customer_id=wang.pk, fields={"notes": "late"}, by=manager)
        actions.grant_erasure(request_id=asked.pk, by=manager)
        about = [event.seq for event in events.about(wang.pk)]
        catch_up()
    with clock.at(minutes(2)):
        while timers.run_due():
            catch_up()
        catch_up()
        trust.make_checkpoint()
    left = Leaf.objects.filter(site_id=tenant, seq__in=about).exclude(salt=None)
    assert set(left.values_list("kind", flat=True)) == {"customer.erased", "protection.key-destroyed"}
    for event in events.about(other.pk):
        assert evidence.receipt(tenant, event.seq, actor=SYSTEM)["record"]
    assert "ticket.issued" in linked(hall.id), "what staff and strangers did stays provable"
    found = evidence.audit()
    assert (found.faults, found.waiting) == ([], 0)
    assert found.unlinked == len(about) - left.count()
    assert found.unlinked == found.unlinked_on_record


def test_a_ticket_that_the_customer_took_themselves_is_unlinked_in_its_site() -> None:
    with clock.at(MORNING):
        hall = make_hall()
        wang = signed_in(hall)
        me = queries.known_customer("phone", wang.pk)
        from servicehall.rooms.queueing import actions as queue

        queue.issue_ticket(site_id=hall.id, service="consult", by=me, customer_id=wang.pk, at=MORNING)
        catch_up()
        asked = actions.ask_erasure(customer_id=wang.pk, by=me)
        actions.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
        catch_up()
    with clock.at(minutes(2)):
        while timers.run_due():
            catch_up()
    assert "ticket.issued" not in linked(hall.id)
    assert evidence.audit().faults == []
