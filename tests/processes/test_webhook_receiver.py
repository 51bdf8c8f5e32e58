"""`servicehall webhook-receiver` as a program: it takes what is signed, refuses what is not, fails as told."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

import pytest

from servicehall.kernel import signed_messages
from servicehall.rooms.webhooks import posting

pytestmark = [pytest.mark.one_database, pytest.mark.processes]


def test_it_checks_signatures_and_fails_as_told(
    servicehall_command: list[str], free_port: int, settings: object
) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]  # type: ignore[attr-defined]
    secret, url = signed_messages.new_secret(), f"http://127.0.0.1:{free_port}/"
    command = [*servicehall_command, "webhook-receiver", "--secret", secret, "--port", str(free_port)]
    with subprocess.Popen(
        [*command, "--fail", "1", "--status", "503"], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert f"127.0.0.1:{free_port}" in run.stdout.readline()
        run.stdout.readline()
        signed = signed_messages.headers([secret], "msg_1", datetime.now(UTC), b'{"type":"x"}')
        found = [
            posting.post(url, b'{"type":"x"}', headers).status for headers in (signed, signed, signed, {})
        ]
        assert found == [503, 204, 204, 401]
        said = [run.stdout.readline().strip() for _ in found]
        run.terminate()
        assert run.wait(10) == 0
    assert said == [
        "503 msg_1 told to fail",
        '204 msg_1 {"type":"x"}',
        "204 msg_1 duplicate",
        "401  headers-missing",
    ]


def test_what_is_no_secret_is_complained_of(servicehall_command: list[str], free_port: int) -> None:
    command = [*servicehall_command, "webhook-receiver", "--secret", "geheim", "--port", str(free_port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "whsec_" in done.stderr + done.stdout
