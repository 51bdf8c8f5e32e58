"""What can be done about webhooks: where events go, sending again, and taking in what others send.

With sending.py the only writers of this room's tables. Every act is in the log of the site, or of the organisation
where the address gets the events of all its sites.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock, signed_messages, step_up, transactions
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.models import DataKey
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.signed_messages import SignatureRefused, UnfitSecret
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import queries as hall

from . import addresses
from .addresses import UnfitAddress
from .events import (
    IncomingRefused,
    WebhookAdded,
    WebhookChanged,
    WebhookDisabled,
    WebhookEnabled,
    WebhookRemoved,
    WebhookRepeated,
    WebhookSecretChanged,
    WebhookTested,
)
from .models import Delivery, Endpoint, TakenIn
from .queries import RIGHT, is_kind
from .sending import deliver_now

__all__ = [
    "AlreadyTakenIn",
    "SignatureRefused",
    "TooManyEndpoints",
    "UnfitAddress",
    "UnfitSecret",
    "add_endpoint",
    "change_endpoint",
    "change_secret",
    "deliver_now",
    "disable_endpoint",
    "enable_endpoint",
    "remove_endpoint",
    "repeat_delivery",
    "repeat_failed",
    "send_test",
    "take_in",
]
MOST = 20
"""Addresses a place: each event is a message to each."""
OVERLAP_HOURS = 24
_AT_ONCE = 500


class TooManyEndpoints(Refused):
    """The place has as many addresses as it may have."""

    kind = "too-many-webhooks"
    title = _("There are as many webhooks here as there may be")
    advice = _("Remove one that nobody needs.")


class AlreadyTakenIn(Refused):
    """The message came before; its sender may take it as delivered."""

    kind = "message-already-taken-in"
    title = _("This message came before")
    advice = _("It was taken in then; do not send it again.")


def add_endpoint(
    *,
    organisation_id: UUID,
    site_id: UUID | None,
    name: str,
    url: str,
    kinds: Collection[str],
    by: Actor,
    at: datetime | None = None,
) -> tuple[Endpoint, str]:
    """Send events of a site (or of all sites of an organisation) to an address; returns it and its secret.

    Raises:
        NotFound, NotAllowed: the actor may not say so there.
        UnfitAddress: nothing is sent to such an address.
        BadInput: a name is missing, or there is no such kind of event.
        TooManyEndpoints: there are enough.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    place, moment, secret = site_id or organisation_id, at or clock.now(), signed_messages.new_secret()
    allow(by, RIGHT, place)
    if site_id is not None and hall.places_above([site_id]).get(site_id, (None, None))[1] != organisation_id:
        raise NotFound
    wanted = _fitting(name, url, kinds)
    with transaction(place):
        if Endpoint.objects.filter(organisation_id=organisation_id, site=site_id).count() >= MOST:
            raise TooManyEndpoints
        step_up.demand(by, step_up.Operation("webhook.change", f"{place}:{url}"))
        made = Endpoint(
            organisation_id=organisation_id, site_id=site_id, name=name.strip(), url=url, secret=secret,
            kinds=wanted, created_at=moment,
        )  # fmt: skip
        made.save(force_insert=True)
        record(WebhookAdded(made.pk, wanted), actor=by, at=moment, subject_id=made.pk)
    return made, secret


def _fitting(name: str, url: str, kinds: Collection[str]) -> list[str]:
    """The kinds, each once, when everything fits."""
    addresses.target_of(url)
    errors = {}
    if not name.strip() or len(name.strip()) > 80:
        errors["name"] = str(_("Give it a name of at most 80 characters."))
    unknown = sorted(one for one in kinds if not is_kind(one))
    if unknown or not kinds:
        errors["kinds"] = str(_("Choose at least one kind of event, and only such as there are."))
    if errors:
        raise BadInput(errors=errors)
    return sorted(set(kinds))


def _held(endpoint_id: UUID, by: Actor) -> Endpoint:
    found = Endpoint.objects.filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound
    allow(by, RIGHT, found.place)
    return found


def change_endpoint(
    endpoint_id: UUID, *, name: str, url: str, kinds: Collection[str], by: Actor, at: datetime | None = None
) -> Endpoint:
    """Change the name, address or kinds of events. A new address has to be confirmed.

    Raises:
        As :func:`add_endpoint`.
    """
    found, wanted = _held(endpoint_id, by), _fitting(name, url, kinds)
    with transaction(found.place):
        found = Endpoint.objects.get(pk=endpoint_id)
        given = {"name": name.strip(), "url": url, "kinds": wanted}
        fields = [field for field, value in given.items() if getattr(found, field) != value]
        if "url" in fields:
            step_up.demand(by, step_up.Operation("webhook.change", f"{found.place}:{url}"))
        for field in fields:
            setattr(found, field, given[field])
        if fields:
            found.save(update_fields=fields)
            record(WebhookChanged(found.pk, fields), actor=by, at=at or clock.now(), subject_id=found.pk)
    return found


def change_secret(
    endpoint_id: UUID, *, by: Actor, hours: int = OVERLAP_HOURS, at: datetime | None = None
) -> tuple[Endpoint, str]:
    """Sign with a new secret, and for some hours with the old one beside it; returns the new one.

    Raises:
        NotFound, NotAllowed: the actor may not look after it.
        BadInput: hours are from 0 to 168.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    found, moment, secret = _held(endpoint_id, by), at or clock.now(), signed_messages.new_secret()
    if not 0 <= hours <= 168:
        raise BadInput(errors={"hours": "0–168"})
    with transaction(found.place):
        found = Endpoint.objects.get(pk=endpoint_id)
        step_up.demand(by, step_up.Operation("webhook.secret", str(endpoint_id)))
        found.old_secret = found.secret if hours else ""
        found.old_secret_until = moment + timedelta(hours=hours) if hours else None
        found.secret = secret
        found.save(update_fields=["secret", "old_secret", "old_secret_until"])
        record(WebhookSecretChanged(found.pk, hours), actor=by, at=moment, subject_id=found.pk)
    return found, secret


def remove_endpoint(endpoint_id: UUID, *, by: Actor, at: datetime | None = None) -> None:
    """Send nothing there any more, and forget its secret and its deliveries.

    Raises:
        NotFound, NotAllowed: the actor may not look after it.
    """
    found = _held(endpoint_id, by)
    with transaction(found.place):
        Endpoint.objects.filter(pk=endpoint_id).delete()
        DataKey.objects.filter(owner_id=endpoint_id).delete()
        record(WebhookRemoved(endpoint_id), actor=by, at=at or clock.now(), subject_id=endpoint_id)


def disable_endpoint(endpoint_id: UUID, *, by: Actor, at: datetime | None = None) -> None:
    """Stop sending there; what waits goes on waiting, what happens meanwhile is not sent.

    Raises:
        NotFound, NotAllowed: the actor may not look after it.
    """
    found, moment = _held(endpoint_id, by), at or clock.now()
    with transaction(found.place):
        changed = Endpoint.objects.filter(pk=endpoint_id, is_active=True).update(
            is_active=False, disabled_at=moment, disabled_reason=Endpoint.Why.STOPPED
        )
        if changed:
            stopped = WebhookDisabled(endpoint_id, Endpoint.Why.STOPPED.value)
            record(stopped, actor=by, at=moment, subject_id=endpoint_id)


def enable_endpoint(endpoint_id: UUID, *, by: Actor, at: datetime | None = None) -> None:
    """Send there again.

    Raises:
        NotFound, NotAllowed: the actor may not look after it.
    """
    found, moment = _held(endpoint_id, by), at or clock.now()
    with transaction(found.place):
        changed = Endpoint.objects.filter(pk=endpoint_id, is_active=False).update(
            is_active=True,
            disabled_at=None,
            disabled_reason="",
            failures=0,
            failing_since=None,
            rests_until=None,
        )
        if changed:
            record(WebhookEnabled(endpoint_id), actor=by, at=moment, subject_id=endpoint_id)


def send_test(endpoint_id: UUID, *, by: Actor, at: datetime | None = None) -> None:
    """Send a test message: an event of its own that goes to this address only (reactions.py).

    Raises:
        NotFound, NotAllowed: the actor may not look after it.
    """
    found = _held(endpoint_id, by)
    with transaction(found.place):
        record(WebhookTested(endpoint_id), actor=by, at=at or clock.now(), subject_id=endpoint_id)


def repeat_delivery(delivery_id: UUID, *, by: Actor, at: datetime | None = None) -> Delivery:
    """Send a message again, with the id that it had, at once and with all its tries before it.

    Raises:
        NotFound, NotAllowed: the actor may not look after its address.
    """
    found = Delivery.objects.select_related("endpoint").filter(pk=delivery_id).first()
    if found is None:
        raise NotFound
    _repeat(found.endpoint_id, [found.pk], by=by, at=at)
    found.refresh_from_db()
    return found


def repeat_failed(endpoint_id: UUID, *, by: Actor, at: datetime | None = None) -> int:
    """Send again what was given up, the oldest first; returns how many messages (at most 500 at a time).

    Raises:
        NotFound, NotAllowed: the actor may not look after it.
    """
    _held(endpoint_id, by)
    failed = Delivery.objects.filter(endpoint_id=endpoint_id, state=Delivery.State.FAILED).order_by("pk")
    return _repeat(endpoint_id, list(failed.values_list("pk", flat=True)[:_AT_ONCE]), by=by, at=at)


def _repeat(endpoint_id: UUID, ids: list[UUID], *, by: Actor, at: datetime | None) -> int:
    endpoint, moment = _held(endpoint_id, by), at or clock.now()
    with transaction(endpoint.place):
        count = Delivery.objects.filter(pk__in=ids).update(
            state=Delivery.State.WAITING, attempts=0, due_at=moment, ended_at=None
        )
        Endpoint.objects.filter(pk=endpoint_id).update(rests_until=None)
        if count:
            record(WebhookRepeated(endpoint_id, count), actor=by, at=moment, subject_id=endpoint_id)
    return count


def take_in(
    *,
    sender: str,
    place: UUID,
    secrets: Collection[str],
    headers: Mapping[str, str],
    body: bytes,
    by: Actor,
    at: datetime | None = None,
) -> str:
    """Check a message from outside and remember its id; in the open transaction, if one is, with what follows from it.

    Args:
        sender: our own word for who may send here, such as ``payments.alipay``.
        place: the site or organisation that it is for; what is refused is in its log.

    Raises:
        SignatureRefused: it is not the sender's, or its moment is more than five minutes off.
        AlreadyTakenIn: a message with its id was taken in before.
    """
    moment = at or clock.now()
    try:
        message_id = signed_messages.check(secrets, headers, body, at=moment)
    except SignatureRefused as refused:
        _note_refused(sender, place, refused.reason, by, moment)
        raise
    if not _remember(sender, message_id, place, moment):
        _note_refused(sender, place, "duplicate", by, moment)
        raise AlreadyTakenIn
    return message_id


def _remember(sender: str, message_id: str, place: UUID, moment: datetime) -> bool:
    with transaction(place):
        # Older ones would be refused for their age: nothing is gained by remembering them longer.
        TakenIn.objects.filter(sender=sender, at__lt=moment - 3 * signed_messages.TOLERANCE).delete()
        try:
            with atomic():
                TakenIn.objects.create(sender=sender, message_id=message_id, at=moment)
        except IntegrityError:
            return False
    return True


def _note_refused(sender: str, place: UUID, reason: str, by: Actor, moment: datetime) -> None:
    """Recorded when the open transaction, which the refusal undoes, has ended."""

    def note() -> None:
        with transaction(place):
            record(IncomingRefused(sender, reason), actor=by, at=moment)

    transactions.afterwards(note)
