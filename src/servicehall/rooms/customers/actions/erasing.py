"""A customer's rights over their data: to have it, to be erased. Restriction of its use: restricting.py."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from servicehall.kernel import clock, events
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.protection import keys
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.kernel.timers import Due, set_timer, timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import (
    CustomerErased,
    CustomerExported,
    ErasureAsked,
    ErasureRefused,
)
from servicehall.rooms.customers.models import (
    Answer,
    CorrectionRequest,
    Customer,
    ErasureRequest,
    FaceTemplate,
    Passkey,
    of_person,
)
from servicehall.rooms.messages import actions as messages
from servicehall.rooms.trust import actions as trust
from servicehall.rooms.trust import queries as evidence

from .facing import forget_faces
from .records import locked, organisation_of
from .refusals import AlreadyDecided

DEADLINE = timedelta(days=15)
RIGHT = "customer.erase"
UNLINK = "customers.unlink"
TREE_FOLLOWS = timedelta(seconds=5)
AT_ONCE = 500
TO_READ = "page"
ONCE_IN = timedelta(hours=1)


def note_export(*, customer_id: UUID, form: str, by: Actor, at: datetime | None = None) -> None:
    """Record that a customer takes away what is known of them; of the page to read once an hour.

    Raises:
        NotFound: it is not the actor's own record.
    """
    _own(by, customer_id)
    moment = at or clock.now()
    if form == TO_READ and any(
        event.kind == "customer.exported" and event.data["form"] == form and event.at > moment - ONCE_IN
        for event in events.about(customer_id)
    ):
        return
    with transaction(organisation_of(customer_id)):
        record(CustomerExported(customer_id, form), actor=by, at=moment, subject_id=customer_id)


def _own(by: Actor, customer_id: UUID) -> None:
    if not access.is_own(by, customer_id):
        raise NotFound


def ask_erasure(*, customer_id: UUID, by: Actor, at: datetime | None = None) -> ErasureRequest:
    """Ask to be erased; a second time gives the request that is open.

    Raises:
        NotAllowed, NotFound: neither the actor's own record nor one that they may change.
    """
    organisation, moment = organisation_of(customer_id), at or clock.now()
    if not access.is_own(by, customer_id):
        access.place_for(by, "customer.change", organisation)
    with transaction(organisation):
        row = locked(customer_id)
        found = ErasureRequest.objects.filter(
            customer__in=of_person(row.pk), state=ErasureRequest.State.OPEN
        ).first()
        if found is not None:
            return found
        made = ErasureRequest.objects.create(
            organisation_id=organisation,
            customer=row,
            channel=by.channel,
            asked_at=moment,
            due_at=moment + DEADLINE,
        )
        record(ErasureAsked(made.pk, row.pk, made.due_at), actor=by, at=moment, subject_id=row.pk)
    return made


def take_back_request(*, customer_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """The customer stays after all.

    Raises:
        NotFound: it is not the actor's own record.
    """
    _own(by, customer_id)
    moment = at or clock.now()
    with transaction(organisation_of(customer_id)):
        mine = ErasureRequest.objects.filter(customer__in=of_person(customer_id))
        for one in mine.filter(state=ErasureRequest.State.OPEN):
            _decide(one, ErasureRequest.State.WITHDRAWN, by, moment)
            fact = ErasureRefused(one.pk, one.customer_id, "withdrawn")
            record(fact, actor=by, at=moment, subject_id=one.customer_id)


def refuse_erasure(*, request_id: UUID, reason: str, by: Actor, at: datetime | None = None) -> None:
    """Refuse a request, for a reason of the list that the customer is shown.

    Raises:
        BadInput: the reason is not of the list.
        AlreadyDecided: somebody was faster.
        NotAllowed, NotFound: the actor may not decide there, or there is no such request.
    """
    found, moment = _open(request_id, by), at or clock.now()
    if reason not in ErasureRequest.Reason.values:
        raise BadInput(errors={"reason": ", ".join(ErasureRequest.Reason.values)})
    with transaction(found.organisation_id):
        one = _still_open(request_id)
        one.reason = reason
        _decide(one, ErasureRequest.State.REFUSED, by, moment)
        record(
            ErasureRefused(one.pk, one.customer_id, reason), actor=by, at=moment, subject_id=one.customer_id
        )


def grant_erasure(*, request_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Erase who asked for it.

    Raises:
        AlreadyDecided: somebody was faster.
        NotAllowed, NotFound: the actor may not decide there, or there is no such request.
    """
    found, moment = _open(request_id, by), at or clock.now()
    with transaction(found.organisation_id):
        one = _still_open(request_id)
        _decide(one, ErasureRequest.State.DONE, by, moment)
        erase(one.customer_id, why="asked", by=by, at=moment)


def _open(request_id: UUID, by: Actor) -> ErasureRequest:
    found = ErasureRequest.objects.filter(pk=request_id).first()
    if found is None:
        raise NotFound
    access.place_for(by, RIGHT, found.organisation_id)
    return found


def _still_open(request_id: UUID) -> ErasureRequest:
    found = ErasureRequest.objects.filter(pk=request_id, state=ErasureRequest.State.OPEN).first()
    if found is None:
        raise AlreadyDecided
    return found


def _decide(one: ErasureRequest, state: str, by: Actor, at: datetime) -> None:
    one.state, one.decided_at, one.decided_by = state, at, by.id
    one.save(update_fields=["state", "decided_at", "decided_by", "reason"])


def erase(customer_id: UUID, *, why: str, by: Actor, at: datetime) -> None:
    """Destroy the key and empty the rows of a customer and of every record joined with theirs.

    In the open transaction. Messages to them go with it; what other rooms keep of their visits goes by the
    event. Ids, times and consents stay: nobody can tell any more whose they are. The evidence's leaves about
    them are unlinked, but for the erasure itself, which must be provable.
    """
    asked = Customer.objects.get(pk=customer_id)
    kept = asked.merged_into_id or asked.pk  # joined with another since they asked
    rows = list(Customer.objects.filter(Q(pk=kept) | Q(merged_into=kept)).order_by("pk"))
    Passkey.objects.filter(customer__in=rows).delete()
    for row in rows:
        addresses = [text for text in (row.phone, row.email) if text]
        messages.forget_messages(organisation_id=row.organisation_id, addresses=addresses)
        keys.destroy(row.pk, by=by)
    for row in Customer.objects.filter(pk__in=[row.pk for row in rows]):
        row.document, row.language, row.level = "", "", Customer.Level.GUEST
        row.phone_verified_at = row.email_verified_at = row.id_verified_at = row.id_verified_by = None
        row.changed_at = row.erased_at = at
        row.save()
    Answer.objects.filter(customer__in=rows).delete()
    CorrectionRequest.objects.filter(customer__in=rows).delete()
    forget_faces([row.pk for row in rows], why="erased", by=by, at=at)
    ids = [str(row.pk) for row in rows]
    record(CustomerErased(customer_id, ids, why), actor=by, at=at, subject_id=customer_id)
    organisation = asked.organisation_id
    _unlink(organisation, customer_id, ids, up_to=events.last_seq(organisation), at=at)


def _unlink(organisation: UUID, customer_id: UUID, ids: list[str], *, up_to: int, at: datetime) -> None:
    """Unlink what the organisation's log says of them, now; what the tree has not taken in yet, soon."""
    done = evidence.taken_in(organisation)
    seqs = evidence.acts_of(organisation, [UUID(one) for one in ids], up_to=up_to)
    # The right to erase is enough: this is a part of it.
    trust.unlink(organisation, seqs, by=SYSTEM, at=at)
    if done < up_to:
        data = {"customer": str(customer_id), "customers": ids, "up_to": up_to}
        set_timer(UNLINK, customer_id.hex, at + TREE_FOLLOWS, site_id=organisation, data=data)


@timer(UNLINK, erases=True)
def unlink_the_rest(due: Due) -> None:
    """What happened in the second before an erasure is in the tree by now, or comes again later."""
    known = due.data
    _unlink(due.site_id, UUID(known["customer"]), known["customers"], up_to=known["up_to"], at=clock.now())


def erase_again(owners: Collection[UUID]) -> int:
    """Erase who was erased before, in a database that was restored from an older backup; returns how many.

    Faces that were forgotten alone, as when a consent is taken back, go again too. Who is not there, or is erased
    there too, is left as they are.

    Args:
        owners: whose keys were destroyed: customers, and templates of faces.
    """
    ids, found = list(owners), []
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        there = Customer.objects.filter(pk__in=some, erased_at=None)
        found += list(there.values_list("pk", "organisation_id"))
        faces = FaceTemplate.objects.filter(pk__in=some)
        for customer_id, organisation in faces.values_list("customer_id", "organisation_id"):
            with transaction(organisation):
                forget_faces([customer_id], why="erased", by=SYSTEM, at=clock.now())
    done = 0
    for pk, organisation in found:
        with transaction(organisation):
            if Customer.objects.filter(pk=pk, erased_at=None).exists():  # not yet with a joined record
                erase(pk, why="restored", by=SYSTEM, at=clock.now())
                ErasureRequest.objects.filter(customer_id=pk, state=ErasureRequest.State.OPEN).update(
                    state=ErasureRequest.State.DONE, decided_at=clock.now()
                )
                done += 1
    return done


def erase_unseen(before: datetime, limit: int) -> int:
    """Erase customers whose record nobody touched since a moment and who did not come; some of them."""
    from servicehall.rooms.customers.queries.records import unseen_since

    found = list(unseen_since(before)[:limit])
    for pk, organisation in found:
        with transaction(organisation):
            erase(pk, why="age", by=SYSTEM, at=clock.now())
    return len(found)
