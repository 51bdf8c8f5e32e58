"""Staff write to the customer of a request: to the address of their record, else to the one that they entered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.messages import actions as messages
from servicehall.rooms.services.addresses import address_of, is_restricted
from servicehall.rooms.services.events import RequestWrittenTo
from servicehall.rooms.services.instances import program_of
from servicehall.rooms.services.models import Instance

from .keeping_on import about
from .refusals import NoWayToWrite
from .tasks import HELP

LONGEST = 300


def write_to_customer(*, instance_id: UUID, text: str, by: Actor, at: datetime | None = None) -> None:
    """Sends a short text; that it was sent is recorded, what it says stands in the message only.

    Raises:
        NotFound: there is no such request at a site of the actor's.
        NoWayToWrite: no address is known.
        RecordRestricted: the customer restricted the use of their data.
        BadInput: no text, or too long a one.
        NumberTextedOften, TextsUsedUp: see rooms/messages.
    """
    instance = (
        Instance.objects.select_related("version").defer("version__text").filter(pk=instance_id).first()
    )
    if instance is None:
        raise NotFound
    allow(by, HELP, instance.site_id)
    words, moment = text.strip(), at or clock.now()
    if not words or len(words) > LONGEST:
        raise BadInput(errors={"text": str(_("Write between 1 and 300 characters."))})
    if is_restricted(instance):
        raise customers.RecordRestricted
    found = address_of(instance)
    if found is None:
        raise NoWayToWrite
    kind, address = found
    language = instance.given.get("language", "en")
    # Messages stand in the organisation's line, requests in their site's: one after the other.
    sent = messages.send_message(
        organisation_id=instance.organisation_id,
        kind=kind,
        address=address,
        title=program_of(instance).say(program_of(instance).flow.name, {}, language),
        body=words,
        by=by,
        at=moment,
    )
    with transaction(instance.site_id):
        fact = RequestWrittenTo(**about(instance), message=sent.pk)
        record(fact, actor=by, at=moment, subject_id=instance.pk)
