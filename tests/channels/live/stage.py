"""What the stories about live push are told with: a small hall, programs, readers. No fixtures."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection, connections

from bench.event_streams import Event, Reader
from servicehall.kernel import clock, events, transactions
from servicehall.kernel.ids import uuid7
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall.models import Floor, Organisation, Region, Site, Zone
from servicehall.rooms.people.models import ApiToken, RoleGrant, Staff
from servicehall.rooms.people.queries import digest
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing.events import TicketCalled, TicketHeld
from servicehall.rooms.queueing.models import Counter, PriorityClass, Series, Service, Stage

ROOT = Path(__file__).resolve().parents[3]
T = TypeVar("T")


@dataclass
class Hall:
    """A site with a service, a counter, tokens and a member of staff."""

    site: Site
    service: Service
    stage: Stage
    counter: Counter
    tokens: dict[str, str]
    supervisor: Staff

    def token(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def call(self, number: str = "A001", **changed: Any) -> None:
        """Put a call on record, as if somebody had been called."""
        facts: dict[str, Any] = {
            "ticket": uuid7(),
            "number": number,
            "service": self.service.pk,
            "stage": self.stage.pk,
            "priority": "walk-in",
            "counter": self.counter.pk,
            "counter_label": self.counter.label,
            "zone": self.counter.zone_id,
            "staff": self.supervisor.pk,
            "waited": 61.0,
            "target": 600.0,
            "call": 1,
            "picked": "next",
        } | changed
        with transactions.transaction(self.site.pk):
            events.record(TicketCalled(**facts), actor=SYSTEM, at=clock.now(), subject_id=facts["ticket"])

    def hold(self, ticket: UUID) -> None:
        """Put on record that a ticket was put aside: nobody's place changes by it."""
        facts = TicketHeld(
            ticket=ticket,
            number="A001",
            service=self.service.pk,
            stage=self.stage.pk,
            priority="walk-in",
            counter=self.counter.pk,
            counter_label=self.counter.label,
            zone=self.counter.zone_id,
            staff=self.supervisor.pk,
            served=1.0,
        )
        with transactions.transaction(self.site.pk):
            events.record(facts, actor=SYSTEM, at=clock.now(), subject_id=ticket)

    def issue(self) -> tuple[UUID, str]:
        """A real ticket: its id and its code."""
        ticket = actions.issue_ticket(site_id=self.site.pk, service=self.service.slug, by=SYSTEM)
        return ticket.pk, ticket.code


def make_hall(slug: str) -> Hall:
    organisation, _ = Organisation.objects.get_or_create(slug="org", defaults={"names": {"en": "Org"}})
    region, _ = Region.objects.get_or_create(
        slug="north", organisation=organisation, defaults={"names": {"en": "North"}}
    )
    site = Site.objects.create(slug=slug, region=region, names={"en": slug, "zh-Hans": "大厅"})
    floor = Floor.objects.create(site=site, level=0, names={"en": "Ground"})
    zone = Zone.objects.create(site=site, floor=floor, slug="hall", names={"en": "Hall"})
    series = Series.objects.create(site=site, prefix="A")
    PriorityClass.objects.create(site=site, key="walk-in", names={"en": "Walk-in"}, is_default=True)
    service = Service.objects.create(site=site, slug="cards", names={"en": "Cards"}, series=series)
    stage = Stage.objects.create(service=service, names={"en": "Counter"})
    counter = Counter.objects.create(site=site, zone=zone, label="3", names={"en": "Counter 3"})
    counter.stages.add(stage)
    tokens = {}
    for role in ("desk", "kiosk", "manager"):
        raw = tokens[role] = secrets.token_urlsafe(24)
        ApiToken.objects.create(name=role, digest=digest(raw), role=role, site=site, created_at=clock.now())
    supervisor = Staff.objects.create(username=f"sup-{slug}", names={"en": "Needle Wang"})
    supervisor.set_password("correct horse battery")
    supervisor.save()
    RoleGrant.objects.create(staff=supervisor, role="supervisor", site=site)
    return Hall(site, service, stage, counter, tokens, supervisor)


# --- The live program ---


def database_url() -> str:
    """The URL of the database that this test run uses."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name.removeprefix('/')}"
    return os.environ["DATABASE_URL"].replace("/servicehall?", f"/{name}?")


@dataclass
class Program:
    """A program of the product in processes of its own."""

    role: str
    port: int
    changed: dict[str, str] = field(default_factory=dict)
    more: str = ""
    """Further arguments of its ``run``."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.channels.live.settings_in_a_hurry",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
            **self.changed,
        }
        code = f"from servicehall.processes.{self.role} import run; run('127.0.0.1', {self.port}{self.more})"
        self.process = subprocess.Popen([sys.executable, "-c", code], env=environment, start_new_session=True)
        until = time.monotonic() + 20
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.role} does not start")
            time.sleep(0.05)

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            with contextlib.closing(connection):
                connection.request("GET", "/live/health")
                return connection.getresponse().status == 200
        return False

    def streams(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with contextlib.closing(connection):
            connection.request("GET", "/live/health")
            return int(json.loads(connection.getresponse().read())["streams"])

    def send_signal(self, number: int) -> None:
        """Signal the program and the processes that it started."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def stop(self, number: int = signal.SIGKILL) -> int:
        assert self.process is not None
        if number == signal.SIGKILL:
            self.send_signal(number)
        else:
            self.process.send_signal(number)
        return self.process.wait(10)

    def reader(self, path: str, headers: dict[str, str] | None = None) -> Reader:
        return Reader("127.0.0.1", self.port, path, headers or {})


def own_backend() -> int:
    """PostgreSQL's number for the connection of this thread."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def cut_connections(but: int) -> None:
    """Let PostgreSQL cut all connections to the test database but one, and the asking one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (%s, pg_backend_pid())",
            [but],
        )


# --- Telling stories ---


async def apart(act: Callable[..., T], *args: Any, **named: Any) -> T:
    """Do something with the database in a thread that lets its connection go."""

    def run() -> T:
        try:
            return act(*args, **named)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def tell(story: Coroutine[Any, Any, T], within: float = 60) -> T:
    """Run a story to its end."""
    return asyncio.run(asyncio.wait_for(story, within))


@contextlib.asynccontextmanager
async def reading(*readers: Reader) -> AsyncIterator[Reader]:
    """Readers, each with its answer begun; gives the first of them."""
    tasks = [asyncio.create_task(reader.once()) for reader in readers]
    try:
        for reader in readers:
            async with asyncio.timeout(10):
                await reader.answered.wait()
        yield readers[0]
    finally:
        for reader in readers:
            reader.leave()
        await asyncio.gather(*tasks)


async def until(true: Callable[[], object], within: float = 5.0) -> None:
    """Look again and again (in a thread: it may block) until it is so."""
    async with asyncio.timeout(within):
        while not await asyncio.to_thread(true):  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.02)


async def refused(reader: Reader) -> tuple[int, dict[str, Any]]:
    """The status and the problem document of a refusal."""
    async with asyncio.timeout(10):
        wire = await reader.connect()
        await reader.answered.wait()
        size = int(reader.answer.get("content-length", 1 << 20))
        await until(lambda: len(reader.body) >= size or wire.gone.done())
    reader.leave()
    await wire.gone
    return reader.status, json.loads(reader.body) if reader.body else {}


def of_kind(found: list[Event], *kinds: str) -> list[Event]:
    return [event for event in found if event.kind in kinds]


def news(found: list[Event]) -> list[Event]:
    """What happened, without signs of life and ticks."""
    return [event for event in found if event.kind not in {"ping", "queue.moved"}]


def session_cookie(staff: Staff) -> dict[str, str]:
    """The cookie of somebody who has just signed in."""
    from django.test import Client

    client = Client()
    client.force_login(staff)
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}
