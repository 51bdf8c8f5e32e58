"""Faces: a template is taken and compared only with the customer's own consent, and goes when they take it back.

Images come in as bytes and are given to the verifier; only the template is kept, sealed under a key of its own,
which is destroyed with it: so it is gone from old copies of the database too. They go as well, all of them, when
the organisation closes the purpose.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.protection import keys
from servicehall.kernel.rights import Actor
from servicehall.kernel.timers import Due, ring, set_timer, timer
from servicehall.kernel.transactions import afterwards, transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import FaceCompared, FaceEnrolled, FaceForgotten
from servicehall.rooms.customers.faces import (
    FaceVerifier,
    Likeness,
    UnusableImage,
    VerifierUnusable,
    verifier,
)
from servicehall.rooms.customers.models import Consent, Customer, FaceTemplate, Purpose, of_person

from .records import locked, organisation_of
from .refusals import FaceNotAgreed, FaceNotKept, FaceUnusable, NotIdentified, RecordRestricted

RIGHT = "customer.change"
CLOSED = "customers.face-purpose-closed"
AT_ONCE = 200


def enrol_face(*, customer_id: UUID, image: bytes, by: Actor, at: datetime | None = None) -> None:
    """Keep a template of the customer who stands there, whose document was verified before. An older one goes.

    Raises:
        FaceNotAgreed: the customer has not agreed to the purpose of comparing faces.
        NotIdentified: their identity is not verified, so nobody knows whose face it is.
        FaceUnusable: no template can be made of the image.
        VerifierUnusable: the installation has no verifier, or it cannot be loaded.
        RecordRestricted: the customer restricted the use of their data.
        NotAllowed, NotFound: the actor may not change that record.
    """
    organisation, moment, using = _begin(customer_id, by), at or clock.now(), _verifier()
    _agreed(customer_id)  # before the verifier sees anything
    try:
        template = using.template(image)
    except UnusableImage:
        raise FaceUnusable from None
    with transaction(organisation):
        row, consent = _unrestricted(customer_id), _agreed(customer_id)
        if not row.id_verified_at:
            raise NotIdentified
        forget_faces([row.pk], why="renewed", by=by, at=moment)
        kept = FaceTemplate(organisation_id=organisation, customer=row, consent=consent, made_at=moment)
        kept.template, kept.verifier = base64.b64encode(template).decode(), using.name
        kept.save(force_insert=True)
        record(FaceEnrolled(row.pk, using.name), actor=by, at=moment, subject_id=row.pk)


def compare_face(*, customer_id: UUID, image: bytes, by: Actor, at: datetime | None = None) -> Likeness:
    """Whether who stands there is the customer. Nothing changes by the answer but the record of it.

    An image that nothing can be said of is unsure.

    Raises:
        FaceNotKept: no template is kept, or one of another verifier.
        FaceNotAgreed, VerifierUnusable, RecordRestricted, NotAllowed, NotFound: see :func:`enrol_face`.
    """
    organisation, moment, using = _begin(customer_id, by), at or clock.now(), _verifier()
    _agreed(customer_id)
    kept = FaceTemplate.objects.filter(customer_id=customer_id, verifier=using.name).first()
    if kept is None:
        raise FaceNotKept
    try:
        found = using.compare(image, base64.b64decode(kept.template))
    except UnusableImage:
        found = Likeness.UNSURE
    with transaction(organisation):
        row = _unrestricted(customer_id)
        _agreed(customer_id)  # taken back meanwhile: then nothing is said
        record(FaceCompared(row.pk, found.value, using.name), actor=by, at=moment, subject_id=row.pk)
    return found


def _begin(customer_id: UUID, by: Actor) -> UUID:
    organisation = organisation_of(customer_id)
    access.place_for(by, RIGHT, organisation)
    if Customer.objects.filter(pk=customer_id, restricted_at__isnull=False).exists():
        raise RecordRestricted
    return organisation


def _verifier() -> FaceVerifier:
    found = verifier()
    if found is None:
        raise VerifierUnusable
    return found


def _unrestricted(customer_id: UUID) -> Customer:
    row = locked(customer_id)
    if row.restricted_at:
        raise RecordRestricted
    return row


def _agreed(customer_id: UUID) -> Consent:
    given = Consent.objects.filter(
        customer__in=of_person(customer_id), withdrawn_at=None, version__purpose__is_active=True
    ).select_related("version__purpose")
    for one in given:
        if one.version.purpose.is_for_faces:
            return one
    raise FaceNotAgreed


def forget_faces(customers: Iterable[UUID], *, why: str, by: Actor, at: datetime) -> None:
    """Destroy the templates of these customers and their keys, in the open transaction.

    Args:
        why: withdrawn, renewed, joined, parted, erased or closed.
    """
    for kept in FaceTemplate.objects.filter(customer_id__in=list(customers)).only("pk", "customer_id"):
        keys.destroy(kept.pk, by=by)
        FaceTemplate.objects.filter(pk=kept.pk).delete()
        record(FaceForgotten(kept.customer_id, why), actor=by, at=at, subject_id=kept.customer_id)


def forget_if_closed(purpose: Purpose, *, by: Actor, at: datetime) -> None:
    """Destroy all templates that were agreed to by a purpose which is not in use for faces any more.

    Whoever closes it may stand in another line than the customers' (the back office does), and templates may be
    many: so a timer, set with the closing, destroys them in parts, begun as soon as the open transaction ends.
    """
    if purpose.is_active and purpose.is_for_faces:
        return
    if not FaceTemplate.objects.filter(consent__version__purpose=purpose.pk).exists():
        return
    organisation, key = purpose.organisation_id, purpose.pk.hex
    data = {"until": at.isoformat(), "by": [by.kind, str(by.id) if by.id else None, by.channel]}
    set_timer(CLOSED, key, at, site_id=organisation, data=data)

    def at_once() -> None:
        while ring(CLOSED, key, organisation):
            pass

    afterwards(at_once)


@timer(CLOSED, erases=True)
def forget_faces_of_closed(due: Due) -> None:
    """Some of the templates that were taken before a purpose was closed; sets itself again while there are more."""
    kind, whose, channel = due.data["by"]
    by, until = (
        Actor(kind, UUID(whose) if whose else None, channel),
        datetime.fromisoformat(due.data["until"]),
    )
    kept = FaceTemplate.objects.filter(consent__version__purpose=UUID(due.key), made_at__lte=until)
    some = list(kept.order_by("pk").values_list("customer_id", flat=True)[:AT_ONCE])
    forget_faces(some, why="closed", by=by, at=clock.now())
    if len(some) == AT_ONCE:
        set_timer(CLOSED, due.key, due.due_at, site_id=due.site_id, data=due.data)
