"""Files that a customer sends with an answer: looked at, sealed under the request's own key, forgotten with it.

A file is kept before its form is answered, so that a form with a fault elsewhere does not lose it; what no answer
names goes when the step is answered.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock, uploads
from servicehall.kernel.errors import Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.rooms.services import brought
from servicehall.rooms.services.events import RequestFileAdded
from servicehall.rooms.services.instances import path_of, program_of
from servicehall.rooms.services.language.definition import Field, Form
from servicehall.rooms.services.language.kinds import FILES
from servicehall.rooms.services.models import Instance, Upload

from .keeping_on import about, locked
from .refusals import NotThisStep, PaymentUnderWay

MOST_FILES, MOST_BYTES = 40, 60 * uploads.MEGABYTE
"""Of one request, those that no answer names yet included."""


class NoRoomForFiles(Refused):
    """A request holds so many files, or bytes of them, that no more are taken."""

    kind = "flow-no-room-for-files"
    status = 413
    title = _("This request holds as many files as it can")
    advice = _("Remove some of them, or go on without this one.")


def _asked_for(instance: Instance, step: str, field: str) -> Field:
    found = program_of(instance).flow.step(step)
    one = next((f for f in found.fields if f.id == field), None) if isinstance(found, Form) else None
    if one is None or one.type not in FILES:
        raise NotThisStep(step=step)
    return one


def add_file(
    *, instance_id: UUID, step: str, field: str, file: File[Any], by: Actor, at: datetime | None = None
) -> dict[str, Any]:
    """Keeps a file for a question of the step that waits, or of one behind; what the answer names it by.

    Raises:
        NotThisStep, Over, PaymentUnderWay: see there.
        FileRefused: it is too large, of another kind, or the scanner says no. Nothing of it is kept.
        NoRoomForFiles: see there.
    """
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        question = _asked_for(instance, step, field)
    # Outside of the line: to look at a file takes time.
    media_type, content = _looked_at(question, file)
    with locked(instance_id, by) as instance:
        if instance.intent_id is not None:
            raise PaymentUnderWay
        path = path_of(instance)
        if not (path.step and path.step.id == step) and not path.can_change(step):
            raise NotThisStep(step=step)
        held = Upload.objects.filter(instance=instance).aggregate(n=Count("id"), size=Sum("size"))
        if held["n"] >= MOST_FILES or (held["size"] or 0) + len(content) > MOST_BYTES:
            raise NoRoomForFiles
        row = Upload.objects.create(
            organisation_id=instance.organisation_id,
            instance=instance,
            step=step,
            field=field,
            media_type=media_type,
            size=len(content),
            content=base64.b64encode(content).decode(),
            made_at=moment,
        )
        fact = RequestFileAdded(**about(instance), step=step, media_type=media_type, size=len(content))
        record(fact, actor=by, at=moment, subject_id=instance.pk)
    return {"id": str(row.pk), "type": media_type, "size": len(content)}


def _looked_at(question: Field, file: File[Any]) -> tuple[str, bytes]:
    """The media type and the contents as they may be kept."""
    kinds = [brought.KINDS[kind] for kind in brought.kinds(question)]
    media_type, fit = uploads.admit_one_of(file, kinds, question.megabytes * uploads.MEGABYTE)
    fit.seek(0)
    return media_type, fit.read()


def drop_unnamed(instance: Instance, form: Form, values: Mapping[str, Any]) -> None:
    """The files of a step that its answer does not name go."""
    questions = [one.id for one in form.fields if one.type in FILES]
    if not questions:
        return
    named = [one["id"] for name in questions for one in values.get(name) or ()]
    Upload.objects.filter(instance=instance, step=form.id).exclude(pk__in=named).delete()
