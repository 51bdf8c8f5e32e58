"""Test runs kept with a flow, so that later drafts are played against them too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services.events import RunDropped, RunSaved
from servicehall.rooms.services.language.source import LONGEST
from servicehall.rooms.services.models import Flow, SavedRun
from servicehall.rooms.services.saved_runs import played

from .drafting import RIGHT

MOST = 50
"""Runs that one flow keeps: each is played whenever its draft is looked through."""


class RunHasNoEnd(Refused):
    """Only what comes to an end can be compared later."""

    kind = "flow-run-has-no-end"
    status = 422
    title = _("This test run does not come to an end")
    advice = _("Go on to the end, then save it.")


class TooManyRuns(Refused):
    """A flow has as many runs as it keeps."""

    kind = "flow-too-many-runs"
    title = _("This service has as many test runs as it can keep")
    advice = _("Remove one that is not needed any more.")


def save_run(*, flow_id: UUID, name: str, script: str, by: Actor, at: datetime | None = None) -> SavedRun:
    """Keeps a run of the draft under a name; one of that name is replaced.

    Raises:
        NotFound: there is no such flow where the actor may change one.
        BadInput: it has no name, or the script is too long.
        Unreadable: the script does not fit the draft.
        RunHasNoEnd, TooManyRuns: see there.
    """
    flow = _flow(flow_id, by)
    tidy, moment = " ".join(name.split()), at or clock.now()
    if not 1 <= len(tidy) <= 80:
        raise BadInput(errors={"name": _("A name of at most 80 characters, please.")})
    if len(script) > LONGEST:
        raise BadInput(errors={"script": f"≤ {LONGEST}"})
    found = played(flow.draft, script)
    if not found.has_ended:
        raise RunHasNoEnd
    with transaction(flow.organisation_id):
        others = flow.runs.exclude(name=tidy).count()
        if others >= MOST:
            raise TooManyRuns
        facts = {"script": script, "ends": found.stop.step, "saved_at": moment}
        run, _is_new = SavedRun.objects.update_or_create(flow=flow, name=tidy, defaults=facts)
        record(RunSaved(flow=flow.pk, run=run.pk), actor=by, at=moment, subject_id=flow.pk)
    return run


def drop_run(*, run_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """The run is not kept any more.

    Raises:
        NotFound: there is no such run where the actor may change one.
    """
    run = SavedRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NotFound
    flow, moment = _flow(run.flow_id, by), at or clock.now()
    with transaction(flow.organisation_id):
        if SavedRun.objects.filter(pk=run_id).delete()[0]:
            record(RunDropped(flow=flow.pk, run=run_id), actor=by, at=moment, subject_id=flow.pk)


def _flow(flow_id: UUID, by: Actor) -> Flow:
    found = Flow.objects.filter(pk=flow_id).first()
    if found is None:
        raise NotFound
    allow(by, RIGHT, found.organisation_id)
    return found
