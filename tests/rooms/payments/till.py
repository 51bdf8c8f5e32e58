"""A hall that takes money: accounts with the simulated providers, intents on their way, notifications to send."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from servicehall.kernel import step_up
from servicehall.kernel.money import Money
from servicehall.kernel.rights import SYSTEM
from servicehall.processes.payment_simulator import alipay, service, wechat
from servicehall.processes.payment_simulator.server import Simulator
from servicehall.processes.payment_simulator.service import Order, Service
from servicehall.rooms.hall import queries as places
from servicehall.rooms.payments import actions
from servicehall.rooms.payments.models import Account, Intent, Refund
from tests.hall import CUSTOMER, Hall

SPOKEN = {"wechat": wechat, "alipay": alipay}
ALIPAY_URL = "/gateway.do"


@contextmanager
def simulated(folder: Path, settings: Any) -> Iterator[Service]:
    """A provider on a free port, which the hall's settings name; it tells nobody by itself."""
    server = Simulator(
        "127.0.0.1", 0, Service(service.make_keys(folder), mode="silent", silence=1.6, travel=0)
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    settings.WECHAT_PAY_URL, settings.ALIPAY_URL = base, f"{base}{ALIPAY_URL}"
    settings.PAYMENT_KEYS, settings.PAYMENT_PATIENCE = folder, 0.8
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    try:
        yield server.service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Till:
    """A hall with its ways of paying."""

    hall: Hall
    provider: Service
    accounts: dict[str, Account]

    def open(self, provider: str = "wechat", amount: int = 1200, **given: Any) -> Intent:
        """Something to be paid by a customer."""
        given = {
            "reference_kind": "test", "reference_id": uuid4(), "revision": 1, "by": CUSTOMER,
            "description": "Parking 停车", "currency": "CNY", **given,
        }  # fmt: skip
        money = Money(amount, given.pop("currency"))
        return actions.open_intent(site_id=self.hall.id, money=money, provider=provider, **given)

    def offered(self, provider: str = "wechat", amount: int = 1200, **given: Any) -> Intent:
        """One whose QR code is shown."""
        return actions.offer(intent_id=self.open(provider, amount, **given).pk, by=CUSTOMER)

    def paid(self, provider: str = "wechat", amount: int = 1200) -> Intent:
        """One that was paid, which the hall found out by asking."""
        intent = self.offered(provider, amount)
        assert self.provider.pay(self.order(intent))
        return actions.ask(intent_id=intent.pk, by=SYSTEM)

    def order(self, intent: Intent) -> Order:
        """The provider's side of it."""
        return self.provider.orders[intent.provider, intent.number]

    def told(self, intent: Intent, mode: str = "") -> int:
        """Have the provider tell of it in a mode; returns the status of the hall's answer."""
        self.provider.mode = mode
        try:
            body, headers = SPOKEN[intent.provider].notification(self.provider, self.order(intent))
        finally:
            self.provider.mode = "silent"
        return self.post(intent, body, headers)

    def post(self, intent: Intent, body: bytes, headers: dict[str, str]) -> int:
        """Send a notification."""
        sent = dict(headers)
        kind = sent.pop("Content-Type")
        path = f"/payments/notify/{intent.provider}/{intent.account_id}"
        return Client().post(path, data=body, content_type=kind, headers=sent).status_code

    def refund(
        self, intent: Intent, amount: int, who: str = "manager", key: str = "", reason: str = "customer"
    ) -> Refund:
        """Money given back by staff, confirmed for exactly this."""
        with confirmed_for(intent, amount):
            return actions.refund(
                intent_id=intent.pk, amount=amount, reason=reason, key=key or uuid4().hex,
                by=self.hall.actors[who],
            )  # fmt: skip


@contextmanager
def confirmed_for(intent: Intent, amount: int) -> Iterator[None]:
    """A confirmation of giving back this amount of this payment."""
    operation = step_up.Operation("payment.refund", str(intent.pk), amount, intent.currency)
    spent: list[int] = []

    def use() -> bool:
        spent.append(1)
        return len(spent) == 1

    nonce = b"n" * 16
    with step_up.confirmed(step_up.Confirmation(nonce, operation.challenge(nonce), use)):
        yield


def make_till(hall: Hall, provider: Service) -> Till:
    """Accounts of the hall's organisation with the provider, and its drawer."""
    organisation: UUID = places.places_above([hall.id])[hall.id][1]
    accounts = {}
    for name in ("wechat", "alipay", "cash"):
        is_wechat = name == "wechat"
        row = actions.add_account(
            organisation_id=organisation, provider=name, by=SYSTEM, app_id=service.APP_ID.get(name, ""),
            merchant=service.MERCHANT.get(name, ""), serial=service.SERIAL if is_wechat else "",
            platform_serial=service.PLATFORM_ID if is_wechat else "",
            keys=f"simulated-{name}" if name != "cash" else "",
        )  # fmt: skip
        accounts[name] = row
    return Till(hall, provider, accounts)
