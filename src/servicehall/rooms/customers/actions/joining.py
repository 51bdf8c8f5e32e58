"""Two records of one person become one, and two again within thirty days if that was wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.alike import filled_from
from servicehall.rooms.customers.events import CustomersJoined, CustomersKeptApart, CustomersParted
from servicehall.rooms.customers.models import Customer, FaceTemplate, Joining, KeptApart, of_person

from .facing import forget_faces
from .records import locked, organisation_of, settle
from .refusals import NotOnePerson, RecordRestricted, TooLateToPart

RIGHT = "customer.merge"
UNDO_FOR = timedelta(days=30)
_WITH = {
    "phone": ("phone_verified_at",),
    "email": ("email_verified_at",),
    "id_number": ("document", "id_verified_at", "id_verified_by"),
}
"""What goes with a field when it is taken over."""


def _nothing(field: str) -> str | None:
    return "" if field == "document" else None


def join_customers(*, kept_id: UUID, gone_id: UUID, by: Actor, at: datetime | None = None) -> Joining:
    """Make one record of two: what the first lacks is filled in from the second, which then points to it.

    The second row stays as it is, sealed under its own key; visits of both are the first's.

    Raises:
        NotOnePerson: it is one record twice, or they belong to different organisations.
        RecordRestricted: one customer restricted the use of their data.
        NotFound: one is not there any more, or is another organisation's.
        NotAllowed: the actor may not join records.
    """
    organisation, moment = organisation_of(kept_id), at or clock.now()
    access.place_for(by, RIGHT, organisation)
    if kept_id == gone_id or organisation_of(gone_id) != organisation:
        raise NotOnePerson
    with transaction(organisation):
        kept, gone = locked(kept_id), locked(gone_id)
        if kept.restricted_at or gone.restricted_at:
            raise RecordRestricted
        filled = filled_from(kept, gone)
        for field in filled:
            for name in (field, *_WITH.get(field, ())):
                setattr(kept, name, getattr(gone, name))
        moved = [str(pk) for pk in Customer.objects.filter(merged_into=gone).values_list("pk", flat=True)]
        Customer.objects.filter(merged_into=gone).update(merged_into=kept)
        Customer.objects.filter(pk=gone.pk).update(merged_into=kept)
        forget_faces([gone.pk], why="joined", by=by, at=moment)  # it was taken of another record
        settle(kept, moment)
        made = Joining.objects.create(
            organisation_id=organisation, kept=kept, gone=gone, filled=filled, moved=moved, joined_at=moment
        )
        record(CustomersJoined(made.pk, kept.pk, gone.pk, filled), actor=by, at=moment, subject_id=kept.pk)
    return made


def part_customers(*, joining_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Undo a joining: both records are as before it. What was corrected since then stays.

    Raises:
        TooLateToPart: it is more than thirty days ago, was undone, or one of them was erased or joined on.
        NotAllowed, NotFound: the actor may not, or there is no such joining.
    """
    found, moment = Joining.objects.filter(pk=joining_id).first(), at or clock.now()
    if found is None:
        raise NotFound
    access.place_for(by, RIGHT, found.organisation_id)
    with transaction(found.organisation_id):
        found = Joining.objects.get(pk=joining_id)
        gone = Customer.objects.get(pk=found.gone_id)
        if found.undone_at or gone.erased_at or moment - found.joined_at > UNDO_FOR:
            raise TooLateToPart
        kept = Customer.objects.get(pk=found.kept_id)
        if kept.merged_into_id or kept.erased_at or gone.merged_into_id != kept.pk:
            raise TooLateToPart
        for field in found.filled:
            if getattr(kept, field) == getattr(gone, field):
                setattr(kept, field, "")
                for name in _WITH.get(field, ()):
                    setattr(kept, name, _nothing(name))
        Customer.objects.filter(pk__in=found.moved, merged_into=kept).update(merged_into=gone)
        Customer.objects.filter(pk=gone.pk).update(merged_into=None)
        # A face that was taken meanwhile on the word of the other record is nobody's any more.
        borrowed = FaceTemplate.objects.filter(customer=kept).exclude(
            consent__customer__in=of_person(kept.pk)
        )
        forget_faces(borrowed.values_list("customer_id", flat=True), why="parted", by=by, at=moment)
        settle(kept, moment)
        Joining.objects.filter(pk=found.pk).update(undone_at=moment)
        record(CustomersParted(found.pk, kept.pk, gone.pk), actor=by, at=moment, subject_id=kept.pk)


def keep_apart(*, one_id: UUID, other_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Note that two alike records are two persons': they are not proposed again.

    Raises:
        NotOnePerson: it is one record twice, or they belong to different organisations.
        NotAllowed, NotFound: the actor may not join records there.
    """
    organisation, moment = organisation_of(one_id), at or clock.now()
    access.place_for(by, RIGHT, organisation)
    if one_id == other_id or organisation_of(other_id) != organisation:
        raise NotOnePerson
    first, second = sorted((one_id, other_id))
    with transaction(organisation):
        _, is_new = KeptApart.objects.get_or_create(
            first_id=first, second_id=second, defaults={"decided_at": moment}
        )
        if is_new:
            record(CustomersKeptApart(first, second), actor=by, at=moment, subject_id=first)
