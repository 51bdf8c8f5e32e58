"""A hall that sends events to a receiver on this machine, which checks every signature."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.processes.webhook_receiver import Behaviour, Desk, ReceiverServer
from servicehall.rooms.webhooks import actions
from servicehall.rooms.webhooks.models import Delivery, Endpoint
from tests.hall import catch_up


class Receiver:
    """The receiver, running in a thread."""

    def __init__(self) -> None:
        self.desk = Desk([])
        self.server = ReceiverServer("127.0.0.1", 0, self.desk)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hall"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def anew(self) -> None:
        """As if it had just been started."""
        self.desk = self.server.desk = Desk([])

    def behave(self, **how: Any) -> None:
        self.desk.behaviour = Behaviour(**how)

    def bodies(self) -> list[dict[str, Any]]:
        """What was taken, each message once."""
        return [orjson.loads(one.body) for one in self.desk.taken]

    def statuses(self) -> list[int]:
        return [one.status for one in self.desk.received]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Line:
    """An address of a hall that leads to the receiver."""

    receiver: Receiver
    endpoint: Endpoint
    secret: str

    def send(self) -> None:
        """What the worker does in a moment."""
        catch_up()
        actions.deliver_now(self.endpoint.pk)

    def send_later(self, by: timedelta = timedelta(days=2)) -> None:
        """The same after a pause: everything that waits is due."""
        past = clock.now() - by
        Delivery.objects.filter(state="waiting").update(due_at=past)
        Endpoint.objects.update(rests_until=None)
        self.send()

    def row(self) -> Delivery:
        """The only delivery."""
        return Delivery.objects.get()

    def now(self) -> Endpoint:
        return Endpoint.objects.get(pk=self.endpoint.pk)


def connect(receiver: Receiver, site: Any, *kinds: str, wide: bool = False, by: Any = SYSTEM) -> Line:
    """Send events of the site (``wide``: of its organisation) to the receiver."""
    organisation: UUID = site.region.organisation_id
    made, secret = actions.add_endpoint(
        organisation_id=organisation, site_id=None if wide else site.pk, name="Warehouse",
        url=receiver.url, kinds=kinds or ("ticket.issued",), by=by,
    )  # fmt: skip
    receiver.desk.secrets = [secret]
    return Line(receiver, made, secret)
