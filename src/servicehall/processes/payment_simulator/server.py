"""The simulator's door: both interfaces, a page on which its orders are paid, notifications to the hall."""

from __future__ import annotations

import json
import logging
import signal
import threading
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import requests

from . import alipay, wechat
from .service import MODES, Order, Service

log = logging.getLogger(__name__)
LONGEST_BODY = 64 * 1024
PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Payments</title><style>body{{font:16px sans-serif;margin:2rem;max-width:70rem}}"
    "td,th{{text-align:left;padding:.4rem 1rem .4rem 0;vertical-align:top}}button,select{{font:inherit}}</style>"
    "<h1>Payments</h1><form method=post action=/mode><label>What goes wrong: <select name=mode>{modes}</select></label>"
    " <button>Set</button></form><table><tr><th>At<th>By<th>What for<th>Amount<th>State<th>Told<th>{rows}</table>"
)


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: Simulator

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._send(413, b"{}")
            return
        body, path = self.rfile.read(int(length)), urlsplit(self.path).path
        if path == "/gateway.do":
            answer = alipay.answer(self.server.service, body, self._base())
            self._late(200, answer, "text/html;charset=utf-8", {})
        elif path.startswith("/v3/"):
            self._wechat("POST", body)
        elif path == "/mode":
            mode = parse_qs(body.decode()).get("mode", [""])[0]
            if mode in MODES:
                self.server.service.mode = mode
            self._home()
        elif path.startswith("/pay/"):
            self.server.pay(*path.removeprefix("/pay/").split("/", 1))
            self._home()
        else:
            self._send(404, b"{}")

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if where.path.startswith("/v3/"):
            self._wechat("GET", b"")
        elif where.path == "/bill.zip":
            day = parse_qs(where.query).get("day", [""])[0]
            self._send(200, alipay.statement(self.server.service, day), "application/zip")
        elif where.path == "/orders":
            self._send(200, json.dumps([_row(one) for one in self.server.service.orders.values()]).encode())
        elif where.path == "/":
            self._send(200, self._page().encode(), "text/html; charset=utf-8")
        else:
            self._send(404, b"{}")

    def _base(self) -> str:
        return f"http://{self.headers.get('Host', '')}"

    def _wechat(self, method: str, body: bytes) -> None:
        service, given = self.server.service, {name.lower(): value for name, value in self.headers.items()}
        refused = wechat.refusal_of(service, method, self.path, given, body)
        if refused is not None:
            self._send(*refused)
            return
        status, said, kind = wechat.answer(service, method, self.path, body, self._base())
        headers = {} if kind == "text/plain" else wechat.stamped(service.keys["wechat"].platform, said)
        self._late(status, said, kind, headers)

    def _late(self, status: int, said: bytes, kind: str, headers: dict[str, str]) -> None:
        """Answer as the mode wants it: at once, late, or never."""
        service = self.server.service
        if service.mode == "slow":
            time.sleep(service.delay)
        if service.mode == "lost":
            time.sleep(service.silence)
            self.close_connection = True
            return
        self._send(status, said, kind, headers)

    def _home(self) -> None:
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _page(self) -> str:
        service = self.server.service
        modes = "".join(
            f"<option value='{mode}'{' selected' if mode == service.mode else ''}>{mode or 'nothing'}"
            for mode in MODES
        )
        rows = []
        for order in reversed(service.orders.values()):
            cells = "".join(f"<td>{escape(str(value))}" for value in list(_row(order).values())[2:])
            act = f"/pay/{order.interface}/{escape(order.number)}"
            can = order.state == "waiting" or (order.state == "closed" and order.interface == "alipay")
            button = f"<form method=post action='{act}'><button>Pay</button></form>" if can else ""
            rows.append(f"<tr>{cells}<td>{button}")
        return PAGE.format(modes=modes, rows="".join(rows))

    def _send(
        self, status: int, body: bytes, kind: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Its orders are on the page."""


def _row(order: Order) -> dict[str, str]:
    back = f", {order.refunded / 100:.2f} given back" if order.refunded else ""
    return {
        "number": order.number,
        "code": order.code,
        "at": f"{order.at:%H:%M:%S}",
        "by": order.interface,
        "for": order.description,
        "amount": f"{order.amount / 100:.2f}",
        "state": order.state + back,
        "told": ", ".join(order.told),
    }


class Simulator(ThreadingHTTPServer):
    """Serves one simulated provider."""

    daemon_threads = True

    def __init__(self, host: str, port: int, service: Service) -> None:
        super().__init__((host, port), _Door)
        self.service = service

    def pay(self, interface: str, number: str) -> bool:
        """The payer pays an order; the hall is told in a while, in the mode's way."""
        order = self.service.orders.get((interface, number))
        if order is None or not self.service.pay(order):
            return False
        if self.service.mode != "silent":
            threading.Thread(target=self.tell, args=(order,), daemon=True).start()
        return True

    def tell(self, order: Order) -> None:
        """Tell the hall what was paid."""
        made = wechat.notification if order.interface == "wechat" else alipay.notification
        body, headers = made(self.service, order)
        for _ in range(3 if self.service.mode == "duplicate" else 1):
            try:
                found = requests.post(
                    order.notify_url, data=body, headers=headers, timeout=5, allow_redirects=False
                )
                order.told.append(str(found.status_code))
            except requests.RequestException as problem:
                order.told.append("nobody")
                log.warning("simulator.notification_not_taken reason=%s", type(problem).__name__)


def serve(server: Simulator) -> int:
    """Serve until SIGTERM or SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # From another thread: the loop that is told to end must not be the one that waits for it.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0
