"""An experiment: somebody gets each of its variants, and nothing speaks of one that it has not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.services.language.findings import Finding, Place, filled
from servicehall.rooms.services.language.program import Program

_COMPARED = re.compile(r"given\.variant\s*[!=]=\s*(?:\"([^\"]*)\"|'([^']*)')")


def check(program: Program) -> Iterator[Finding]:
    """What is wrong with a flow's experiment, and with what its steps say of variants."""
    found = program.flow.experiment
    if found is not None and not any(found.shares.values()):
        words = filled(_("Nobody would get a variant of “%(name)s”: every share is 0."), name=found.name)
        yield Finding("no-shares", words, found.place)
    for name, place in _spoken_of(program):
        if found is None:
            words = filled(_("“%(name)s” is a variant of no experiment: this service has none."), name=name)
            yield Finding("no-experiment", words, place)
        elif name not in found.shares:
            words = filled(
                _("The experiment has no variant called “%(name)s”. It has: %(known)s."),
                name=name,
                known=tuple(found.shares),
            )
            yield Finding("unknown-variant", words, place)


def _spoken_of(program: Program) -> Iterator[tuple[str, Place]]:
    """The variants that steps have texts for, and those that expressions compare with."""
    for step in program.flow.steps:
        yield from ((name, step.place) for name in step.variants)
        for code, _part in program.codes(step):
            for double, single in _COMPARED.findall(code.source):
                yield double or single, code.place
    for code in program.flow.values.values():
        for double, single in _COMPARED.findall(code.source):
            yield double or single, code.place
