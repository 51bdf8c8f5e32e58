"""Instances: by the code that their customer holds, or for staff and the customer's own page."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection.fields import is_erased
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.services import numbers, store
from servicehall.rooms.services.checking.forms import personal
from servicehall.rooms.services.instances import hashed, path_of, program_of
from servicehall.rooms.services.language.definition import Form, Print
from servicehall.rooms.services.models import Instance, Upload
from servicehall.rooms.services.path import FlowFault

from . import moves

HELP = "flow.help"


def _rows() -> QuerySet[Instance]:
    return Instance.objects.select_related("version").defer("version__text")


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for the customer. A further one is a copy, and says so."""

    title: str
    text: str
    is_copy: bool


def instance_by_code(code: str) -> Instance:
    """The instance whose code somebody holds (one query).

    Raises:
        NotFound: nobody's code is that.
        GoneOn, MirrorOver, NotYetMoved, MoveOver: it was, or is to be; the request is on another device.
    """
    digest = hashed(code)
    return store.by_code(digest) or moves.held_elsewhere(digest)


def place_of_code(code: str) -> tuple[UUID, UUID]:
    """(instance, site) of the code that somebody holds (one query).

    Raises:
        NotFound: nobody's code is that.
    """
    found = store.place(hashed(code))
    if found is None:
        raise NotFound
    return found


def instance_seen(instance_id: UUID, *, actor: Actor) -> Instance:
    """An instance, for staff of its site.

    Raises:
        NotFound: there is none at a site of theirs.
    """
    found = _rows().filter(pk=instance_id).first()
    if found is None:
        raise NotFound
    allow(actor, HELP, found.site_id)
    return found


def own_instance(instance_id: UUID, *, customers: Collection[UUID]) -> Instance:
    """An instance that belongs to one of these customers' records, for its customer who has signed in.

    Raises:
        NotFound: there is none of theirs.
    """
    found = _rows().filter(pk=instance_id, customer_id__in=customers).first()
    if found is None:
        raise NotFound
    return found


def file_of(instance: Instance, file_id: UUID, *, masked: bool = False) -> tuple[str, bytes]:
    """The media type and the contents of a file that was sent with an answer; whoever sees the request sees it.

    Args:
        masked: for a reader who sees personal answers masked.

    Raises:
        NotFound: the request has no such file, it was forgotten, or is not for this reader.
    """
    row = Upload.objects.filter(pk=file_id, instance=instance).first()
    if row is None or is_erased(row.content) or not row.content or (masked and _is_personal(instance, row)):
        raise NotFound
    return row.media_type, base64.b64decode(row.content)


def _is_personal(instance: Instance, row: Upload) -> bool:
    form = program_of(instance).flow.step(row.step)
    fields = form.fields if isinstance(form, Form) else ()
    return any(personal(one) for one in fields if one.id == row.field)


def slip_of(instance: Instance, step: str, *, language: str) -> Slip:
    """The slip of a step on the path, to be shown as a page.

    Raises:
        NotFound: there is none, or not yet.
    """
    program = program_of(instance)
    try:
        path = path_of(instance)
    except FlowFault:
        raise NotFound from None
    found = program.flow.step(step)
    here = path.step is not None and path.step.id == step
    if not isinstance(found, Print) or not (here or step in path.names):
        raise NotFound
    return Slip(
        program.say(found.title, path.values, language),
        program.say(found.slip, path.values, language),
        not here,
    )


def instances_of(
    customers: Collection[UUID], *, sites: Collection[UUID] | None = None, limit: int = 20
) -> list[Instance]:
    """The newest requests of somebody (all ids under which they came), at these sites only when given (one query).

    Answers stay sealed: lists show none.
    """
    rows = _rows().filter(customer_id__in=customers).select_related("version", "site").defer("answers")
    if sites is not None:
        rows = rows.filter(site_id__in=sites)
    return list(rows.order_by("-begun_at")[:limit])


def instances_of_visit(visit_id: UUID, site_id: UUID, *, actor: Actor) -> list[Instance]:
    """The requests that a visit's ticket came out of, or that were begun in its course, newest first (one query)."""
    allow(actor, HELP, site_id)
    rows = _rows().filter(visit_id=visit_id, site_id=site_id).defer("version__text", "answers")
    return list(rows.order_by("-begun_at")[:5])


def in_hand(site_id: UUID, *, actor: Actor, limit: int = 20) -> list[Instance]:
    """What this member of staff has taken over or begun and not brought to an end (one query)."""
    allow(actor, HELP, site_id)
    rows = _rows().filter(held_by=actor.id, site_id=site_id).exclude(state__in=("ended", "left"))
    return list(rows.defer("version__text", "answers").order_by("held_at")[:limit])


def find_instances(text: str, site_id: UUID, *, actor: Actor) -> list[Instance]:
    """The requests with that number (of the request or of a task), or whose address was scanned.

    Only those of the site's organisation; whether the actor may open one is for :func:`instance_seen` to say.
    """
    allow(actor, HELP, site_id)
    if code := numbers.code_in(text):
        asked = Q(code_hash=hashed(code))
    elif text.strip():
        asked = Q(number=numbers.as_number(text)) | Q(tasks__number=text.strip().upper()[:20])
    else:
        return []
    organisation_id = hall.site(site_id).region.organisation_id
    rows = _rows().filter(asked, organisation_id=organisation_id).select_related("version", "site")
    return list(rows.defer("version__text", "answers").distinct()[:5])


def number_of(instance: Instance) -> str:
    """The number as people read it."""
    return numbers.grouped(instance.number)


def facts_of(instance: Instance, language: str) -> dict[str, Any]:
    """What lists show of a request: no answer in it."""
    from servicehall.rooms.services.instances import program_of

    program = program_of(instance)
    return {
        "id": instance.pk,
        "name": program.say(program.flow.name, {}, language),
        "number": number_of(instance),
        "state": instance.state,
        "state_words": instance.get_state_display(),
        "outcome": instance.outcome,
        "begun_at": instance.begun_at,
        "changed_at": instance.changed_at,
        "held_by": instance.held_by,
    }
