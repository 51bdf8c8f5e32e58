"""The simulator's door: both interfaces, a page and a list of the messages that it took, receipts to the hall."""

from __future__ import annotations

import json
import logging
import signal
import threading
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import requests

from . import aliyun, twilio
from .service import Service, Text

log = logging.getLogger(__name__)
LONGEST_BODY = 64 * 1024
PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta http-equiv=refresh content=3>"
    "<title>Text messages</title><style>body{{font:16px sans-serif;margin:2rem}}"
    "td,th{{text-align:left;padding:.4rem 1rem .4rem 0;vertical-align:top}}</style>"
    "<h1>Text messages</h1><table><tr><th>At<th>To<th>Text<th>State<th>By</tr>{rows}</table>"
)


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: Simulator

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._answer(413, b"{}")
            return
        body, where, service = self.rfile.read(int(length)), urlsplit(self.path), self.server.service
        if where.path == twilio.path_of(service):
            self._taken(*twilio.post(service, self._given(), body))
        elif where.path == "/":
            self._taken(*aliyun.answer(service, self._given(), where.query, body))
        else:
            self._json(404, {"code": 20404, "message": "The requested resource was not found", "status": 404})

    def do_GET(self) -> None:
        where, service = urlsplit(self.path), self.server.service
        if where.path == twilio.path_of(service):
            self._json(*twilio.listed(service, self._given(), where.query))
        elif where.path == "/messages":
            self._json(200, {"messages": [_row(text) for text in service.texts]})
        elif where.path == "/":
            rows = "".join(
                f"<tr>{''.join(f'<td>{escape(str(value))}' for value in _row(text).values())}</tr>"
                for text in reversed(service.texts)
            )
            self._answer(200, PAGE.format(rows=rows).encode(), "text/html; charset=utf-8")
        else:
            self._json(404, {})

    def _given(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _taken(self, answer: tuple[int, dict[str, Any]], text: Text | None) -> None:
        service = self.server.service
        if text is not None:
            threading.Thread(target=self.server.tell, args=(text,), daemon=True).start()
            if service.fault_of(text.to) == "silent":
                time.sleep(service.silence)
                self.close_connection = True
                return
        self._json(*answer)

    def _json(self, status: int, said: dict[str, Any]) -> None:
        self._answer(status, json.dumps(said).encode())

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Requests hold numbers and codes; they are on the page."""


def _row(text: Text) -> dict[str, str]:
    at = f"{text.at:%H:%M:%S}"
    return {"at": at, "to": text.to, "text": text.body, "state": text.state, "by": text.interface}


class Simulator(ThreadingHTTPServer):
    """Serves one simulated service."""

    daemon_threads = True

    def __init__(self, host: str, port: int, service: Service, *, travel: float = 0.3) -> None:
        super().__init__((host, port), _Door)
        self.service, self.travel = service, travel

    def tell(self, text: Text) -> None:
        """A while after it was taken, a message is delivered or not, and the hall is told."""
        time.sleep(self.travel)
        text.state = "undelivered" if self.service.fault_of(text.to) == "undelivered" else "delivered"
        if text.interface == "aliyun":
            url, body = self.service.receipts, aliyun.receipt(text)
            headers = {"Content-Type": "application/json"}
        else:
            url = text.receipt
            body, headers = twilio.receipt(self.service, text)
        if not url.startswith(("http://", "https://")):
            return
        try:
            requests.post(url, data=body, headers=headers, timeout=5, allow_redirects=False)
        except requests.RequestException as problem:
            log.warning("simulator.receipt_not_taken reason=%s", type(problem).__name__)


def serve(server: Simulator) -> int:
    """Serve until SIGTERM or SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # From another thread: the loop that is told to end must not be the one that waits for it.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0
