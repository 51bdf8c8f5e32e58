"""The witness's door: one address that takes checkpoints, one that says who this is."""

from __future__ import annotations

import logging
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .signing import Refusal, Signing

log = logging.getLogger(__name__)
LONGEST_BODY = 64 * 1024
PATIENCE = 10
"""Seconds that a sender may take for its next byte."""


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server: WitnessServer

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            self._answer(404, "there is nothing here\n")
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._answer(413 if length.isdigit() else 411, "send a body of 64 KiB at most, with its length\n")
            return
        try:
            self._answer(200, self.server.signing.add_checkpoint(self.rfile.read(int(length))))
        except Refusal as refusal:
            log.warning("witness.refused status=%s reason=%s", refusal.status, refusal.words.strip())
            self._answer(refusal.status, refusal.words, refusal.kind)

    def do_GET(self) -> None:
        if self.path != "/":
            self._answer(404, "there is nothing here\n")
            return
        signed = "".join(f"{origin} {size}\n" for origin, size in self.server.signing.sizes().items())
        self._answer(200, f"{self.server.signing.published}\n\n{signed}")

    def _answer(self, status: int, words: str, kind: str = "text/plain; charset=utf-8") -> None:
        body = words.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        log.info("witness.request " + format, *args)  # noqa: G003 - the library's form


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness."""

    daemon_threads = True

    def __init__(self, host: str, port: int, signing: Signing) -> None:
        super().__init__((host, port), _Door)
        self.signing = signing


def serve(server: WitnessServer) -> int:
    """Serve until SIGTERM or SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # From another thread: the loop that is told to end must not be the one that waits for it.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0
