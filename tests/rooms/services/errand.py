"""Somebody's way through one of the product's own flows, at the sample back office, today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from servicehall.kernel import clock, effects
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.payments.models import Intent
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.screen import screen
from tests.hall import Hall
from tests.rooms.connectors.sample import Sample, connect
from tests.rooms.payments.till import Till
from tests.rooms.services.way import GUEST

EVERYTHING = ("name", "phone", "email", "address", "id_number", "words")


def open_service(sample: Sample, hall: Hall, slug: str, text: str = "") -> None:
    """Publishes a sample at a hall whose organisation calls the back office."""
    organisation = hall.site.region.organisation_id
    connect(sample, hall)
    words = {"en": "Doing what you ask for", "zh-Hans": "办理您的业务"}
    customers.add_purpose(
        organisation_id=organisation,
        slug="service",
        titles=words,
        texts=words,
        uses=list(EVERYTHING),
        basis="service",
        by=SYSTEM,
    )
    actions.publish_text(organisation_id=organisation, text=text or queries.samples()[slug], by=SYSTEM)


class Errand:
    """A customer at a flow."""

    def __init__(self, hall: Hall, flow: str, channel: str = "phone") -> None:
        begun = actions.begin(site_id=hall.site.pk, flow=flow, channel=channel, by=GUEST, language="en")
        self.hall, self.id, self.code = hall, begun.instance.pk, begun.code

    @property
    def row(self) -> Instance:
        return queries.instance_by_code(self.code)

    @property
    def shown(self) -> dict[str, Any]:
        return screen(self.row)

    @property
    def step(self) -> str:
        return str(self.shown["step"])

    def answer(self, step: str, answer: Any) -> Errand:
        """Answers, and lets the worker do what follows."""
        actions.submit(instance_id=self.id, step=step, revision=self.row.revision, answer=answer, by=GUEST)
        return self.work()

    def work(self) -> Errand:
        while actions.work_due():
            pass
        return self

    def later(self, seconds: float) -> Errand:
        """The worker, so much later."""
        with clock.at(clock.now() + timedelta(seconds=seconds)):
            effects.ask_about_open()
            return self.work()

    def pay(self, till: Till) -> Errand:
        """Pays at the provider, and the hall finds out."""
        actions.pay(instance_id=self.id, provider="wechat", by=GUEST)
        intent = Intent.objects.get(pk=self.row.intent_id or "")
        till.provider.pay(till.order(intent))
        payments.ask(intent_id=intent.pk, by=SYSTEM)
        actions.paid(intent_id=intent.pk, at=clock.now())
        return self.work()
