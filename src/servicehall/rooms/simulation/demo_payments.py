"""The demo's ways of paying: cash, and the simulated providers where their keys lie; with a few payments in cash."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from servicehall.kernel.ids import uuid7
from servicehall.kernel.money import Money
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.payments import actions as payments

SIMULATED: dict[str, dict[str, str]] = {
    "wechat": {
        "app_id": "wx5im00000000000",
        "merchant": "1900000001",
        "serial": "51A0000000000000000000000000000000000001",
        "platform_serial": "PUB_KEY_ID_0119000000010000000000000000000001",
    },
    "alipay": {"app_id": "2021000000000001", "merchant": "2088000000000001"},
}
"""As `servicehall payment-simulator` prints them."""
PAID = ((50, "停车费 Parking", 1200), (31, "补卡 Card replacement", 2000), (8, "包装 Gift wrapping", 880))


def add_payments(*, organisation: UUID, site_id: UUID, at: datetime, history: bool) -> None:
    """Accounts of the organisation, and payments of the last hour."""
    payments.add_account(organisation_id=organisation, provider="cash", by=SYSTEM)
    for provider, given in SIMULATED.items():
        folder = f"simulated-{provider}"
        if (Path(settings.PAYMENT_KEYS) / folder / "merchant.pem").exists():
            payments.add_account(
                organisation_id=organisation, provider=provider, keys=folder, by=SYSTEM, **given
            )
    for minutes, words, amount in PAID if history else ():
        moment = at - timedelta(minutes=minutes)
        made = payments.open_intent(
            site_id=site_id, reference_kind="demo", reference_id=uuid7(), revision=1,
            money=Money(amount, "CNY"), description=words, provider="cash", by=SYSTEM, at=moment,
        )  # fmt: skip
        payments.offer(intent_id=made.pk, by=SYSTEM, at=moment)
        payments.take_cash(intent_id=made.pk, by=SYSTEM, at=moment + timedelta(seconds=40))
