"""Every page and endpoint there is, with addresses that lead to something, and what each kind of reader gets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern

from servicehall.kernel import clock
from servicehall.kernel.money import Money
from servicehall.kernel.office import office
from servicehall.kernel.rights import STAFF_ROLES, SYSTEM, TOKEN_ROLES, customer
from servicehall.processes.sample_backoffice.office import DOCUMENT
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries as bookings
from servicehall.rooms.connectors import actions as connectors
from servicehall.rooms.diversion import actions as load
from servicehall.rooms.diversion import queries as loads
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.people import actions as people
from servicehall.rooms.people.models import RoleGrant
from servicehall.rooms.services import actions as flows
from servicehall.rooms.services import queries as flow_queries
from servicehall.rooms.simulation.actions import planning
from servicehall.rooms.webhooks import actions as webhooks
from servicehall.rooms.webhooks.models import Delivery
from tests.hall import Hall, catch_up, make_hall
from tests.rooms.booking.desk import make_desk
from tests.rooms.simulation.plans import document as a_day

READERS = ("nobody", *STAFF_ROLES, "stranger")
CALLERS = ("nobody", *TOKEN_ROLES, "stranger")
QUERIES = dict.fromkeys(("/api/v1/evidence/inclusion", "/api/v1/evidence/receipt"), "?site=mall&seq=1")
ADDED = re.compile(r"<(?:\w+:)?(\w+)>")
# What an act of the API cannot do without; a name of a thing stands for the thing.
BODIES: dict[str, dict[str, Any]] = {
    "tickets": {"service": "consult"},
    "call": {"counter": "2"},
    "merge": {"into": "ticket_id"},
    "move": {"places": 0},
    "reclass": {"priority": "vip"},
    "transfer": {"service": "refund"},
    "calendar": {"offer": "advice", "starts_at": "2026-01-01T10:00:00+08:00", "name": "A"},
    "postpone": {"places": 3},
    "rate": {"score": 5},
    "appointments": {"offer": "advice", "starts_at": "2026-03-04T10:00:00+08:00"},
    "book": {"name": "A"},
    "reschedule": {"starts_at": "2026-03-04T10:00:00+08:00"},
    "late": {"minutes": 5},
    "requests": {"flow": "talk", "channel": "phone"},
    "answer": {"step": "hello", "revision": 0},
    "printed": {"step": "hello"},
    "files": {"step": "hello", "question": "photo", "name": "a.png", "content": "AAAA"},
    "pay": {"provider": "wechat"},
}
# What leads out of the walk: the relay of live streams, and files.
APART = ("live/", "i18n/")


@dataclass
class World:
    """Two halls that have nothing to do with one another; a ticket, a token and a rating in the first."""

    mall: Hall
    bank: Hall
    things: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def _booked(hall: Hall) -> dict[str, str]:
    """People who can be booked, a time that a customer has, and one that staff gave."""
    desk = make_desk(hall)
    free = bookings.next_times(hall.id, desk.offer.pk)
    mine = desk.book(free[-1], at=clock.now())
    row = booking.book_for(
        site_id=hall.id, offer="advice", starts_at=free[-2], details=booking.Details("A"), by=SYSTEM
    )
    return {
        "booking_code": str(mine.code),
        "resource_id": str(desk.resources["ada"].pk),
        "offer_id": str(desk.offer.pk),
        "appointment": str(row.pk),
    }


def make_world() -> World:
    world = World(make_hall("mall"), make_hall("bank"))
    waiting, other = world.mall.issue(), world.mall.issue("refund")
    world.mall.open("1", "agent")
    for reader in READERS:
        client = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
        if reader == "stranger":
            client.force_login(world.bank.people["admin"])
        elif reader != "nobody":
            client.force_login(world.mall.people[reader])
        world.clients[reader] = client
    for role in TOKEN_ROLES:
        world.tokens[role] = people.create_token(role=role, site_id=world.mall.id, name=role, by=SYSTEM)[1]
    _made, world.tokens["stranger"] = people.create_token(
        role="integration", site_id=world.bank.id, name="bank", by=SYSTEM
    )
    world.things = {
        "site": "mall",
        "slug": "mall",
        "zone": "main",
        "device": "mall-door",
        "service": "consult",
        "counter_id": str(world.mall.counters["2"].pk),
        "counter": "mall:2",
        "ticket": str(waiting.pk),
        "ticket_id": str(other.pk),
        "code": waiting.code,
        "flow": "talk",
        "offer": "advice",
        "request_code": (code := _request_of(world.mall)),
        "request_id": str((asked := flow_queries.instance_by_code(code)).pk),
        "task_id": str(_task_of(asked)),
        "own_id": str(uuid4()),
        "flow_id": str(flow_queries.flows_of(world.mall.site.region.organisation_id, actor=SYSTEM)[0].pk),
        "move_code": _move_of(world.mall),
        "file_id": str(uuid4()),
        "staff_id": str(world.mall.people["agent"].pk),
        "what": "issue",
        "day": "2026-11-27",
        **_booked(world.mall),
        "act": "call-next",
        "scope": "mall",
        "factor_id": "1",
        "session_id": "1",
        "identity_id": "1",
        "provider_id": "corp",
        "url": "nowhere",
        "content_type_id": "1",
        "call": "1-A001-1",
        "language": "en",
        "medium_id": str(uuid4()),
        "frame": "plain",
        "customer_id": str(uuid4()),
        "key": "1",
        "purpose": "1",
        "level": "0",
        "version": "1",
        "path": "000",
        "consent_id": str(uuid4()),
        "step": "desk-new",
        "alert_id": str(uuid4()),
        "endpoint_id": (webhook := str(_webhook_of(world.mall))),
        "webhook": webhook,
        "intent_id": str((payment := _payment_of(world.mall)).pk),
        "account_id": str(payment.account_id),
        "provider": payment.provider,
        "delivery": _delivery_of(webhook),
        "rule_id": _rule_of(world.mall),
        "episode_id": _episode_of(world.mall),
        "plan_id": _plan_of(world.mall),
        "connector_id": _connector_of(world.mall),
        "day_plan_id": _day_plan_of(world.mall),
        "passkey_id": str(uuid4()),
        "message_id": str(uuid4()),
        "token": "guessed",
        "secret": "guessed",
        "name": "000",
        "size": "1",
        "channel": "phone",
    }
    return world


FLOW = """flow: talk
name: {en: Talk, zh-Hans: 咨询}
category: help
channels: [phone]
steps:
  - inform: hello
    title: {en: Hello, zh-Hans: 您好}
  - end: done
    title: {en: Done, zh-Hans: 好了}
"""


def _request_of(hall: Hall) -> str:
    """The code of somebody half-way through a flow."""
    flows.publish_text(organisation_id=hall.site.region.organisation_id, text=FLOW, by=SYSTEM)
    begun = flows.begin(site_id=hall.id, flow="talk", channel="phone", by=customer("phone"))
    return begun.code


def _task_of(request: flow_queries.Instance) -> UUID:
    """Something that a person has to do about a request."""
    made = flow_queries.Task.objects.create(
        site_id=request.site_id, instance=request, kind="case", step="hello", number="1",
        made_at=request.begun_at,
    )  # fmt: skip
    return made.pk


def _move_of(hall: Hall) -> str:
    """The code with which somebody's phone takes what was begun at a kiosk."""
    begun = flows.begin(site_id=hall.id, flow="talk", channel="phone", by=customer("kiosk"))
    return flows.offer_move(instance_id=begun.instance.pk, way="away", by=customer("kiosk")).code


def _webhook_of(hall: Hall) -> UUID:
    made, _secret = webhooks.add_endpoint(
        organisation_id=hall.site.region.organisation_id, site_id=hall.id, name="Warehouse",
        url="https://example.com/hook", kinds=["ticket.*"], by=SYSTEM,
    )  # fmt: skip
    found: UUID = made.pk
    return found


def _day_plan_of(hall: Hall) -> str:
    """A plan of a day."""
    made = planning.add_plan(site_id=hall.id, name="Usual", document=a_day(), by=SYSTEM)
    return str(made.pk)


def _connector_of(hall: Hall) -> str:
    made = connectors.add_connector(
        organisation_id=hall.site.region.organisation_id, slug="back-office", names={"en": "Back office"},
        address="https://example.com", allowed_hosts="example.com", definition=DOCUMENT, by=SYSTEM,
    )  # fmt: skip
    return str(made.pk)


def _rule_of(hall: Hall) -> str:
    fields = load.RuleFields({"en": "Many wait"}, "waiting", 1, 0, "open-counter", hold_minutes=0)
    return str(load.add_rule(site_id=hall.id, fields=fields, by=SYSTEM).pk)


def _episode_of(hall: Hall) -> str:
    """What the rule proposes about those who wait."""
    load.watch_site(hall.id)
    return str(loads.open_episodes(hall.id, actor=SYSTEM)[0].row.pk)


def _plan_of(hall: Hall) -> str:
    first, last = (clock.now().date() + timedelta(days=n) for n in (300, 301))
    fields = load.PlanFields({"en": "Holiday"}, first, last, time(9), time(20))
    return str(load.add_plan(site_id=hall.id, fields=fields, by=SYSTEM).pk)


def _payment_of(hall: Hall) -> Any:
    payments.add_account(organisation_id=hall.site.region.organisation_id, provider="cash", by=SYSTEM)
    made = payments.open_intent(
        site_id=hall.id, reference_kind="test", reference_id=uuid4(), revision=1, money=Money(100, "CNY"),
        description="Parking", provider="cash", by=SYSTEM,
    )  # fmt: skip
    return payments.take_cash(intent_id=made.pk, by=SYSTEM)


def _delivery_of(webhook: str) -> str:
    webhooks.send_test(UUID(webhook), by=SYSTEM)
    catch_up()
    return str(Delivery.objects.filter(kind="webhook.tested").values_list("pk", flat=True).get())


def _patterns(found: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        route = str(one.pattern) if isinstance(one.pattern, RoutePattern) else "<url>"
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, prefix + route)
        else:
            yield prefix + route, one


def pages() -> list[str]:
    """The route of every page outside the API, the back office included."""
    found = {route for route, _pattern in _patterns(get_resolver().url_patterns)}
    return sorted(r for r in found if not r.startswith(("api/", *APART)))


def _object_of(world: World, route: str) -> str:
    """A row of the first hall for a page of the back office."""
    _admin, app, model, *_rest = route.split("/")
    if app == "r":
        return "1"
    rows = apps.get_model(app, model)._default_manager.all()
    if rows.model is RoleGrant._meta.get_field("staff").related_model:
        return str(world.mall.people["agent"].pk)
    within = office.within(rows, world.mall.actors["admin"], "setup.see").first()
    first = within or rows.first()
    return str(first.pk) if first is not None else "1"


def address(world: World, route: str) -> str:
    """The route with something in every place.

    Raises:
        KeyError: a new kind of place; give it a value in :func:`make_world`.
    """
    things = dict(world.things)
    if "<path:object_id>" in route or "<str:object_id>" in route:
        things["object_id"] = _object_of(world, route)
    if route.startswith("rate/"):  # its address is signed
        things["counter_id"] = reverse("desk:rate", args=[world.things["counter_id"]]).rpartition("/")[2]
    return "/" + ADDED.sub(lambda place: things[place[1]], route)


def meaning(answer: Any) -> str:
    """What an answer says about rights. A form that does not fit was looked at, so its sender may send it."""
    if answer.status_code in {301, 302, 307} and answer["Location"].startswith(("/sign-in", "/admin/login")):
        return "sign-in"
    if answer.status_code == 401:
        return "confirm" if answer.headers.get("WWW-Authenticate") == "Step-Up" else "sign-in"
    known = {403: "refused", 404: "not there", 502: "away"}
    return known.get(answer.status_code, "yes" if answer.status_code < 500 else f"FAULT {answer.status_code}")


def undone(act: Any) -> Any:
    """Do it and take it back, so that every reader meets the same world."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found


def _methods(route: str) -> tuple[str, ...]:
    """Lists of the back office are only looked at: no act hangs on them, and each costs a tenth of a second."""
    acts = ("add/", "change/", "delete/", "revoke/", "login/", "logout/", "password_change/")
    return ("get", "post") if not route.startswith("admin/") or route.endswith(acts) else ("get",)


def _asked(world: World, reader: str, method: str, where: str) -> Any:
    client = world.clients[reader]
    kept: Any = client.cookies.copy()
    found = undone(lambda: getattr(client, method)(where))
    client.cookies = kept  # who signed out is signed in again
    return found


def page_answers(world: World) -> Iterator[tuple[str, list[str]]]:
    """(method and route, what each reader gets); a method that a page does not take is left out."""
    for route in pages():
        where = address(world, route)
        for method in _methods(route):
            answers = [_asked(world, reader, method, where) for reader in READERS]
            if any(answer.status_code == 405 for answer in answers):
                continue
            yield f"{method.upper():4} /{route}", [meaning(answer) for answer in answers]


def endpoint_answers(world: World) -> Iterator[tuple[str, list[str]]]:
    """The same of the API, as its own document lists it."""
    client = Client(raise_request_exception=False)
    document = json.loads(client.get("/api/v1/openapi.json").content)
    for path, methods in sorted(document["paths"].items()):
        where = re.sub(r"\{(\w+)\}", lambda place: world.things[place[1]], path) + QUERIES.get(path, "")
        for method in sorted(methods):
            found = [_call(client, world, caller, method, where) for caller in CALLERS]
            yield f"{method.upper():4} {path}", [meaning(answer) for answer in found]


def _call(client: Client, world: World, caller: str, method: str, where: str) -> Any:
    headers = {"Idempotency-Key": str(uuid4())}
    if caller != "nobody":
        headers["Authorization"] = f"Bearer {world.tokens[caller]}"
    sent = json.dumps(
        {
            name: str(world.things.get(value, value)) if isinstance(value, str) else value
            for name, value in BODIES.get(where.rsplit("/", 1)[-1], {}).items()
        }
    )
    body = {} if method == "get" else {"content_type": "application/json", "data": sent}
    return undone(lambda: getattr(client, method)(where, headers=headers, **body))


def models_with_pages() -> set[str]:
    """Tables that the back office shows."""
    return {model._meta.label_lower for model in admin.site._registry}
