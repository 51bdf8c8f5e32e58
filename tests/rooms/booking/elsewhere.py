"""Somebody's calendar elsewhere: a file, or a CalDAV server (RFC 4791) that refuses what the standard refuses."""

from __future__ import annotations

import base64
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

CALDAV = "{urn:ietf:params:xml:ns:caldav}"


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: Elsewhere

    def _answer(self, status: int, body: str = "", **headers: str) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if status != 304:
            self.wfile.write(data)

    def _let_in(self) -> bool:
        if not self.server.user:
            return True
        wanted = base64.b64encode(f"{self.server.user}:{self.server.password}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {wanted}":
            return True
        self._answer(401, WWW_Authenticate='Basic realm="calendar"')
        return False

    def do_GET(self) -> None:
        self.server.asked.append("GET")
        if not self._let_in():
            return
        if self.server.status != 200:
            self._answer(self.server.status, Location="http://127.0.0.1:1/")
        elif self.headers.get("If-None-Match") == self.server.etag:
            self._answer(304, ETag=self.server.etag)
        else:
            self._answer(200, self.server.text, Content_Type="text/calendar", ETag=self.server.etag)

    def do_REPORT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.asked.append("REPORT")
        if not self._let_in():
            return
        asked = ET.fromstring(body)
        span = asked.find(f".//{CALDAV}time-range")
        if self.headers.get("Depth") != "1" or span is None or not span.get("start", "").endswith("Z"):
            self._answer(400)
        elif asked.tag == f"{CALDAV}free-busy-query":
            self._answer(200, self.server.free_busy, Content_Type="text/calendar")
        elif asked.tag == f"{CALDAV}calendar-query" and asked.find(f".//{CALDAV}comp-filter") is not None:
            rows = "".join(
                f"<d:response><d:href>/{n}.ics</d:href><d:propstat><d:prop><c:calendar-data>{escape(one)}"
                "</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
                for n, one in enumerate(self.server.entries)
            )
            whole = self.server.xml or (
                '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
                f"{rows}</d:multistatus>"
            )
            self._answer(207, whole, Content_Type="application/xml")
        else:
            self._answer(403)

    def log_message(self, *_args: object) -> None:
        pass


class Elsewhere(ThreadingHTTPServer):
    """What the server answers, and how often it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.text = self.free_busy = self.xml = self.user = self.password = ""
        self.entries: list[str] = []
        self.etag, self.status = '"1"', 200
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ada.ics"


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    server = Elsewhere()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
