"""What a provider keeps and decides, whichever interface asks: orders, refunds, its keys, its bad days.

Modes, chosen on its page or by a program:

    declined     orders and refunds are refused
    slow         answers come late
    lost         what is asked for is done, and the answer never comes
    silent       what is paid is told to nobody
    duplicate    what is paid is told three times
    forged       what is paid is told by somebody who has not the platform's key
    old          what is paid is told with the moment of ten minutes ago
    other-amount what is paid is told with another amount
"""

from __future__ import annotations

import itertools
import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

MODES = ("", "declined", "slow", "lost", "silent", "duplicate", "forged", "old", "other-amount")
APP_ID = {"wechat": "wx5im00000000000", "alipay": "2021000000000001"}
MERCHANT = {"wechat": "1900000001", "alipay": "2088000000000001"}
SERIAL = "51A0000000000000000000000000000000000001"
PLATFORM_ID = "PUB_KEY_ID_0119000000010000000000000000000001"
SEALED = "SimulatedKeyOf32Characters000000"


@dataclass(frozen=True, slots=True)
class Keys:
    """One interface's keys: the platform's own, a stranger's, and the merchant's public one."""

    platform: RSAPrivateKey = field(repr=False)
    stranger: RSAPrivateKey = field(repr=False)
    merchant: RSAPublicKey = field(repr=False)


@dataclass(slots=True)
class Refund:
    """Money that was given back."""

    number: str
    id: str
    amount: int
    at: datetime
    done_at: datetime


@dataclass(slots=True)
class Order:
    """An order that a merchant had made."""

    interface: str
    number: str
    amount: int
    description: str
    notify_url: str
    code: str
    at: datetime
    expires_at: datetime
    asked: str = ""
    state: str = "waiting"
    transaction_id: str = ""
    paid_at: datetime | None = None
    refunds: dict[str, Refund] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        return sum(one.amount for one in self.refunds.values())


@dataclass
class Service:
    """The provider behind both interfaces."""

    keys: dict[str, Keys]
    mode: str = ""
    silence: float = 30.0
    delay: float = 3.0
    travel: float = 2.0
    orders: dict[tuple[str, str], Order] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def next_number(self, head: str) -> str:
        """A number of theirs."""
        with self.lock:
            return f"{head}{datetime.now(UTC):%Y%m%d%H%M%S}{next(self._numbers):06d}"

    def pay(self, order: Order) -> bool:
        """The payer pays; false when it cannot be paid any more."""
        with self.lock:
            now = datetime.now(UTC)
            # A code of Alipay's that nobody scanned outlives the order's closing: real money comes late that way.
            may = order.state == "waiting" or (order.state == "closed" and order.interface == "alipay")
            if not may or now >= order.expires_at:
                return False
            order.state, order.paid_at = "paid", now
            order.transaction_id = self.next_number("42" if order.interface == "wechat" else "20")
            return True

    def give_back(self, order: Order, number: str, amount: int) -> Refund | None:
        """Give money back, once by the merchant's number; none when it is more than is left."""
        with self.lock:
            if (known := order.refunds.get(number)) is not None:
                return known if known.amount == amount else None
            if order.state != "paid" or order.refunded + amount > order.amount:
                return None
            now = datetime.now(UTC)
            made = Refund(number, self.next_number("50"), amount, now, now + timedelta(seconds=self.travel))
            order.refunds[number] = made
            return made


def make_keys(folder: Path) -> dict[str, Keys]:
    """The keys of both interfaces; new ones where there are none. The merchant's parts lie as a hall reads them."""
    return {name: _keys(folder, name) for name in ("wechat", "alipay")}


def _keys(folder: Path, name: str) -> Keys:
    ours, theirs = folder / f"simulated-{name}", folder / "simulator"
    platform = _private(theirs / f"{name}-platform.pem")
    merchant = _private(ours / "merchant.pem")
    public = platform.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _put(ours / "platform.pem", public)
    if name == "wechat":
        _put(ours / "apiv3.txt", f"{SEALED}\n".encode())
    return Keys(platform, _private(theirs / f"{name}-stranger.pem"), merchant.public_key())


def _private(place: Path) -> RSAPrivateKey:
    if place.exists():
        found = _read(place.read_bytes())
        if not isinstance(found, RSAPrivateKey):
            raise ValueError(f"{place} does not hold an RSA key")
        return found
    made = generate_private_key(65537, 2048)
    _put(place, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


@lru_cache(maxsize=16)
def _read(pem: bytes) -> object:
    """The key; to examine one takes thirty milliseconds, and a test run does so thousands of times."""
    return load_pem_private_key(pem, None)


def _put(place: Path, data: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
