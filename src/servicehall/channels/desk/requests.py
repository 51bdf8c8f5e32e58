"""Services at the desk: begun for a customer, picked up by number, gone through step by step by whoever has it in hand.

Taking over, handing back and what else is done with a request as a whole: helping.py. Tasks: tasks.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels import playing
from servicehall.channels.files import serve
from servicehall.channels.look import faces
from servicehall.channels.uploads import takes_files
from servicehall.kernel import idempotency, languages
from servicehall.kernel.errors import NotAllowed, NotFound, Refused
from servicehall.kernel.protection import masking
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries

from .access import Ground, for_staff, in_hall
from .fields import id_or_none
from .frame import frame
from .saying import of_refusal

RIGHT = "flow.help"
OVER = ("ended", "left")
SEEN, FULL, SEEN_FOR = "seen", "full", 120
"""The word of a page that was unmasked for a reason, with which its files are seen too, for so many seconds."""


@dataclass(frozen=True, slots=True)
class Found:
    """A request as one member of staff has it before them. ``in_full``: they unmasked it on this page."""

    ground: Ground
    slug: str
    row: queries.Instance
    in_full: bool = False

    @property
    def is_mine(self) -> bool:
        return self.row.held_by is not None and self.row.held_by == self.ground.actor.id

    @property
    def is_masked(self) -> bool:
        return not (self.in_full or queries.sees_in_full(self.row, self.ground.actor.id))

    def address(self, name: str = "request", *more: str) -> str:
        return reverse(f"desk:{name}", args=[self.slug, self.row.pk, *more])

    def screen(self, **given: Any) -> dict[str, Any]:
        """The step as this person sees it."""
        return queries.screen(
            self.row,
            language=languages.current(),
            reader=self.ground.actor.id,
            masked=self.is_masked,
            **given,
        )


def find(actor: Actor, site: str, request_id: UUID) -> Found:
    """A request of that hall.

    Raises:
        NotFound: there is none that the person may see, or it is another hall's.
    """
    ground = in_hall(actor, site, RIGHT)
    row = queries.instance_seen(request_id, actor=actor)
    if row.site_id != ground.site_id:
        raise NotFound
    return Found(ground, site, row)


def see(address: str) -> HttpResponse:
    """Go and look at another page."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


# --- Beginning, and picking up ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def start(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """The services to begin, a field for a number, what one has in hand; sent, a service is begun."""
    ground = in_hall(actor, site, RIGHT)
    if request.method == "POST":
        return _begin(request, ground, site)
    return _start_page(request, ground, site)


def _for_whom(given: Any, ground: Ground) -> dict[str, Any]:
    """The visit or the customer that a request is begun for.

    Raises:
        NotFound: there is no such ticket here, or no such customer of the organisation.
    """
    if ticket_id := id_or_none(given, "ticket"):
        if queueing.site_of_ticket(ticket_id) != ground.site_id:
            raise NotFound
        ticket = queueing.ticket(ticket_id, actor=ground.actor)
        return {"ticket": ticket, "visit_id": UUID(ticket["visit"])}
    if customer_id := id_or_none(given, "customer"):
        record = customers.customer(customer_id, actor=ground.actor)
        if record.organisation_id != customers.organisation_of_site(ground.site_id):
            raise NotFound
        return {"customer": record, "customer_id": record.pk}
    return {}


def _start_page(
    request: HttpRequest, ground: Ground, slug: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    organisation_id = customers.organisation_of_site(ground.site_id)
    language = languages.current()
    around = frame(ground.actor, ground=ground, here="requests")
    context = {
        "slug": slug,
        "offered": queries.offered(organisation_id, channel="desk", timezone=around["site"].timezone),
        "in_hand": [
            queries.facts_of(one, language) for one in queries.in_hand(ground.site_id, actor=ground.actor)
        ],
        **_for_whom(request.GET, ground),
        **more,
        **around,
    }
    return _rendered(request, "desk/requests.html", context, status=status)


def _rendered(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page with times as the hall has them."""
    with timezone.override(context["site"].timezone):
        return render(request, name, context, status=status)


def _begin(request: HttpRequest, ground: Ground, slug: str) -> HttpResponse:
    """Begins a service; the same form twice is one request."""
    whom = _for_whom(request.POST, ground)
    flow = request.POST.get("flow", "")[:40]

    def act() -> idempotency.Answer:
        begun = services.begin(
            site_id=ground.site_id,
            flow=flow,
            channel="desk",
            by=ground.actor,
            visit_id=whom.get("visit_id"),
            customer_id=whom.get("customer_id"),
        )
        return idempotency.Answer(303, str(begun.instance.pk))

    try:
        answer = idempotency.once(
            site_id=ground.site_id,
            scope=f"desk:begin:{ground.actor.id}",
            key=request.POST.get("idempotency_key") or None,
            fingerprint=idempotency.fingerprint(request.path, flow, str(whom.get("visit_id"))),
            act=act,
        )
    except (services.FlowNotOffered, services.FlowClosed, services.ChannelNotServed) as refused:
        return _start_page(request, ground, slug, status=refused.status, problem=refused.sentences)
    return see(reverse("desk:request", args=[slug, answer.body]))


@require_POST
@for_staff
def pick_up(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """The request with a number that was typed, or whose address was scanned: it travels in a form, never in an address."""
    ground = in_hall(actor, site, RIGHT)
    typed = request.POST.get("number", "").strip()[:300]
    found = queries.find_instances(typed, ground.site_id, actor=actor)
    here = [one for one in found if one.site_id == ground.site_id]
    if here:
        return see(reverse("desk:request", args=[site, here[0].pk]))
    problem = _("No request of this organisation has that number. Compare each sign.")
    if found:
        elsewhere = languages.say(found[0].site.names)
        problem = _("This request was begun at %(hall)s. Ask the colleagues there.") % {"hall": elsewhere}
    return _start_page(request, ground, site, status=404, problem=problem, typed=typed[:20])


# --- One request -----------------------------------------------------------------------------------


@takes_files
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def shown(request: HttpRequest, actor: Actor, site: str, request_id: UUID) -> HttpResponse:
    """The step that waits and all that was entered; sent, the step's answer."""
    found = find(actor, site, request_id)
    if request.method != "POST":
        return page(request, found, found.screen(at=request.GET.get("at", "")))
    name, revision = request.POST.get("step", ""), request.POST.get("revision", "")
    before = found.screen(at=name)
    if before["step"] != name or not revision.isdigit():
        return page(request, found, before, meanwhile=True)
    answer = playing.answer(before, request.POST)
    wrong = playing.keep_files(request, before, answer, _keeper(found, name))
    if wrong:
        return _again(request, found, name, answer, wrong)
    try:
        if before["kind"] == "print":
            services.note_printed(instance_id=found.row.pk, step=name, by=actor)
        else:
            services.submit(
                instance_id=found.row.pk,
                step=name,
                revision=int(revision),
                answer=answer,
                keeps=_kept(before, answer),
                by=actor,
            )
    except services.UnfitAnswers as problem:
        return _again(request, found, name, answer, problem.facts["errors"])
    except (services.Stale, services.HeldByColleague, services.NotTaken, services.WithStaff):
        fresh = find(actor, site, request_id)
        return page(request, fresh, fresh.screen(), meanwhile=True)
    return see(found.address())


def _keeper(found: Found, step: str) -> Callable[[str, UploadedFile[Any]], Mapping[str, Any]]:
    """Keeps files for the questions of a step."""

    def keep(field: str, file: UploadedFile[Any]) -> Mapping[str, Any]:
        actor = found.ground.actor
        return services.add_file(instance_id=found.row.pk, step=step, field=field, file=file, by=actor)

    return keep


def _again(
    request: HttpRequest, found: Found, step: str, answer: Any, errors: dict[str, str]
) -> HttpResponse:
    """The same step with what was sent: which questions are asked depends on it, and its files are there already."""
    given = queries.with_files(found.row, step, answer)
    return page(request, found, found.screen(at=step, given=given), errors=errors)


def _kept(before: dict[str, Any], answer: Any) -> list[str]:
    """Questions whose masked answer stays, because nothing was written, sent or signed over it."""
    fields = before.get("fields", ()) if isinstance(answer, dict) else ()
    empty: tuple[Any, ...] = ("", [], {}, None)
    return [one["id"] for one in fields if one.get("masked") and _bare(answer.get(one["id"])) in empty]


def _bare(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def page(
    request: HttpRequest,
    found: Found,
    step: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    meanwhile: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of a request, with what an act on it has to say."""
    row, actor = found.row, found.ground.actor
    back = step.get("back", "")
    here = found.address()
    holder = people.names_of([row.held_by]) if row.held_by else {}
    context = {
        **frame(actor, ground=found.ground),
        **playing.page(request, step, errors=errors),
        # What flows' templates call "here" is the page's own address, not its place in the navigation.
        "in_requests": True,
        "row": row,
        "facts": queries.facts_of(row, languages.current()),
        "review": queries.review(row, languages.current(), masked=found.is_masked),
        "tasks": queries.tasks_of(row, actor=actor),
        "holder": languages.say(holder.get(row.held_by)) if row.held_by else "",
        "is_mine": found.is_mine,
        "is_over": row.state in OVER,
        "plays": found.is_mine and row.state not in OVER and step["kind"] != "waiting",
        "write_to": _way_to_write(row),
        "may_unmask": found.ground.may("customer.unmask"),
        "reasons": list(customers.REASONS.items()),
        "here": here,
        "do": found.address("request-act", "x").removesuffix("x"),
        "files_url": files_of(found),
        "files_key": f"?{SEEN}={_signer(found).sign(FULL)}" if found.in_full else "",
        "now_url": f"{found.address('request-now')}?after={row.revision}",
        "back_url": f"{here}?at={back}" if back and step.get("step") != back and not errors else "",
        "meanwhile": meanwhile,
        "faces": faces.FACES,
        "keys": True,
        "slug": found.slug,
        **more,
    }
    answered = 422 if errors else 409 if meanwhile else status
    return playing.answered(_rendered(request, "desk/request.html", context, status=answered), step)


def files_of(found: Found) -> str:
    """The address before the id of a file."""
    nothing = str(UUID(int=0))
    return found.address("request-file", nothing).removesuffix(nothing)


def _signer(found: Found) -> TimestampSigner:
    return TimestampSigner(salt=f"desk.files:{found.row.pk}:{found.ground.actor.id}")


@require_safe
@for_staff
def file(request: HttpRequest, actor: Actor, site: str, request_id: UUID, file_id: UUID) -> HttpResponse:
    """A file that was sent with an answer. A personal one only for who entered it, or on a page unmasked for a reason."""
    found = find(actor, site, request_id)
    try:
        seen = _signer(found).unsign(request.GET.get(SEEN, ""), max_age=SEEN_FOR) == FULL
    except BadSignature:
        seen = False
    media_type, content = queries.file_of(found.row, file_id, masked=found.is_masked and not seen)
    return cast("HttpResponse", serve(request, ContentFile(content), media_type))


def _way_to_write(row: queries.Instance) -> dict[str, str] | None:
    """Where a message would go, masked."""
    found = None if row.state == "left" else queries.address_of(row)
    return {"kind": found[0], "address": masking.masked(found[0], found[1])} if found else None


@require_safe
@for_staff
def now(request: HttpRequest, actor: Actor, site: str, request_id: UUID) -> HttpResponse:
    """Whether something happened since a revision: then the page goes to where it is."""
    found = find(actor, site, request_id)
    response = HttpResponse(status=204)
    if str(found.row.revision) != request.GET.get("after", ""):
        # Not loaded again: a page that said what was wrong would send its form once more.
        shown = urlsplit(request.headers.get("HX-Current-URL", "")).query
        response["HX-Redirect"] = found.address() + (f"?{shown}" if shown else "")
    return response


def tried(request: HttpRequest, found: Found, act: Any) -> HttpResponse | None:
    """Do it; a refusal is said on the request's page as it is then. NotFound and NotAllowed are pages of their own.

    Nothing is returned when it went well.
    """
    try:
        act()
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        messages.error(request, of_refusal(refused).text)
        return see(found.address())
    return None
