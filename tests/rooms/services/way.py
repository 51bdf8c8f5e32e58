"""Somebody's way through a flow, as tests go it."""

from __future__ import annotations

from typing import Any

from servicehall.kernel import events
from servicehall.kernel.rights import SYSTEM, Actor, customer
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.models import Flow, Instance
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall
from tests.rooms.services.shop import set_up
from tests.rooms.services.test_path import TEXT as WITH_PURPOSE

TEXT = WITH_PURPOSE.replace("purposes: [serve]\n", "")
GUEST = customer("phone")


def published(hall: Hall, text: str = TEXT, slug: str = "trial") -> Flow:
    organisation = hall.site.region.organisation_id
    set_up(organisation)
    flow = actions.create_flow(organisation_id=organisation, slug=slug, text=text, by=SYSTEM, at=MORNING)
    actions.publish(flow_id=flow.pk, by=SYSTEM, at=MORNING)
    return flow


class Way:
    """Somebody's way through a flow."""

    def __init__(self, hall: Hall, flow: str = "trial", by: Actor = GUEST, **more: Any) -> None:
        begun = actions.begin(
            site_id=hall.site.pk, flow=flow, channel="phone", by=by, language="en", at=MORNING, **more
        )
        self.id, self.code, self.by, self.now = begun.instance.pk, begun.code, by, MORNING

    @property
    def row(self) -> Instance:
        return queries.instance_by_code(self.code)

    @property
    def step(self) -> str:
        return str(screen(self.row)["step"])

    def answer(self, step: str, answer: Any, revision: int | None = None) -> Way:
        at = self.row.revision if revision is None else revision
        actions.submit(instance_id=self.id, step=step, revision=at, answer=answer, by=self.by, at=MORNING)
        return self

    def work(self) -> Way:
        """The worker asks until there is nothing more to ask at that moment."""
        while actions.work_due(at=self.now):
            pass
        return self

    def kinds(self) -> list[str]:
        return [one.kind for one in events.about(self.id)]


def ordered(hall: Hall, pieces: int = 2) -> Way:
    way = Way(hall)
    return way.answer("kind", "buy").answer("order", {"pieces": str(pieces)}).work()
