"""The files that a form's answers name, as they really are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .instances import program_of
from .language.definition import Form
from .language.kinds import FILES
from .models import Instance, Upload


def resolved(instance: Instance, form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """A form's answers with the files that are really there: whoever answers names them by their ids only."""
    questions = {one.id for one in form.fields if one.type in FILES}
    if not questions & given.keys():
        return dict(given)
    rows = Upload.objects.filter(instance=instance, step=form.id).order_by("made_at", "pk")
    there = {
        (row["field"], str(row["id"])): {"id": str(row["id"]), "type": row["media_type"], "size": row["size"]}
        for row in rows.values("id", "field", "media_type", "size")
    }
    found = dict(given)
    for name in questions & given.keys():
        sent = given[name] if isinstance(given[name], list) else []
        ids = dict.fromkeys(str(one.get("id", "") if isinstance(one, dict) else one) for one in sent)
        # One that is not there stays as what it is, so that the question says that it is gone.
        found[name] = [there.get((name, one), {}) for one in ids if one]
    return found


def with_files(instance: Instance, step: str, given: Any) -> Any:
    """An answer that was sent, with what is known of its files, for its form to be shown again."""
    form = program_of(instance).flow.step(step)
    return resolved(instance, form, given) if isinstance(form, Form) and isinstance(given, dict) else given
