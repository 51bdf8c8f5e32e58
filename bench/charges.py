"""Money is taken once: customers pay bills through the product's own pages while its processes are killed.

`python -m bench charges [sqlite|postgresql]`. The payment flow runs against the payment simulator and the sample back
office over HTTP. The process that serves a request, takes a notification or does the worker's part is killed (SIGKILL)
at every point of the ledger by turns; the simulator's answers get lost, its notifications come twice, forged, old, with
other amounts or never; the office's answers get lost. Customers do what people do: press again when nothing comes,
and pay whatever code they are shown.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import segno

from scripts.temporary_postgresql import cluster
from servicehall.processes.payment_simulator import service
from servicehall.processes.payment_simulator.server import Simulator
from servicehall.processes.payment_simulator.service import Order, Service
from servicehall.processes.sample_backoffice.modes import Behaviour, Modes
from servicehall.processes.sample_backoffice.office import Office
from servicehall.processes.sample_backoffice.server import BackOffice

from .dying import POINTS
from .running_hall import PYTHON, ROOT, RunningHall, free_ports

PATIENCE = 30.0
"""Seconds that somebody waits for a page before they press again."""
MODES = ("", "lost", "", "duplicate", "", "forged", "duplicate", "silent", "", "old", "other-amount")
AT_ONCE = 40
LOOKS_AGAIN = 1.0
"""Seconds."""
SECRET = "office-of-the-bench"


@dataclass
class Charged:
    """What came of it."""

    database: str
    instances: int
    crashes: Counter[str] = field(default_factory=Counter)
    charges: int = 0
    twice: int = 0
    booked: int = 0
    standing: dict[str, Any] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        """What is not as it should be."""
        unsure = self.standing["tasks"].get("unsure:booked", 0)
        expected = {
            "charges": (self.charges, self.instances),
            "charged twice": (self.twice, 0),
            "payments that are paid": (self.standing["intents"], {"paid": self.instances}),
            "booked or with a person": (self.booked >= self.instances - unsure, True),
            "surplus": (self.standing["refunds"], 0),
            "ended twice": (self.standing["ended twice"], 0),
            "open effects": (self.standing["open effects"], 0),
            "requests": (
                self.standing["instances"],
                {k: v for k, v in {"ended:done": self.instances - unsure, "waiting:": unsure}.items() if v},
            ),
        }
        return [
            f"{what}: {found}, not {wanted}" for what, (found, wanted) in expected.items() if found != wanted
        ]


def measure(database: str, *, instances: int = 1000, crashes: int = 1000, seconds: float = 6000) -> Charged:
    """Runs it; see the module."""
    with _stage(database, instances, crashes) as stage:
        begun = time.monotonic()
        with stage.misbehaving(), ThreadPoolExecutor(AT_ONCE) as pool:
            stage.until = begun + seconds
            list(pool.map(stage.customer, range(instances)))
        stage.spend_orders()
        return stage.result(time.monotonic() - begun)


class _Stage:
    """The hall, the provider and the office."""

    def __init__(self, hall: RunningHall, provider: Simulator, office: Path) -> None:
        self.hall, self.provider, self.office = hall, provider, office
        self.orders = hall.data / "orders"
        self.until = float("inf")

    def order(self, crashes: int) -> None:
        """Deaths, at each point by turns."""
        self.orders.mkdir()
        points = list(POINTS)
        for number in range(crashes):
            point = points[number % len(points)]
            (self.orders / f"{POINTS[point]}-{number:05d}-{point}").touch()

    @contextlib.contextmanager
    def misbehaving(self) -> Iterator[None]:
        """The provider goes through its modes."""
        stop, provider = threading.Event(), self.provider.service

        def turn() -> None:
            number = 0
            while not stop.wait(0.7):
                number += 1
                provider.mode = MODES[number % len(MODES)]

        thread = threading.Thread(target=turn)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            provider.mode = ""

    def spend_orders(self) -> None:
        """Every order is for something that comes: notifications come once more, pages are asked for again."""
        end = time.monotonic() + 120
        paid = [one for one in self.provider.service.orders.values() if one.state == "paid"]
        number = 0
        while time.monotonic() < end and paid and any(self.orders.iterdir()):
            if any(self.orders.glob("notify-*")):
                self.provider.tell(paid[number % len(paid)])
                number += 1
            else:
                time.sleep(0.2)
        time.sleep(2)

    def customer(self, number: int) -> None:
        """Somebody pays their bill."""
        _Customer(self, number).pay_the_bill()

    def result(self, seconds: float) -> Charged:
        """What the provider, the office and the hall say."""
        found = Charged(self.hall.database, _accounts(self.office), seconds=seconds)
        paid = [one for one in self.provider.service.orders.values() if one.state == "paid"]
        each = Counter(one.description for one in paid)
        found.charges, found.twice = len(paid), sum(count > 1 for count in each.values())
        found.told = Counter(status for one in paid for status in one.told)
        with contextlib.closing(sqlite3.connect(self.office)) as db:
            found.booked = db.execute("SELECT count(DISTINCT bill) FROM payment").fetchone()[0]
        deaths = self.hall.data / "deaths"
        found.crashes = Counter(deaths.read_text().split() if deaths.exists() else ())
        found.standing = self.hall.python("bench.charged_hall", "standing")
        return found


class _Customer:
    """Does what a person with a phone does."""

    def __init__(self, stage: _Stage, number: int) -> None:
        self.stage, self.number = stage, number
        self.account = str(30_000_000 + number)
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "en"
        self.page = ""

    def pay_the_bill(self) -> None:
        """From the hall's door to the receipt, or to where a person takes over."""
        begin = f"{self.stage.hall.url}/s/{self.stage.hall.site}/do/pay-bill"
        self._get(begin)
        self._post(begin, idempotency_key=f"customer-{self.number}-of-the-bench")
        while time.monotonic() < self.stage.until:
            if "flow-sign" in self.page or "Our staff take care of this now" in self.page:
                return
            self._next()

    def _next(self) -> None:
        here = self._here()
        if "flow-working" in self.page or not here:
            time.sleep(LOOKS_AGAIN)
            self._again()
        elif 'name="q.number"' in self.page:
            self._answer(**{"q.number": self.account})
        elif found := re.search(r'name="choice" value="([^"]+)"', self.page):
            self._answer(choice=found[1])
        elif 'name="provider"' in self.page:
            ways = re.findall(r'name="provider" value="([a-z]+)"', self.page)
            self._post(f"{here}/pay", provider=ways[self.number % len(ways)])
        elif "flow-qr" in self.page:
            self._pay_what_is_shown()
            time.sleep(LOOKS_AGAIN)
            self._again()
        elif "unpay" in self.page:
            time.sleep(LOOKS_AGAIN)
            self._again()
        elif "flow-answers" in self.page:
            self._answer()
        else:
            self._again()

    def _pay_what_is_shown(self) -> None:
        """Scans the code on the page, whichever it is, and pays it if the provider lets them."""
        for (interface, number), order in list(self.stage.provider.service.orders.items()):
            if order.description.endswith(self.account) and _code(order) in self.page:
                self.stage.provider.pay(interface, number)

    def _here(self) -> str:
        found = re.search(r'action="(/r/[\w-]+)"', self.page)
        return f"{self.stage.hall.url}{found[1]}" if found else ""

    def _again(self) -> None:
        if here := self._here() or self.last:
            self._get(here)

    def _answer(self, **values: str) -> None:
        hidden = {name: self._value(name) for name in ("step", "revision")}
        self._post(self._here(), **hidden, **values)

    def _value(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return found[1] if found else ""

    def _get(self, url: str) -> None:
        self._send("GET", url, {})

    def _post(self, url: str, **values: str) -> None:
        self._send("POST", url, {"csrfmiddlewaretoken": self._value("csrfmiddlewaretoken"), **values})

    def _send(self, method: str, url: str, data: dict[str, str]) -> None:
        """Pressed again when nothing comes: a beginning until there is one, all else by looking where it is now."""
        while time.monotonic() < self.stage.until:
            try:
                answer = self.session.request(method, url, data=data, timeout=PATIENCE)
            except requests.RequestException:
                time.sleep(0.2)
                if method == "POST" and "/r/" in url:
                    method, url, data = "GET", re.sub(r"(/r/[\w-]+).*", r"\1", url), {}
                continue
            if answer.status_code >= 500 or answer.status_code == 429:
                time.sleep(LOOKS_AGAIN)
                if method == "POST" and "/r/" in url:
                    method, url, data = "GET", re.sub(r"(/r/[\w-]+).*", r"\1", url), {}
                continue
            self.page = answer.text
            self.last = answer.url if "/r/" in answer.url else getattr(self, "last", "")
            return


def _code(order: Order) -> str:
    """The part of a page that shows this code and no other: the drawing of the QR code."""
    made = segno.make(order.code, error="m", micro=False).svg_inline(
        border=2, omitsize=True, dark="#000", light="#fff"
    )
    found = re.findall(r' d="([^"]+)"', made)
    return str(max(found, key=len))


def _accounts(office: Path) -> int:
    with contextlib.closing(sqlite3.connect(office)) as db:
        found: int = db.execute("SELECT count(*) FROM account WHERE number >= '30000000'").fetchone()[0]
        return found


def _open_accounts(office: Path, count: int) -> None:
    """So many people with one bill each."""
    Office(office).close()
    with contextlib.closing(sqlite3.connect(office)) as db:
        numbers = [str(30_000_000 + number) for number in range(count)]
        db.executemany("INSERT INTO account VALUES (?, 'A', '甲', 'B', '乙')", [[one] for one in numbers])
        db.executemany(
            "INSERT INTO bill VALUES (?, ?, 'electricity', '2026-10', ?, '2026-11-30', NULL)",
            [[f"B{one}", one, 1000 + int(one) % 977] for one in numbers],
        )
        db.commit()


@contextlib.contextmanager
def _stage(database: str, instances: int, crashes: int) -> Iterator[_Stage]:
    with contextlib.ExitStack() as stack:
        data = Path(tempfile.mkdtemp(prefix="servicehall-bench-"))
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        office = data / "office.sqlite3"
        _open_accounts(office, instances)
        behaviour = Behaviour(Modes(drop_answer=0.15, operations="payBill openBills"))
        back_office = BackOffice("127.0.0.1", 0, Office(office), SECRET, behaviour)
        keys = data / "payment-keys"
        provider = Simulator("127.0.0.1", 0, Service(service.make_keys(keys), silence=1.5, travel=0))
        for server in (back_office, provider):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        hall = _hall(database, data, provider.server_port, keys, stack)
        made = hall.python("bench.charged_hall", "set-up", f"http://127.0.0.1:{back_office.server_port}")
        hall.site = made["site"]
        stage = _Stage(hall, provider, office)
        stage.order(crashes)
        log = stack.enter_context((data / "run.log").open("ab"))
        for act in (["door", str(hall.port), str(stage.orders)], ["worker", str(stage.orders)]):
            process = subprocess.Popen(
                [PYTHON, "-m", "bench.charged_hall", *act],
                cwd=ROOT,
                env=hall.environment,
                stdout=log,
                stderr=log,
            )
            stack.callback(_end, process)
        _until_it_answers(hall)
        yield stage


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _hall(database: str, data: Path, provider: int, keys: Path, stack: contextlib.ExitStack) -> RunningHall:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("SERVICEHALL_", "DATABASE_", "TEST_"))
    }
    port = free_ports()
    environment |= {
        "DJANGO_SETTINGS_MODULE": "servicehall.settings",
        "SERVICEHALL_DATA": str(data),
        "SERVICEHALL_PAYMENT_KEYS": str(keys),
        "SERVICEHALL_WECHAT_PAY_URL": f"http://127.0.0.1:{provider}",
        "SERVICEHALL_ALIPAY_URL": f"http://127.0.0.1:{provider}/gateway.do",
        "SERVICEHALL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SERVICEHALL_CONNECTOR_NETWORKS": "127.0.0.0/8",
        "SERVICEHALL_CONNECTOR_SECRET_BENCH_GROUP__BACK_OFFICE": SECRET,
    }
    if database == "postgresql":
        environment["DATABASE_URL"] = stack.enter_context(cluster(durable=True))
    return RunningHall(database, f"http://127.0.0.1:{port}", port, data, environment, None, "", "", "", [])


def _until_it_answers(hall: RunningHall) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{hall.url}/s/{hall.site}", timeout=5).ok:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the hall did not open:\n{(hall.data / 'run.log').read_text()[-2000:]}")
