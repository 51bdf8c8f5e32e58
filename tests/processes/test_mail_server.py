"""One setting names the mail server, for customers and staff; what cannot be meant is refused at the start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from servicehall.environment import mail_server
from servicehall.processes.doctor import messages

pytestmark = pytest.mark.one_database


def test_the_address_says_everything() -> None:
    server = mail_server(
        "smtp://hall%40example.com:a%2Fb%3A@mail.example.com:587?from=Hall <hall@example.com>"
    )
    assert (server.host, server.port) == ("mail.example.com", 587)
    assert (server.user, server.password) == ("hall@example.com", "a/b:")
    assert (server.at_once, server.starttls) == (False, True)
    assert server.sender == "Hall <hall@example.com>"
    assert "a/b" not in repr(server)
    at_once = mail_server("smtps://mail.example.com")
    assert (at_once.port, at_once.at_once, at_once.starttls) == (465, True, False)
    assert at_once.sender == "servicehall@mail.example.com"
    assert mail_server("").host == ""


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://u:p/w@mail.example.com",
        "smtp://m?form=x",
        "smtp://m?starttls=1",
    ],
)
def test_another_form_is_refused_in_a_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match="SERVICEHALL_SMTP") as refused:
        mail_server(url)
    assert "p/w" not in str(refused.value)


def started(tmp_path: Path, **environment: str) -> Any:
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_HOST_PASSWORD", "DEFAULT_FROM_EMAIL")
    code = f"from django.conf import settings; print(*[getattr(settings, name) for name in {names}])"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SERVICEHALL_EMAIL_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={
            **kept, "DJANGO_SETTINGS_MODULE": "servicehall.settings", "SERVICEHALL_DATA": str(tmp_path), **environment,
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_staff_are_written_to_by_the_same_server(tmp_path: Path) -> None:
    url = "smtp://hall:a%2Fb@mail.example.com:587?from=hall@example.com"
    assert started(tmp_path, SERVICEHALL_SMTP=url).stdout.split() == [
        "mail.example.com", "587", "True", "a/b", "hall@example.com",
    ]  # fmt: skip
    path = tmp_path / "smtp"
    path.write_text(url + "\n")
    assert started(tmp_path, SERVICEHALL_SMTP_FILE=str(path)).stdout.split()[0] == "mail.example.com"


def test_the_old_setting_is_refused_with_what_to_write_instead(tmp_path: Path) -> None:
    done = started(tmp_path, SERVICEHALL_EMAIL_HOST="mail.example.com", SERVICEHALL_EMAIL_PASSWORD="secret")
    assert done.returncode != 0
    said = done.stderr.strip().splitlines()[-1]
    assert (
        "SERVICEHALL_EMAIL_HOST, SERVICEHALL_EMAIL_PASSWORD: mail to staff and to customers has one" in said
    )
    assert "SERVICEHALL_SMTP=smtp://" in said


def test_the_doctor_says_by_which_server_and_from_whom(settings: Any) -> None:
    settings.SMTP_URL = "smtps://mail.example.com"
    found = list(messages.mail())
    assert [one.level for one in found] == ["ok", "warning"]
    assert "mail.example.com" in str(found[0])
    assert "servicehall@mail.example.com" in str(found[1])
    settings.SMTP_URL = "smtps://mail.example.com?from=hall@example.com"
    assert [one.level for one in messages.mail()] == ["ok"]
