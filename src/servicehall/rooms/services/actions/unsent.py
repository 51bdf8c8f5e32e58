"""What was typed and not sent yet goes along when a request changes hands: as a draft, that only its customer answers with."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from servicehall.kernel.protection import keys
from servicehall.rooms.services import answering
from servicehall.rooms.services.instances import answers_of, keep_answers, path_of, program_of
from servicehall.rooms.services.language.definition import Form
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, FlowFault
from servicehall.rooms.services.sent_files import resolved


@dataclass(frozen=True, slots=True)
class Unsent:
    """What stands in the form of a step, by question, as a sent form would say it."""

    step: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)


def keep_unsent(instance: Instance, unsent: Unsent | None) -> None:
    """Puts into the row what fits of it, in the open transaction; saves only when there is something.

    Only for the form that waits: an answer that was given already is not changed without a word. What does not fit yet is
    left out, and so is what nobody may see.
    """
    if unsent is None or not unsent.answer or instance.state != Instance.State.OPEN:
        return
    with suppress(FlowFault):
        answers = answers_of(instance)
        path = path_of(instance, answers)
        form = path.step
        if not isinstance(form, Form) or form.id != unsent.step:
            return
        known = {one.id: one for one in form.fields if not one.secret}
        sent = {name: value for name, value in unsent.answer.items() if name in known and value}
        checked = answering.check(program_of(instance), form, resolved(instance, form, sent), path.values)
        fits = {name: value for name, value in checked.values.items() if name in sent}
        if not fits:
            return
        keys.hold(instance.pk)
        answers[form.id] = Answer(fits, is_draft=True)
        keep_answers(instance, answers)
        instance.save(update_fields=["answers"])
