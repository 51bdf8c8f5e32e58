"""The worker is killed again and again while people act: no act is missing in the tree, none is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from servicehall.kernel import events
from servicehall.processes import worker
from servicehall.rooms.trust import queries, store
from servicehall.rooms.trust.models import Leaf
from tests.channels.live.stage import database_url
from tests.processes.running import until
from tests.rooms.trust.log import note

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
ROUNDS = int(os.environ.get("TEST_KILLS", "4"))
ROOT = Path(__file__).resolve().parents[2]


def start() -> subprocess.Popen[bytes]:
    """A worker on the test's database."""
    environment = os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": f"{ROOT / 'src'}"}
    code = (
        "import django; django.setup(); from servicehall.processes import worker;"
        " print('on', flush=True); worker.run()"
    )
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL)


def test_kill_9_of_the_worker_under_load_loses_and_doubles_nothing() -> None:
    sites = [uuid4(), uuid4()]
    stop = threading.Event()

    def act(site: UUID) -> None:
        while not stop.is_set():
            note(3, site=site)
            time.sleep(0.01)
        connection.close()

    writers = [threading.Thread(target=act, args=(site,)) for site in sites]
    for thread in writers:
        thread.start()
    process = start()
    try:
        for n in range(ROUNDS):
            size = store.head()[0]
            # Each life is long enough to do something, and ends at another moment of its work.
            until(lambda size=size: store.head()[0] > size, seconds=60, what="the tree grows")  # type: ignore[misc]
            time.sleep(0.037 * n)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process = start()
        stop.set()
        for thread in writers:
            thread.join()
        until(lambda: store.head()[0] == sum(events.heads().values()), seconds=60, what="the tree has all")
        until(_is_signed, seconds=60, what="all is signed")
    finally:
        stop.set()
        process.kill()
        process.wait()
    for site in sites:
        seqs = list(Leaf.objects.filter(site_id=site).order_by("index").values_list("seq", flat=True))
        assert seqs == list(range(1, events.last_seq(site) + 1))
    found = queries.audit()
    assert (found.faults, found.waiting) == ([], 0)
    assert found.size == sum(events.last_seq(site) for site in sites) > 100


def _is_signed() -> bool:
    found = queries.checkpoint_of()
    return found is not None and found.size == store.head()[0]


def test_an_act_is_in_the_tree_within_a_second_and_signed_soon_after() -> None:
    stop = threading.Event()

    def work() -> None:
        worker.work(stop)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        times = []
        for n in range(4):
            time.sleep(0.13 * n)
            began = time.monotonic()
            note()
            until(lambda n=n: store.head()[0] == n + 1, what="the act is in the tree")  # type: ignore[misc]
            times.append(time.monotonic() - began)
        until(_is_signed, seconds=3, what="it is signed")
    finally:
        stop.set()
        thread.join()
    assert sorted(times)[-2] < 1, times
