"""What can be booked in the demo's halls, and some bookings of the next days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.queueing import queries as queueing

from .demo_content import t

DAYS = tuple((weekday, time(9), time(18)) for weekday in range(7))
NAMES = ("赵敏", "钱伟", "孙丽", "李强", "周婷", "吴刚", "郑洁", "Anna Smith", "冯磊", "陈晨")


@dataclass(frozen=True, slots=True)
class DemoResource:
    """A resource with its kind and places."""

    slug: str
    kind: str
    names: Text
    places: int = 1


@dataclass(frozen=True, slots=True)
class DemoOffer:
    """An offer, the service of the queue that it leads to, and the resources of its needs."""

    slug: str
    names: Text
    hint: Text
    icon: str
    needs: tuple[tuple[str, ...], ...]
    service: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


RESOURCES: dict[str, tuple[DemoResource, ...]] = {
    "mall": (
        DemoResource("inspector", "counter", t("Inspection desk", "验货台")),
        DemoResource("room-1", "room", t("Private room 1", "接待室 1")),
        DemoResource("room-2", "room", t("Private room 2", "接待室 2")),
        DemoResource("charger", "parking", t("Bays with a charger", "充电车位"), 4),
        DemoResource("workshop", "room", t("Workshop", "手工教室"), 12),
    ),
    "bank": (
        DemoResource("adviser-1", "person", t("Adviser Ms. Lin", "林顾问")),
        DemoResource("adviser-2", "person", t("Adviser Mr. Zhao", "赵顾问")),
        DemoResource("desk-accounts", "counter", t("Accounts desk", "开户专窗")),
        DemoResource("vault", "goods", t("Cash to collect", "大额现金备付"), 2),
    ),
}
OFFERS: dict[str, tuple[DemoOffer, ...]] = {
    "mall": (
        DemoOffer(
            "returns",
            t("Return or repair", "退换与维修预约"),
            t("Bring the goods and the receipt", "请携带商品与购物小票"),
            "package-open",
            (("inspector",),),
            "returns",
            {"minutes": 20, "step": 20},
        ),
        DemoOffer(
            "talk",
            t("Talk in private", "专人接待"),
            t("Complaints and suggestions, half an hour", "投诉与建议，半小时"),
            "message-square-warning",
            (("room-1", "room-2"),),
            "complaints",
            {"minutes": 30, "merge": "front"},
        ),
        DemoOffer(
            "charging",
            t("Bay with a charger", "充电车位"),
            t("On level B1, beside the lift", "地下一层电梯旁"),
            "plug-zap",
            (("charger",),),
            fields={"minutes": 60, "lead": 15, "cutoff": 15},
        ),
        DemoOffer(
            "workshop",
            t("Gift wrapping workshop", "礼品包装手工课"),
            t("For children from six on, with an adult", "适合六岁以上儿童，需成人陪同"),
            "gift",
            (("workshop",),),
            fields={
                "minutes": 90,
                "step": 120,
                "after": 30,
                "group_most": 4,
                "group_takes_places": True,
                "lead": 240,
            },
        ),
    ),
    "bank": (
        DemoOffer(
            "accounts",
            t("Open an account", "开户预约"),
            t("Bring your ID; documents are checked first", "请携带身份证，先预审资料"),
            "file-pen-line",
            (("desk-accounts",),),
            "accounts",
            {"minutes": 30},
        ),
        DemoOffer(
            "loans",
            t("Loan or mortgage advice", "贷款与按揭咨询"),
            t("An hour with an adviser; alone or as a couple", "顾问一对一，可两人同来"),
            "house",
            (("adviser-1", "adviser-2"),),
            "loans",
            {"minutes": 60, "after": 15, "group_most": 2, "merge": "lead", "needs_email": True},
        ),
        DemoOffer(
            "cash",
            t("Collect a large sum", "大额取款预约"),
            t("One day before; bring your ID", "请提前一天预约并携带身份证"),
            "banknote",
            (("vault",),),
            "cash",
            {"minutes": 15, "step": 15, "lead": 24 * 60},
        ),
    ),
}


def add_bookings(*, slug: str, site_id: UUID, at: datetime, history: bool = True) -> None:
    """The hall's resources and offers, and (with ``history``) some bookings of the next three days."""
    found = {
        one.slug: booking.add_resource(
            site_id=site_id,
            slug=one.slug,
            names=one.names,
            kind=one.kind,
            places=one.places,
            hours=DAYS,
            by=SYSTEM,
        )
        for one in RESOURCES.get(slug, ())
    }
    services = {one["slug"]: UUID(one["id"]) for one in queueing.hall(site_id)["services"]}
    for position, one in enumerate(OFFERS.get(slug, ()), 1):
        booking.add_offer(
            site_id=site_id,
            slug=one.slug,
            names=one.names,
            hint=one.hint,
            icon=one.icon,
            needs=[[found[name] for name in need] for need in one.needs],
            service_id=services[one.service] if one.service else None,
            position=position * 10,
            by=SYSTEM,
            **one.fields,
        )
    if history:
        _book(slug, site_id, at)


def _book(slug: str, site_id: UUID, at: datetime) -> None:
    names = iter(enumerate(NAMES))
    for offer in OFFERS.get(slug, ()):
        today = clock.local(at, "Asia/Shanghai").date()
        days = queries.free_times(
            site_id=site_id, offer=offer.slug, first=today, last=today + timedelta(days=2), at=at
        )
        for day in days:
            if not day.starts or (found := next(names, None)) is None:
                continue
            n, name = found
            held = booking.hold_time(
                site_id=site_id,
                offer=offer.slug,
                starts_at=day.starts[len(day.starts) * (n % 4) // 4],
                by=customer("phone"),
                at=at,
            )
            who = booking.Details(name, phone=f"138001380{10 + n}", email="guest@example.com")
            booking.book(code=held.code, details=who, by=customer("phone"), at=at)
