"""Once means once; a timer rings once, and again when its handler failed."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput, KeyReused, Refused
from servicehall.kernel.idempotency import Answer, fingerprint, once
from servicehall.kernel.models import KeptAnswer, Timer
from servicehall.kernel.transactions import transaction


@pytest.mark.django_db
def test_the_first_answer_is_given_again_and_the_act_done_once() -> None:
    site, acts = uuid4(), []

    def act() -> Answer:
        acts.append(1)
        return Answer(201, f"answer {len(acts)}")

    print_ = fingerprint("POST", "/x", b"{}")
    first = once(site_id=site, scope="a", key="k", fingerprint=print_, act=act)
    again = once(site_id=site, scope="a", key="k", fingerprint=print_, act=act)
    other = once(site_id=site, scope="b", key="k", fingerprint=print_, act=act)
    assert (first, again) == (Answer(201, "answer 1"), Answer(201, "answer 1", repeated=True))
    assert other.body == "answer 2"


@pytest.mark.django_db
def test_a_key_is_for_one_request_and_has_a_sane_form() -> None:
    site = uuid4()
    once(site_id=site, scope="a", key="k", fingerprint=fingerprint("1"), act=lambda: Answer(200, ""))
    with pytest.raises(KeyReused):
        once(site_id=site, scope="a", key="k", fingerprint=fingerprint("2"), act=lambda: Answer(200, ""))
    for key in ("", "x" * 201, "line\nbreak", "nul\0"):
        with pytest.raises(BadInput):
            once(site_id=site, scope="a", key=key, fingerprint="", act=lambda: Answer(200, ""))


@pytest.mark.django_db
def test_a_refusal_is_not_kept() -> None:
    site = uuid4()

    def refuse() -> Answer:
        raise Refused

    with pytest.raises(Refused):
        once(site_id=site, scope="a", key="k", fingerprint="f", act=refuse)
    assert not KeptAnswer.objects.exists()
    assert (
        once(site_id=site, scope="a", key="k", fingerprint="f", act=lambda: Answer(200, "now")).body == "now"
    )


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_two_sites_at_once_acts_at_one() -> None:
    both, said = threading.Barrier(2), []

    def act() -> Answer:
        # On SQLite there is one line for all sites, and the second never gets here.
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return Answer(200, "")

    def send(site: str) -> None:
        try:
            once(site_id=uuid4(), scope="a", key="k", fingerprint=fingerprint(site), act=act)
            said.append("done")
        except KeyReused:
            said.append("refused")
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(site,)) for site in ("one", "two")]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(said) == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_the_same_key_sixteen_times_at_once_acts_once() -> None:
    site, acts, answers = uuid4(), [], []

    def act() -> Answer:
        acts.append(1)
        return Answer(201, str(len(acts)))

    def send() -> None:
        answers.append(once(site_id=site, scope="a", key="k", fingerprint="f", act=act).body)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(acts), answers) == (1, ["1"] * 16)


@pytest.mark.django_db
def test_a_timer_rings_once_when_due_and_can_be_moved_or_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(timers, "_handlers", {})
    monkeypatch.setattr(timers, "_started", True)
    timers.timer("test")(lambda due: rung.append(due.key))
    now = clock.now()
    with transaction():
        timers.set_timer("test", "later", now + timedelta(hours=1))
        timers.set_timer("test", "moved", now + timedelta(hours=1))
        timers.set_timer("test", "moved", now - timedelta(seconds=1), data={"x": 1})
        timers.set_timer("test", "gone", now - timedelta(seconds=1))
        timers.cancel("test", "gone")
    assert timers.run_due() == 1
    assert timers.run_due() == 0
    assert rung == ["moved"]
    with clock.at(now + timedelta(hours=2)):
        assert timers.run_due() == 1
    assert rung == ["moved", "later"]


@pytest.mark.django_db
def test_a_timer_whose_handler_fails_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_handlers", {})
    monkeypatch.setattr(timers, "_started", True)

    def fail(due: timers.Due) -> None:
        raise RuntimeError(due.key)

    timers.timer("test")(fail)
    with transaction():
        timers.set_timer("test", "a", clock.now() - timedelta(seconds=1))
    assert timers.run_due() == 0
    kept = Timer.objects.get(kind="test")
    assert kept.failures == 1
    assert kept.due_at > clock.now()
    assert timers.run_due() == 0
