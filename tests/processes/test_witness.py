"""The witness: signs what grew, refuses what did not, remembers over a restart, and never holds up the hall."""

from __future__ import annotations

import base64
import contextlib
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servicehall import verify_evidence as verifier
from servicehall.processes.witness.server import WitnessServer
from servicehall.processes.witness.signing import Signing
from servicehall.rooms.trust import merkle, notes
from tests.processes.running import COMMAND, environment, until

pytestmark = [pytest.mark.one_database]

LEAVES = [merkle.leaf_hash(str(n).encode()) for n in range(600)]
TILES = merkle.grow(0, {}, LEAVES)
LOG = notes.Signer("hall.example/evidence", Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
FORK = [*LEAVES[:100], merkle.EMPTY_ROOT, *LEAVES[101:]]


def root(size: int, leaves: list[bytes] | None = None) -> bytes:
    return merkle.hash_of((0, size), merkle.grow(0, {}, (leaves or LEAVES)[:size]))


def note(size: int, *, signer: notes.Signer = LOG, leaves: list[bytes] | None = None) -> str:
    return signer.signed(notes.checkpoint(signer.origin, size, root(size, leaves)))


def body(old: int, new: int, note_text: str | None = None, tiles: Any = TILES) -> bytes:
    proof = [notes.b64(merkle.hash_of(part, tiles)) for part in merkle.consistency(old, new)]
    return "".join([f"old {old}\n", *(f"{one}\n" for one in proof), "\n", note_text or note(new)]).encode()


def post(url: str, sent: bytes, path: str = "/add-checkpoint") -> tuple[int, str, str]:
    request = urllib.request.Request(f"{url}{path}", data=sent, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


@contextlib.contextmanager
def serving(folder: Path, *, logs: Collection[verifier.Key] | None = None) -> Iterator[tuple[str, Signing]]:
    """A witness on a free port, with its key and memory in the folder."""
    key = Ed25519PrivateKey.from_private_bytes(b"\5" * 32)
    known = logs or [verifier.key_of(LOG.verifier_key)]
    signing = Signing("w1.example", key, known, folder / "witness.sqlite3")
    server = WitnessServer("127.0.0.1", 0, signing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", signing
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        signing.close()
        signing.close()


def test_a_checkpoint_that_grew_is_cosigned_and_the_verifier_agrees(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, signing):
        assert post(url, body(0, 10))[0] == 200
        status, _kind, line = post(url, body(10, 600))
        assert status == 200
        checkpoint = verifier.checkpoint_of(note(600) + line)
        log = verifier.key_of(LOG.verifier_key)
        (told,) = verifier.check_signatures(checkpoint, log, [verifier.key_of(signing.published)])
        assert told.startswith("witness w1.example signed at 20")
        # The hall's own code reads the same line.
        witness = notes.witness(f"{url} {signing.published}")
        assert witness.own_line(checkpoint.text, line) == line
        assert witness.own_line(checkpoint.text.replace("600", "601"), line) is None


def test_the_size_last_signed_is_told_and_kept_over_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, _signing):
        assert post(url, body(0, 100))[0] == 200
    with serving(tmp_path) as (url, signing):
        assert post(url, body(0, 300)) == (409, "text/x.tlog.size", "100\n")
        assert post(url, body(100, 300))[0] == 200
        assert post(url, body(100, 300))[0] == 409
        assert post(url, body(300, 300))[0] == 200  # the same again: the answer may have been lost
        assert signing.sizes() == {LOG.origin: 300}
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert signing.published in answer.read().decode()


def test_a_fork_is_refused_although_the_log_signed_it(tmp_path: Path) -> None:
    forked = merkle.grow(0, {}, FORK)
    with serving(tmp_path) as (url, signing):
        assert post(url, body(0, 300))[0] == 200
        assert post(url, body(300, 300, note(300, leaves=FORK)))[0] == 409
        assert post(url, body(300, 600, note(600, leaves=FORK)))[0] == 422
        assert post(url, body(300, 600, note(600, leaves=FORK), forked))[0] == 422
        assert signing.sizes() == {LOG.origin: 300}
        assert post(url, body(300, 600))[0] == 200


def test_bad_input_is_refused_with_the_status_of_the_specification(tmp_path: Path) -> None:
    stranger = notes.Signer(LOG.origin, Ed25519PrivateKey.generate())
    elsewhere = notes.Signer("other.example/log", LOG.key)
    good = note(300)
    with serving(tmp_path) as (url, signing):
        for sent, status in (
            (body(0, 300, note(300, signer=elsewhere)), 404),
            (body(0, 300, note(300, signer=stranger)), 403),
            (body(0, 300, good.replace("\n300\n", "\n301\n")), 403),
            (b"", 400),
            (b"\xff\xfe", 400),
            (f"old 301\n\n{good}".encode(), 400),
            (f"old 00\n\n{good}".encode(), 400),
            (f"old 0\n{notes.b64(LEAVES[0])}\n\n{good}".encode(), 400),
            (f"old 0\nAAAA\n\n{good}".encode(), 400),
            (f"old 0\n{(notes.b64(LEAVES[0]) + chr(10)) * 64}\n{good}".encode(), 400),
            (f"old 0\n\n{good[:-1]}".encode(), 400),
            (f"old 0\n\n{good.replace(chr(0x2014), '-')}".encode(), 400),
            (f"old 0\n\n{LOG.origin}\n300\n\n".encode(), 400),
        ):
            assert post(url, sent)[0] == status, sent
        assert post(url, b"x" * 70_000)[0] == 413
        assert post(url, body(0, 300), "/elsewhere")[0] == 404
        assert signing.sizes() == {}


def test_many_at_once_never_roll_it_back(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, signing):
        post(url, body(0, 100))
        answers: list[tuple[int, int]] = []

        def submit(size: int) -> None:
            answers.append((size, post(url, body(100, size))[0]))

        threads = [threading.Thread(target=submit, args=(size,)) for size in range(200, 216)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        signed = [size for size, status in answers if status == 200]
        assert len(signed) == 1
        assert {status for _size, status in answers} == {200, 409}
        assert signing.sizes() == {LOG.origin: signed[0]}


@pytest.mark.processes
def test_the_command_makes_its_key_for_its_owner_only_and_remembers_through_kill_9(
    tmp_path: Path, free_port: int
) -> None:
    url, key = f"http://127.0.0.1:{free_port}", tmp_path / "keys" / "w.key"
    command = [COMMAND, "witness", "--key", str(key), "--port", str(free_port), "--log", LOG.verifier_key,
               "--name", "w2.example"]  # fmt: skip

    said = tmp_path / "said"

    def start() -> subprocess.Popen[bytes]:
        with said.open("wb") as out:
            process = subprocess.Popen(command, env=environment(tmp_path), stdout=out, stderr=out)
        until(lambda: _answers(url), what="the witness answers")
        setting = said.read_text().split('"')[1]
        assert notes.witnesses(setting)[0].url == url
        assert notes.witnesses(setting)[0].name == "w2.example"
        return process

    process = start()
    try:
        assert key.stat().st_mode & 0o777 == 0o600
        assert len(base64.b64decode(key.read_text())) == 32
        assert post(url, body(0, 100))[0] == 200
        process.kill()
        process.wait()
        process = start()
        assert post(url, body(0, 200))[2] == "100\n"
        process.terminate()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
    wrong = subprocess.run(
        [*command[:-4], "--log", "nonsense"], env=environment(tmp_path), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert (wrong.returncode, "cannot start" in wrong.stderr) == (1, True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False
