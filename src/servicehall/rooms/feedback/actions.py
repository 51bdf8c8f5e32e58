"""Rating a visit, or a request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction

from .events import RequestRated, VisitRated
from .models import Rating
from .phrases import REASONS

OPEN_FOR = timedelta(days=7)


class Served(Protocol):
    """What is rated; the queue's ``ServedVisit`` is one."""

    @property
    def ticket(self) -> UUID: ...
    @property
    def visit(self) -> UUID: ...
    @property
    def site(self) -> UUID: ...
    @property
    def service(self) -> UUID: ...
    @property
    def counter(self) -> UUID | None: ...
    @property
    def staff(self) -> UUID | None: ...
    @property
    def ended_at(self) -> datetime: ...


class NotServedYet(Refused):
    """Only a visit that was served can be rated."""

    kind = "not-served-yet"
    title = _("This visit has not been served yet")
    advice = _("You can rate it when the service is over.")


class RatingClosed(Refused):
    """The time to rate is over."""

    kind = "rating-closed"
    title = _("It is too late to rate this visit")
    advice = _("You can still tell the staff what you think.")


def rate_visit(
    *,
    served: Served | None,
    score: int,
    reasons: list[str] | None = None,
    comment: str = "",
    by: Actor,
    at: datetime | None = None,
) -> Rating:
    """Rate a visit from 1 to 5; rating again within a week changes the first answer.

    Raises:
        NotServedYet, RatingClosed: see there.
        BadInput: the score, a reason or the length of the comment does not fit.
    """
    if served is None:
        raise NotServedYet
    allow(by, "feedback.rate", served.site)
    chosen = list(dict.fromkeys(reasons or []))
    wrong: dict[str, str] = {}
    if score not in range(1, 6):
        wrong["score"] = "1–5"
    if any(r not in REASONS for r in chosen):
        wrong["reasons"] = ", ".join(REASONS)
    if len(comment) > 1000:
        wrong["comment"] = "≤ 1000"
    if wrong:
        raise BadInput(errors=wrong)
    moment = at or clock.now()
    if moment - served.ended_at > OPEN_FOR:
        raise RatingClosed
    with transaction(served.site):
        rating = Rating.objects.filter(ticket_id=served.ticket).first()
        changed = rating is not None
        rating = rating or Rating(
            ticket_id=served.ticket,
            visit_id=served.visit,
            site_id=served.site,
            service_id=served.service,
            counter_id=served.counter,
            staff_id=served.staff,
        )
        rating.score, rating.reasons, rating.comment = score, chosen, comment.strip()
        rating.channel, rating.rated_at = by.channel, moment
        rating.save()
        fact = VisitRated(
            served.ticket,
            served.service,
            served.counter,
            served.staff,
            score,
            chosen,
            bool(rating.comment),
            changed,
        )
        record(fact, actor=by, at=moment, subject_id=served.ticket, visit_id=served.visit)
    return rating


def rate_request(
    *, request_id: UUID, flow: str, site_id: UUID, score: int, by: Actor, at: datetime | None = None
) -> Rating:
    """Rate a service that the customer does by themselves, from 1 to 5, at its survey; again changes the first answer.

    Whoever may go on with the request may say how it was: the room of services has seen to that.

    Raises:
        BadInput: the score does not fit.
    """
    if score not in range(1, 6):
        raise BadInput(errors={"score": "1–5"})
    moment = at or clock.now()
    with transaction(site_id):
        rating = Rating.objects.filter(request_id=request_id).first()
        changed = rating is not None
        rating = rating or Rating(request_id=request_id, flow=flow, site_id=site_id)
        rating.score, rating.channel, rating.rated_at = score, by.channel, moment
        rating.save()
        fact = RequestRated(request_id, flow, score, changed)
        record(fact, actor=by, at=moment, subject_id=request_id)
    return rating
