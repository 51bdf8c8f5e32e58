"""A process is killed while the other side works for it: the truth is found out, and nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from servicehall.kernel import clock, effects
from servicehall.kernel.effects import Entry, NotDone, Outcome
from servicehall.kernel.models import Effect
from tests.channels.live.stage import database_url
from tests.processes.running import until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
CODE = """
import sys, time, uuid, django
django.setup()
from pathlib import Path
from servicehall.kernel import effects
from servicehall.kernel.transactions import transaction
dies, book, site = sys.argv[1], Path(sys.argv[2]), uuid.UUID(int=9)
effects.effect("test.killed", "unkeyed", holds=())
def wait(point):
    if point == dies:
        print("here", flush=True)
        time.sleep(60)
def call():
    wait("before")
    with book.open("a") as file:
        file.write(dies + "\\n")
    wait("after")
    return {}
with transaction(site):
    entry = effects.intend("test.killed", dies, site_id=site, request={})
    wait("meant")
effects.carry_out(entry, call)
"""


def killed_at(point: str, book: Path) -> None:
    """A process that means something and dies at the point."""
    environment = os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": f"{ROOT / 'src'}"}
    command = [sys.executable, "-c", CODE, point, str(book)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)


def test_kill_9_at_each_point_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = tmp_path / "book"
    book.touch()

    def ask(entry: Entry) -> Outcome:
        if entry.key in book.read_text().split():
            return Outcome("done")
        raise NotDone

    for point in ("meant", "before", "after"):
        killed_at(point, book)
    connection.close()
    # A killed transaction's lines are let go by the database a moment later.
    until(lambda: Effect.objects.filter(kind="test.killed").count() == 2)
    monkeypatch.setitem(
        effects._kinds,
        "test.killed",
        effects.EffectKind("test.killed", "unkeyed", frozenset(), timedelta(seconds=60), ask, None),
    )
    assert effects.ask_about_open(at=clock.now() + timedelta(seconds=61)) == 2
    assert dict(Effect.objects.values_list("key", "state")) == {"before": "failed", "after": "done"}
    assert book.read_text().split() == ["after"]
