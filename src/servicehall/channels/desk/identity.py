"""Who somebody is, at the desk: a document compared, a card read; or a face compared, for those who agreed to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from servicehall.channels.uploads import in_memory
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers

from .access import for_staff
from .customers import back_to, record_at, record_page, tell
from .documents import IdentityForm

LIKENESS = {
    "match": (_("The face matches"), "good", "circle-check"),
    "no-match": (_("The face does not match. Compare a document."), "bad", "circle-alert"),
    "unsure": (_("It cannot be told. Compare a document."), "warn", "circle-help"),
}


@sensitive_post_parameters()
@require_POST
@for_staff
def identified(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """A document was compared with the person."""
    ground, record = record_at(actor, site, customer_id)
    form = IdentityForm(request.POST, auto_id="id-%s")
    if form.is_valid():
        try:
            actions.verify_identity(customer_id=record.pk, by=actor, **form.cleaned_data)
            return back_to(request, site, record, gettext("The identity is verified."))
        except BadInput as refused:
            tell(form, refused)
    return record_page(request, ground, record, site, status=422, identity=form)


@require_POST
@for_staff
def card_read(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """A card was compared with the person; a reader of this hall reads it."""
    ground, record = record_at(actor, site, customer_id)
    reader = actions.card_readers(site).get(request.POST.get("reader", ""))
    if reader is None:
        raise NotFound
    try:
        actions.verify_identity_by_card(customer_id=record.pk, reader=reader, by=actor)
    except (
        actions.ReaderAway,
        actions.NoCard,
        actions.CardUnreadable,
        actions.CardExpired,
        actions.NameDiffers,
        actions.RecordRestricted,
    ) as refused:
        return _said(request, ground, record, site, refused)
    return back_to(request, site, record, gettext("The identity is verified."))


def _said(
    request: HttpRequest, ground: Any, record: customers.Record, site: str, refused: Refused
) -> HttpResponse:
    words = refused.sentences
    return record_page(request, ground, record, site, status=refused.status, problem=words)


@in_memory
@require_POST
@for_staff
def face(request: HttpRequest, actor: Actor, site: str, customer_id: UUID) -> HttpResponse:
    """Take a template of a face, or compare one; only where the installation has a verifier."""
    ground, record = record_at(actor, site, customer_id)
    if customers.face_state(record) is None:
        raise NotFound
    sent = request.FILES.get("image")
    if sent is None:
        words = gettext("Take or choose a picture of at most 2 MB.")
        return record_page(request, ground, record, site, status=422, problem=words)
    try:
        if "enrol" in request.POST:
            actions.enrol_face(customer_id=record.pk, image=sent.read(), by=actor)
            return back_to(request, site, record, gettext("Recorded."))
        found = actions.compare_face(customer_id=record.pk, image=sent.read(), by=actor)
    except (
        actions.FaceNotAgreed,
        actions.FaceNotKept,
        actions.FaceUnusable,
        actions.NotIdentified,
        actions.RecordRestricted,
        actions.VerifierUnusable,
    ) as refused:
        return _said(request, ground, record, site, refused)
    return record_page(request, ground, record, site, likeness=LIKENESS[found.value])
