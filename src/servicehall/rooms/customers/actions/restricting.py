"""Restriction of use: data is kept and nothing else, until it is lifted; staff may set a day to look at it again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.languages import say, tag
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import CustomerRestricted, RestrictionReviewed
from servicehall.rooms.customers.models import Customer
from servicehall.rooms.messages import actions as messages

from .records import locked, organisation_of

RIGHT = "customer.erase"
LATEST = timedelta(days=3653)


def restrict_use(
    *,
    customer_id: UUID,
    restricted: bool,
    by: Actor,
    review_on: date | None = None,
    at: datetime | None = None,
) -> str:
    """Let the data be kept and nothing else, or lift that; returns how the customer is told that it was lifted.

    Staff does it when the customer asks them to. Who works with records may restrict one; to lift it is for those
    who decide on customers' wishes, so that nobody lifts it only to go on working. When staff lifts it, the
    customer gets a message at an address that they proved: ``email``, ``sms``, or nothing when there is none.

    Args:
        review_on: the day on which staff should look at it again; None: it has no such day.

    Raises:
        BadInput: the day is not to come, or too far away.
        NotAllowed, NotFound: neither the actor's own record nor one that they may do this to.
    """
    organisation, moment = organisation_of(customer_id), at or clock.now()
    own = access.is_own(by, customer_id)
    if not own:
        access.place_for(by, "customer.change" if restricted else RIGHT, organisation)
    day = _to_come(review_on, moment) if restricted else None
    with transaction(organisation):
        row = locked(customer_id)
        if bool(row.restricted_at) == restricted:
            return ""
        Customer.objects.filter(pk=row.pk).update(
            restricted_at=moment if restricted else None,
            review_on=day,
            lifted_at=None if restricted else moment,
        )
        record(CustomerRestricted(row.pk, restricted, day), actor=by, at=moment, subject_id=row.pk)
        return "" if restricted or own else _tell(row, by, moment)


def review_restriction(
    *, customer_id: UUID, review_on: date | None, by: Actor, at: datetime | None = None
) -> None:
    """Leave a restriction as it is, to be looked at again on another day, or on none.

    Raises:
        BadInput: the day is not to come, or too far away.
        NotAllowed, NotFound: the actor may not decide there, or the record is not restricted.
    """
    organisation, moment = organisation_of(customer_id), at or clock.now()
    access.place_for(by, RIGHT, organisation)
    day = _to_come(review_on, moment)
    with transaction(organisation):
        row = locked(customer_id)
        if not row.restricted_at:
            raise NotFound
        Customer.objects.filter(pk=row.pk).update(review_on=day)
        record(RestrictionReviewed(row.pk, day), actor=by, at=moment, subject_id=row.pk)


def _to_come(day: date | None, moment: datetime) -> date | None:
    if day is not None and not moment.date() < day <= moment.date() + LATEST:
        raise BadInput(errors={"review_on": _("Choose a day to come, within ten years.")})
    return day


def _tell(row: Customer, by: Actor, moment: datetime) -> str:
    if row.email_verified_at and row.email:
        kind, address = "email", row.email
    elif row.phone_verified_at and row.phone:
        kind, address = "sms", row.phone
    else:
        return ""
    with translation.override((row.language or settings.LANGUAGE_CODE).lower()):
        title = _("Your data is used again")
        body = _(
            "%(organisation)s lifted the restriction on the use of your data on %(day)s, because it was asked for"
            " in your name. If you did not want that, restrict it again on your own page, or tell our staff."
        ) % {
            "organisation": say(row.organisation.names, tag(row.language)),
            "day": date_format(moment, "Y-m-d"),
        }
    messages.send_message(
        organisation_id=row.organisation_id,
        kind=kind,
        address=address,
        title=title,
        body=body,
        by=by,
        at=moment,
    )
    return kind
