"""The hall of the charges, as processes that die when told: `python -m bench.charged_hall set-up|door|worker|standing …`.

    set-up OFFICE        an organisation with one site, ways to pay, the office's connector and the flow; prints its ids
    door PORT FOLDER     the product's web program; a few processes, a new one as soon as one has died
    worker FOLDER        the product's worker; a new one as soon as one has died
    standing             what the tables hold, as JSON

Waiting times are short, so that hours of patience are seconds; they keep their order: no patience is shorter than
what it waits for.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")

from bench import dying

PROVIDERS = ("wechat", "alipay")
PROCESSES = 6
"""That serve pages."""
FLOW = ("body", "actions", "answers", "choose", "field", "pay", "waiting", "working")


def set_up(office: str) -> dict[str, Any]:
    """The hall."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from servicehall.kernel.rights import SYSTEM
    from servicehall.processes.payment_simulator import service
    from servicehall.processes.sample_backoffice.office import DOCUMENT
    from servicehall.rooms.connectors import actions as connectors
    from servicehall.rooms.payments import actions as payments
    from servicehall.rooms.services import actions as services
    from servicehall.rooms.services import queries
    from tests.hall import make_site

    site, _zone = make_site("bench")
    organisation = site.region.organisation_id
    for name in PROVIDERS:
        more = {"serial": service.SERIAL, "platform_serial": service.PLATFORM_ID} if name == "wechat" else {}
        payments.add_account(
            organisation_id=organisation, provider=name, by=SYSTEM, app_id=service.APP_ID[name],
            merchant=service.MERCHANT[name], keys=f"simulated-{name}", **more,
        )  # fmt: skip
    connectors.add_connector(
        organisation_id=organisation, slug="back-office", names={"en": "Office", "zh-Hans": "办公"},
        address=office, allowed_hosts="127.0.0.1", secret_use="bearer", secret_name="back-office",
        definition=DOCUMENT, by=SYSTEM,
    )  # fmt: skip
    services.publish_text(organisation_id=organisation, text=queries.samples()["pay-bill"], by=SYSTEM)
    return {"site": site.slug, "organisation": site.region.organisation.slug}


def standing() -> dict[str, Any]:
    """What became of everything."""
    from servicehall.kernel.models import Effect, Event
    from servicehall.rooms.payments.models import Intent, Refund
    from servicehall.rooms.services.models import Instance, Task

    def counted(rows: Any) -> dict[str, int]:
        return {":".join(str(part) for part in row): count for row, count in sorted(Counter(rows).items())}

    ended = Event.objects.filter(kind="request.ended").values_list("subject_id", flat=True)
    return {
        "instances": counted(Instance.objects.values_list("state", "outcome")),
        "tasks": counted(Task.objects.values_list("kind", "step")),
        "intents": counted(Intent.objects.values_list("state")),
        "open effects": Effect.objects.filter(state__in=["intended", "unknown"]).count(),
        "refunds": Refund.objects.count(),
        "ended twice": len(ended) - len(set(ended)),
    }


def hurry() -> None:
    """Patience in seconds."""
    from django.conf import settings

    from servicehall.kernel import effects
    from servicehall.rooms.payments import outside, store
    from servicehall.rooms.services import connecting
    from servicehall.rooms.services.actions import keeping_on, working

    settings.PAYMENT_PATIENCE = 1.0
    store.PAUSES = (1, 1, 2, 3, 5)  # type: ignore[assignment]
    effects.PAUSES = (1, 1, 2, 3, 5)
    connecting.DEADLINE = 3.0
    working.LEASE = timedelta(seconds=5)
    keeping_on.PAUSES = (1, 1, 2, 3, 5)
    for kind in (outside.OFFER, outside.CLOSE):
        effects._kinds[kind] = replace(effects._kinds[kind], patience=timedelta(seconds=4))


def _let_go() -> None:
    """Of the database and of the lock beside it: a lock that is inherited does not end with the one who dies."""
    from django.db import connections

    from servicehall.kernel import transactions

    connections.close_all()
    if transactions._file is not None:
        os.close(transactions._file[1])
        transactions._file = None


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nobody reads it."""


class _Door(WSGIServer):
    """The address at which all web processes wait."""

    request_queue_size = 256
    folder: Path

    def finish_request(self, request: Any, client_address: Any) -> None:
        first = request.recv(4096, 2).split(b"\r\n", 1)[0]  # MSG_PEEK: it is read again by whom it is for
        path = first.split(b" ")[1].decode() if first.count(b" ") >= 2 else ""
        role = "notify" if path.startswith("/payments/notify") else "pay" if path.endswith("/pay") else "-"
        with dying.orders(self.folder, role):
            super().finish_request(request, client_address)


def _stay_open(server: _Door) -> None:
    """So many web processes; a new one for each that has died. Until SIGTERM."""
    living: set[int] = set()

    def end(*_given: Any) -> None:
        for one in living:
            os.kill(one, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        while len(living) < PROCESSES:
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                server.serve_forever(poll_interval=3600)
                os._exit(0)
            living.add(child)
        living.discard(os.waitpid(-1, 0)[0])


def _warm() -> None:
    """What every process would find out anew: templates, addresses, the flow's expressions."""
    from django.template.loader import get_template
    from django.test import Client

    from servicehall.rooms.services import programs
    from servicehall.rooms.services.models import Version

    for version in Version.objects.values_list("pk", flat=True):
        programs.of_version(version)
    for name in ("portal/request.html", "portal/refused.html", *(f"look/flow/{one}.html" for one in FLOW)):
        get_template(name)
    Client().get("/s/bench/do/pay-bill")
    Client().get("/r/nobody")


def door(port: int, folder: Path) -> None:
    """Serves until SIGTERM."""
    from servicehall.wsgi import application

    hurry()
    dying.lay_points()
    _warm()
    _let_go()
    server = _Door(("127.0.0.1", port), _Quiet)
    server.folder = folder
    server.set_app(application)
    _stay_open(server)


def worker(folder: Path) -> None:
    """One life after another, until SIGTERM."""
    hurry()
    dying.lay_points()
    _warm()
    child = 0

    def end(*_given: Any) -> None:
        if child:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    while True:
        _let_go()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        child = os.fork()
        if child == 0:
            _live(folder)
            os._exit(0)
        signal.signal(signal.SIGTERM, end)
        os.waitpid(child, 0)


def _live(folder: Path) -> None:
    from servicehall.processes import worker as role

    with dying.orders(folder, "work"):
        role.work(threading.Event())


def main(act: str, *given: str) -> None:
    import django

    if act != "door":
        django.setup()
    if act == "set-up":
        print(json.dumps(set_up(*given)))
    elif act == "standing":
        print(json.dumps(standing()))
    elif act == "door":
        django.setup()
        door(int(given[0]), Path(given[1]))
    else:
        worker(Path(given[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
