"""The pretended card reader as a program: it listens, says the setting, is read like a real one, and ends when told."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest

from servicehall.rooms.customers.documents.readers import ModuleReader

pytestmark = [pytest.mark.processes, pytest.mark.one_database]


def test_it_is_read_over_its_socket_and_ends_when_told(
    servicehall_command: list[str], free_port: int
) -> None:
    command = [
        *servicehall_command,
        "idreader",
        "--port",
        str(free_port),
        "--name",
        "王小明",
        "--until",
        "20991231",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            said = program.stdout.readline() + program.stdout.readline()
            where = re.search(r'SERVICEHALL_ID_READERS="mall/Reader=tcp://127\.0\.0\.1:(\d+)"', said)
            assert where, said
            card = ModuleReader("127.0.0.1", int(where[1])).read()
            assert (card.name, card.number, str(card.valid_until)) == (
                "王小明",
                "11010519491231002X",
                "2099-12-31",
            )
        finally:
            program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
