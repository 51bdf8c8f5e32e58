"""The rating tablet beside a counter: asks whoever has just been served there. Needs no sign-in.

The address is signed (tablets.py): only who was given it can rate in the name of whoever was served.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from servicehall.kernel import clock, idempotency
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.languages import NAMES, tag
from servicehall.kernel.rights import Actor, customer
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.feedback import queries as ratings
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries

ASKED_FOR = timedelta(minutes=2)
"""How long after the end of the service the tablet asks."""
SCORES = frozenset("12345")
FACES = (
    (1, "angry", "bad"),
    (2, "frown", "bad"),
    (3, "meh", "warn"),
    (4, "smile", "good"),
    (5, "laugh", "good"),
)


def _by() -> Actor:
    return customer("tablet")


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("lang") or request.POST.get("lang") or ""
    return tag(wanted) if tag(wanted) in NAMES and wanted else ""


def _counter(counter_id: UUID) -> tuple[UUID, dict[str, Any]]:
    counter, site_id = queries.site_of_counter(counter_id)
    found = next((c for c in queries.counters(site_id) if c["id"] == str(counter)), None)
    if found is None:
        raise NotFound
    return site_id, found


def _state(counter_id: UUID) -> dict[str, Any]:
    """Whom to ask now, if anybody: the last one served here, not yet asked or rated."""
    served = queries.last_served(counter_id, since=clock.now() - ASKED_FOR)
    if served is None or ratings.rating_of(served.ticket) is not None:
        return {"step": "idle"}
    left = (served.ended_at + ASKED_FOR - clock.now()).total_seconds()
    return {
        "step": "ask",
        "visit": queries.ticket(served.ticket, actor=_by()),
        "ticket": str(served.ticket),
        "seconds_left": max(1, int(left)),
    }


def _more(ticket: str, score: int) -> dict[str, Any]:
    kinds = ratings.reasons()
    liked, missed = score >= 3, score <= 3
    chips = {**(kinds["good"] if liked else {}), **(kinds["bad"] if missed else {})}
    return {"step": "more", "ticket": ticket, "score": score, "chips": chips.items()}


def _going_on(counter_id: UUID, request: HttpRequest) -> dict[str, Any] | None:
    """The reasons again, after somebody changed the language there."""
    ticket, score = request.GET.get("ticket", ""), request.GET.get("score", "")
    served = queries.last_served(counter_id, since=clock.now() - ASKED_FOR * 3) if ticket else None
    if served is None or str(served.ticket) != ticket or score not in SCORES:
        return None
    return _more(ticket, int(score))


def _context(counter_id: UUID, request: HttpRequest) -> dict[str, Any]:
    site_id, counter = _counter(counter_id)
    site = hall.site(site_id)
    lang = _language(request)
    return {
        "counter": counter,
        "counter_id": counter_id,
        "site": site,
        "site_name": str(site),
        "lang": lang,
        "faces": FACES,
        "live": f"/live/boards/{site.slug}",
        "languages_offered": [
            (code, name, code == tag(translation.get_language())) for code, name in NAMES.items()
        ],
    }


def _in_language(request: HttpRequest) -> Any:
    return translation.override(_language(request) or translation.get_language())


@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """The tablet's page."""
    with _in_language(request):
        state = _going_on(counter_id, request) or _state(counter_id)
        context = {**_context(counter_id, request), **state}
        answer = render(request, "desk/rate/page.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def now(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Idle or asking; nothing (204) while the tablet shows that already."""
    state = _state(counter_id)
    if request.GET.get("seen") == state.get("ticket", "idle"):
        return HttpResponse(status=204)
    with _in_language(request):
        return render(request, "desk/rate/part.html", {**_context(counter_id, request), **state})


@require_POST
def send(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """A tap on a face, then the reasons and the comment; each is kept at once."""
    site_id, _found = _counter(counter_id)
    ticket = request.POST.get("ticket", "")
    score = request.POST.get("score", "")
    if score not in SCORES:
        raise BadInput
    served = queries.last_served(counter_id, since=clock.now() - ASKED_FOR * 3)
    if served is None or str(served.ticket) != ticket:
        # Meanwhile somebody else was served here: this customer's moment is over.
        with _in_language(request):
            return render(
                request, "desk/rate/part.html", {**_context(counter_id, request), **_state(counter_id)}
            )
    reasons, comment = request.POST.getlist("reasons"), request.POST.get("comment", "").strip()[:1000]

    def act() -> idempotency.Answer:
        feedback.rate_visit(served=served, score=int(score), reasons=reasons, comment=comment, by=_by())
        return idempotency.Answer(200, json.dumps({"score": score}))

    idempotency.once(
        site_id=site_id,
        scope=f"page:rate:{counter_id}",
        key=request.POST.get("idempotency_key") or None,
        fingerprint=idempotency.fingerprint(ticket, score, repr(sorted(reasons)), comment),
        act=act,
    )
    with _in_language(request):
        context = {**_context(counter_id, request), "ticket": ticket, "score": int(score)}
        if request.POST.get("done"):
            return render(request, "desk/rate/part.html", {**context, "step": "thanks"})
        return render(request, "desk/rate/part.html", {**context, **_more(ticket, int(score))})
