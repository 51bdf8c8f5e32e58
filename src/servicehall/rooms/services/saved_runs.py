"""Test runs that were kept with a flow, played again with another text of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words

from .language.findings import START, Finding, Unreadable, filled
from .language.program import program
from .models import Flow, SavedRun
from .rehearsing import Rehearsal, hindrances, read_script, rehearse


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a kept run goes with a text: as when it was saved, or not, and why."""

    run: SavedRun
    holds: bool
    words: Words = ""


def played(text: str, script: str) -> Rehearsal:
    """The run of a script through a definition.

    Raises:
        Unreadable: the definition cannot be played, or the script does not fit it.
    """
    found = program(text)
    if faults := hindrances(found):
        raise Unreadable(faults)
    return rehearse(found, read_script(script, found))


def outcomes(flow: Flow, text: str) -> list[Outcome]:
    """All kept runs of a flow, played with a text (one query)."""
    return [_outcome(run, text) for run in flow.runs.all()]


def _outcome(run: SavedRun, text: str) -> Outcome:
    try:
        found = played(text, run.script)
    except Unreadable as problem:
        return Outcome(run, holds=False, words=problem.findings[0].words)
    if found.stop.step == run.ends and found.has_ended:
        return Outcome(run, holds=True)
    words = _("It stops at “%(now)s” and not at “%(ends)s”.") if not found.has_ended else None
    words = words or _("It ends at “%(now)s” and not at “%(ends)s”.")
    return Outcome(run, holds=False, words=filled(words, now=found.stop.step, ends=run.ends))


def against_runs(organisation_id: UUID, text: str, slug: str) -> Iterator[Finding]:
    """Doubts about a text with which the flow's kept runs go otherwise; none while it cannot be played at all."""
    try:
        if hindrances(program(text)):
            return
    except Unreadable:
        return
    flow = (
        Flow.objects.filter(organisation_id=organisation_id, slug=slug).only("pk").first() if slug else None
    )
    for one in outcomes(flow, text) if flow else ():
        if not one.holds:
            words = filled(
                _("The test run “%(name)s” goes otherwise now. %(why)s"), name=one.run.name, why=one.words
            )
            yield Finding("run-differs", words, START, "doubt")
