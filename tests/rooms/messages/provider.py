"""The simulated text message service in a thread, and a mail server that says what it is told to. No fixtures."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from servicehall.processes.sms_simulator.server import Simulator
from servicehall.processes.sms_simulator.service import Account, Service

ACCOUNT = Account("test-account", "test-secret-never-logged", "服务厅", "SMS_1", per_second=1000)


@contextmanager
def simulator() -> Iterator[Simulator]:
    """A service on a free port; an answer that never comes takes a second."""
    server = Simulator("127.0.0.1", 0, Service(ACCOUNT, silence=1.0), travel=0.0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def use(settings: Any, provider: str, server: Simulator) -> None:
    """Set the hall up with this provider."""
    settings.SMS_PROVIDER = provider
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}"
    settings.SMS_KEY, settings.SMS_SECRET = ACCOUNT.key, ACCOUNT.secret
    settings.SMS_FROM, settings.SMS_TEMPLATE = ACCOUNT.sender, ACCOUNT.template
    settings.SMS_PER_SECOND, settings.SMS_PATIENCE = 1e6, 0.3


class _Mail(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.test")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"QUIT":
                self._say("221 bye")
                return
            if word == b"RCPT" and self.server.answers:
                self._say(self.server.answers.pop(0))
            elif word == b"DATA":
                self._say("354 go on")
                lines = []
                while (text := self.rfile.readline().rstrip(b"\r\n")) != b".":
                    lines.append(text.decode())
                self.server.mails.append("\n".join(lines))
                self._say("250 taken")
            else:
                self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP (RFC 5321) as far as it is needed; ``answers`` are those to the next recipients."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.answers: list[str] = []
        self.mails: list[str] = []


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
