"""Wishes to be corrected in operations: the queue, one looked at and decided; records whose use is restricted."""

from __future__ import annotations

import math
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicehall.channels.restrictions import day_of, words_of_restriction
from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers

from .asking import Place
from .customers import asked_about, done, posted, shown

RIGHT = "customer.erase"


@never_cache
@require_GET
def corrections(request: HttpRequest, slug: str) -> HttpResponse:
    """What customers wish to have corrected, the nearest deadline first; and what is restricted."""
    return _queue(request, *asked_about(request, slug, RIGHT))


def _queue(
    request: HttpRequest,
    actor: Actor,
    place: Place,
    organisation: UUID,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    restricted = customers.restricted_records(organisation, actor=actor)
    due = [one for one in restricted if one.review_on and one.review_on <= place.today]
    context = {
        "problem": problem,
        "requests": [
            {"row": one, "days": math.ceil((one.due_at - now) / timedelta(days=1)), "late": one.due_at < now}
            for one in customers.correction_queue(organisation, actor=actor)
        ],
        "due": due,
        "restricted": restricted[len(due) :],
        "here": "corrections",
    }
    return shown(request, "ops/corrections.html", actor, place, context, status=status)


@require_POST
def restriction(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave a restriction until another day, or lift it because the customer asked for that."""
    actor, place, organisation = asked_about(request, slug, RIGHT)
    customer = posted(request, "customer")
    if customers.customer(customer, actor=actor).organisation_id != organisation:
        raise NotFound
    try:
        if request.POST.get("decision") == "lift":
            told = actions.restrict_use(customer_id=customer, restricted=False, by=actor)
            messages.success(request, words_of_restriction(restricted=False, told=told))
        else:
            actions.review_restriction(customer_id=customer, review_on=day_of(request, "review_on"), by=actor)
            messages.success(request, _("The restriction stays. The day of its review is kept."))
    except BadInput as refused:
        words = " ".join(refused.facts["errors"].values())
        return _queue(request, actor, place, organisation, problem=words, status=422)
    return done("ops:corrections", slug)


@require_POST
def correction(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at one in full, which is recorded; then write what is wished, or refuse with a reason."""
    actor, place, organisation = asked_about(request, slug, RIGHT)
    asked = posted(request, "request")
    row = _of(asked, customers.correction_queue(organisation, actor=actor))
    decision = request.POST.get("decision")
    if decision == "correct":
        actions.grant_correction(request_id=asked, by=actor)
    elif decision == "refuse":
        actions.refuse_correction(request_id=asked, reason=request.POST.get("reason", ""), by=actor)
    else:
        stored, wish = actions.look_at_correction(request_id=asked, by=actor)
        context = {
            "one": row,
            "stored": stored,
            "wish": wish,
            "here": "corrections",
            "reasons": customers.correction_reasons(),
        }
        return shown(request, "ops/correction.html", actor, place, context)
    return done("ops:corrections", slug)


def _of(asked: UUID, queue: list[customers.Correction]) -> customers.Correction:
    found = next((one for one in queue if one.pk == asked), None)
    if found is None:
        raise NotFound
    return found
