"""What a site learns of its waits, and which of its lessons it uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max

from servicehall.kernel import clock, events
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.queueing import configuration, watching
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.events import WaitModelChosen, WaitsLearned
from servicehall.rooms.queueing.history import WaitModel
from servicehall.rooms.queueing.prediction.pools import Pools

from .refusals import ModelGone

if TYPE_CHECKING:
    from servicehall.rooms.queueing.prediction.learning import Lesson, Told
    from servicehall.rooms.queueing.prediction.model import Model

PAST = timedelta(days=60)
"""As far back a hall learns from; what was before was another hall."""
MOST_EVENTS = 400_000
"""As many events are learned from at most: about a minute of one processor."""
_PART = 2000
State = WaitModel.State


def learn_waits(*, site_id: UUID, at: datetime | None = None) -> WaitModel:
    """Train a model on the site's past and use it, when it is better than what customers are told now.

    It may take a minute and holds up nobody: the line is only entered to write what came out. A lesson that is not
    better is written down as such, without its trees.

    Raises:
        TooLittle: too few waits to learn from.
        ModelGone: somebody else has learned or chosen meanwhile.
        NotFound: there is no such site in use.
    """
    from servicehall.rooms.queueing.prediction import learning

    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    kinds = watching.kinds_of(setup)
    newest = _newest(site_id)
    row = WaitModel.objects.filter(site_id=site_id, state=State.IN_USE).first()
    before = _same_kinds(site_id, kinds)
    past = learning.cases(Pools(watching.layout_of(setup), kinds), _told(setup, moment))
    lesson = learning.learn(
        past, kinds=kinds, before=before, since=row.learned_to.timestamp() if row and before else None
    )
    with transaction(site_id):
        if _newest(site_id) != newest:
            raise ModelGone
        return _keep(setup, lesson, kinds, newest + 1, moment)


def _newest(site_id: UUID) -> int:
    found = WaitModel.objects.filter(site_id=site_id).aggregate(newest=Max("version"))["newest"]
    return int(found or 0)


def _same_kinds(site_id: UUID, kinds: list[str]) -> Model | None:
    """The model in use, when it can be asked about the same waits."""
    from servicehall.rooms.queueing.prediction.model import Unreadable

    used = watching.in_use(site_id)
    try:
        model = watching.model_of(used) if used else None
    except Unreadable:
        return None
    return model if model and list(model.kinds) == kinds else None


def _told(setup: Configuration, at: datetime) -> Iterator[Told]:
    from servicehall.rooms.queueing.prediction.learning import Told

    seq = max(events.last_before(setup.site, at - PAST), events.last_seq(setup.site) - MOST_EVENTS)
    while found := events.after(setup.site, seq, _PART):
        for event in found:
            if event.at <= at:
                yield Told(*watching.told_of(event))
        seq = found[-1].seq


def _keep(setup: Configuration, lesson: Lesson, kinds: list[str], version: int, at: datetime) -> WaitModel:
    better = lesson.is_better
    if better:
        WaitModel.objects.filter(site_id=setup.site, state__in=[State.IN_USE, State.DRIFTED]).update(
            state=State.RETIRED
        )
    row = WaitModel.objects.create(
        site_id=setup.site,
        version=version,
        state=State.IN_USE if better else State.NOT_BETTER,
        trained_at=at,
        trained_on=lesson.trained_on,
        learned_to=datetime.fromtimestamp(lesson.learned_to, UTC),
        kinds=kinds,
        text=lesson.text if better else "",
        judged=lesson.judged,
        rmse=lesson.score.rmse,
        mae=lesson.score.mae,
        bias=lesson.score.bias,
        coverage=lesson.coverage,
        before_rmse=lesson.before.rmse if lesson.before else None,
        formula_rmse=lesson.formula.rmse,
        below=lesson.below,
        above=lesson.above,
        used_from=at if better else None,
    )
    record(WaitsLearned(version, lesson.trained_on, better), actor=SYSTEM, at=at)
    return row


def use_wait_model(*, site_id: UUID, version: int, by: Actor, at: datetime | None = None) -> WaitModel:
    """Go back to an earlier model of the site; its ranges are judged anew from now on.

    Raises:
        ModelGone: it is in use already, was never used, or the program no longer reads it.
        NotFound: the site has no such model.
        NotAllowed: the actor does not set up the site.
    """
    from servicehall.rooms.queueing.prediction.model import Model, Unreadable

    allow(by, "setup.change", site_id)
    moment = at or clock.now()
    chosen = WaitModel.objects.filter(site_id=site_id, version=version).first()
    if chosen is None:
        raise NotFound
    if not chosen.text:
        raise ModelGone
    try:
        Model.from_text(chosen.text)
    except Unreadable:
        raise ModelGone from None
    with transaction(site_id):
        before = WaitModel.objects.filter(site_id=site_id, state=State.IN_USE).first()
        if before and before.version == version:
            raise ModelGone
        WaitModel.objects.filter(site_id=site_id, state=State.IN_USE).update(state=State.RETIRED)
        WaitModel.objects.filter(pk=chosen.pk).update(
            state=State.IN_USE, used_from=moment, ended=0, inside=watching.SHARE
        )
        hall.touch(site_id)  # who remembers that there is no model looks again at once
        fact = WaitModelChosen(version, before.version if before else None)
        record(fact, actor=by, at=moment, subject_id=chosen.pk)
    chosen.refresh_from_db()
    return chosen
