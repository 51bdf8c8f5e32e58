"""Corrections that a customer cannot make alone: asked for, and decided by staff before a deadline.

Name, address and contacts they correct themselves (see records.py, codes.py). What staff wrote or verified they ask
to have corrected; what they wish is sealed, shown to whoever decides, and emptied with the decision.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from servicehall.kernel import clock, events
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.protection import unmasking
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import (
    CorrectionAsked,
    CorrectionDecided,
    CustomerCorrected,
)
from servicehall.rooms.customers.models import CorrectionRequest, Customer, of_person

from .records import kept_of, locked, misfit, organisation_of, settle
from .refusals import AlreadyDecided

DEADLINE = timedelta(days=15)
RIGHT = "customer.erase"
FIELDS = ("name", "id_number", "notes")
"""What can be asked for; a name only when a document verified it, as it is free before."""
State = CorrectionRequest.State
ONCE_IN = timedelta(hours=1)
CHANGES = ("customer.correction-asked", "customer.corrected", "customer.contact-verified")


def ask_correction(
    *, customer_id: UUID, field: str, wish: str, by: Actor, at: datetime | None = None
) -> CorrectionRequest:
    """Ask that a field says something else (nothing: that it is emptied); a second wish replaces the first.

    Raises:
        BadInput: the field is corrected in another way, or the wish does not fit it.
        NotAllowed, NotFound: neither the actor's own record nor one that they may change.
    """
    organisation, moment = organisation_of(customer_id), at or clock.now()
    if not access.is_own(by, customer_id):
        access.place_for(by, "customer.change", organisation)
    text = wish.strip()
    if field not in FIELDS:
        raise BadInput(errors={"field": _("Choose one of the offered answers.")})
    if wrong := misfit(field, text):
        raise BadInput(errors={"wish": wrong})
    with transaction(organisation):
        row = locked(customer_id)
        found = CorrectionRequest.objects.filter(
            customer__in=of_person(row.pk), field=field, state=State.OPEN
        ).first()
        if found is None:
            found = CorrectionRequest(
                organisation_id=organisation, customer=row, field=field, channel=by.channel,
                asked_at=moment, due_at=moment + DEADLINE,
            )  # fmt: skip
        found.wish = text
        found.save()
        fact = CorrectionAsked(found.pk, row.pk, field, found.due_at)
        record(fact, actor=by, at=moment, subject_id=row.pk)
    return found


def take_back_correction(*, request_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """The customer lets it be.

    Raises:
        AlreadyDecided: it was decided.
        NotFound: it is not the actor's own.
    """
    found, moment = CorrectionRequest.objects.filter(pk=request_id).first(), at or clock.now()
    if found is None or not access.is_own(by, kept_of(found.customer_id)):
        raise NotFound
    with transaction(found.organisation_id):
        _decide(_still_open(request_id), State.WITHDRAWN, by=by, at=moment)


def look_at_correction(*, request_id: UUID, by: Actor, at: datetime | None = None) -> tuple[str, str]:
    """What is stored and what is wished, in full, to decide; who looked is recorded, once an hour.

    Raises:
        AlreadyDecided: it was decided, so there is nothing to look at any more.
        NotAllowed, NotFound: the actor may not decide there, or there is no such request.
    """
    found, place = _to_decide(request_id, by)
    if found.state != State.OPEN:
        raise AlreadyDecided
    row = Customer.objects.get(pk=kept_of(found.customer_id))
    if _looked_lately(found, row, by, at or clock.now()):
        allow(by, unmasking.RIGHT, place)
        return str(getattr(row, found.field)), found.wish
    now = unmasking.unmask(row, found.field, reason="asked", place=place, by=by, at=at)
    return now, unmasking.unmask(found, "wish", reason="asked", place=place, by=by, at=at)


def _looked_lately(one: CorrectionRequest, row: Customer, by: Actor, moment: datetime) -> bool:
    """Whether this is a page loaded again: the same person looked at the wish, and nothing has changed since."""
    told = [event for whose in {one.customer_id, row.pk} for event in events.about(whose)]
    for event in sorted(told, key=lambda event: event.seq, reverse=True):  # of one log, the organisation's
        if event.kind in CHANGES or event.at <= moment - ONCE_IN:
            return False
        if (
            event.kind == "protection.unmasked"
            and event.actor_id == by.id
            and event.data["row"] == str(one.pk)
        ):
            return True
    return False


def grant_correction(*, request_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Write what the customer wishes, also in a restricted record: it is theirs. A number has to be verified again.

    Raises:
        AlreadyDecided: somebody was faster.
        NotAllowed, NotFound: the actor may not decide there, or there is no such request.
    """
    found, moment = _to_decide(request_id, by)[0], at or clock.now()
    with transaction(found.organisation_id):
        one = _still_open(request_id)
        row = locked(kept_of(one.customer_id))
        setattr(row, one.field, one.wish)
        if one.field == "id_number":
            row.document, row.id_verified_at, row.id_verified_by = "", None, None
        settle(row, moment)
        record(CustomerCorrected(row.pk, [one.field]), actor=by, at=moment, subject_id=row.pk)
        _decide(one, State.DONE, by=by, at=moment)


def refuse_correction(*, request_id: UUID, reason: str, by: Actor, at: datetime | None = None) -> None:
    """Leave it as it is, for a reason of the list that the customer is shown.

    Raises:
        BadInput: the reason is not of the list.
        AlreadyDecided: somebody was faster.
        NotAllowed, NotFound: the actor may not decide there, or there is no such request.
    """
    found, moment = _to_decide(request_id, by)[0], at or clock.now()
    if reason not in CorrectionRequest.Reason.values:
        raise BadInput(errors={"reason": ", ".join(CorrectionRequest.Reason.values)})
    with transaction(found.organisation_id):
        _decide(_still_open(request_id), State.REFUSED, reason=reason, by=by, at=moment)


def _to_decide(request_id: UUID, by: Actor) -> tuple[CorrectionRequest, UUID]:
    found = CorrectionRequest.objects.filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found, access.place_for(by, RIGHT, found.organisation_id)


def _still_open(request_id: UUID) -> CorrectionRequest:
    found = CorrectionRequest.objects.filter(pk=request_id, state=State.OPEN).first()
    if found is None:
        raise AlreadyDecided
    return found


def _decide(one: CorrectionRequest, state: str, *, by: Actor, at: datetime, reason: str = "") -> None:
    one.state, one.reason, one.wish = state, reason, ""
    one.decided_at, one.decided_by = at, by.id
    one.save()
    fact = CorrectionDecided(one.pk, one.customer_id, one.field, state, reason)
    record(fact, actor=by, at=at, subject_id=one.customer_id)
