"""What the doctor says about lines that leave the machine: to the database and to mail servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from servicehall.environment import database, mail_server
from servicehall.processes.doctor.transport import database_line, mail_line

pytestmark = pytest.mark.one_database


def levels(found: object) -> list[str]:
    return [one.level for one in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", []),
        ("postgresql://hall:pw@127.0.0.1/hall", []),
        ("postgresql://hall@/hall?host=/run/postgresql", []),
        ("postgresql://hall:pw@db.example.com/hall", ["warning"]),
        ("postgresql://hall:pw@10.0.0.5/hall?sslmode=prefer", ["warning"]),
        ("postgresql://hall:pw@10.0.0.5/hall?sslmode=require", ["ok"]),
        ("postgresql://hall:pw@db.example.com/hall?sslmode=verify-full", ["ok"]),
    ],
)
def test_a_database_elsewhere_is_reached_by_tls_or_the_doctor_says_so(
    url: str, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    found = list(database_line(database(url, Path("data"))))
    assert levels(found) == said
    assert "pw" not in str(found)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", []),
        ("smtp://127.0.0.1:25", []),
        ("smtp://localhost", []),
        ("smtp://mail.example.com", ["warning"]),
        ("smtp://hall:pw@mail.example.com:587?from=hall@example.com", ["ok"]),
        ("smtp://hall:pw@mail.example.com?starttls=no", ["warning"]),
        ("smtps://mail.example.com", ["ok"]),
    ],
)
def test_a_mail_server_elsewhere_is_reached_by_tls_or_the_doctor_says_so(url: str, said: list[str]) -> None:
    found = list(mail_line(mail_server(url)))
    assert levels(found) == said
    assert "pw" not in str(found)
