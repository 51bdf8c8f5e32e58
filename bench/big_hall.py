"""Every page and call on a hall with 10,000 waiting and 1,000,000 past tickets, against an empty one."""

from __future__ import annotations

import http.cookiejar
import statistics
import time
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

from .running_hall import RunningHall, hall

WAITING = 10_000
PAST = 1_000_000
ROUNDS = 25


@dataclass(frozen=True)
class Figure:
    """A page's or call's time in milliseconds (median)."""

    database: str
    what: str
    empty: float
    full: float

    @property
    def ratio(self) -> float:
        return self.full / self.empty


class Visitor:
    """A signed-in member of staff and an API client in one."""

    def __init__(self, running: RunningHall, username: str, password: str) -> None:
        self.running = running
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.get("/sign-in")
        token = next(c.value for c in jar if "csrf" in c.name) or ""
        form = {"username": username, "password": password, "csrfmiddlewaretoken": token}
        request = urllib.request.Request(
            f"{running.url}/sign-in", urllib.parse.urlencode(form).encode(), {"Referer": running.url}
        )
        self.opener.open(request, timeout=30).read()

    def get(self, path: str) -> bytes:
        """A page."""
        with self.opener.open(f"{self.running.url}{path}", timeout=60) as answer:
            body: bytes = answer.read()
            return body

    def api(self, method: str, path: str, body: bytes = b"") -> bytes:
        """A call."""
        headers = {
            "Authorization": f"Bearer {self.running.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        request = urllib.request.Request(
            f"{self.running.url}/api/v1{path}", body or None, headers, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: bytes = answer.read()
            return found


def times(visitor: Visitor, ticket: dict[str, Any], counters: list[str]) -> dict[str, float]:
    """The median time of everything, in milliseconds."""
    site = visitor.running.site
    import json

    issue = json.dumps({"service": visitor.running.service}).encode()

    def issue_and_serve() -> None:
        made = json.loads(visitor.api("POST", f"/sites/{site}/tickets", issue))
        called = json.loads(visitor.api("POST", f"/counters/{counters[0]}/next"))
        for act in ("recall", "start", "finish"):
            visitor.api("POST", f"/tickets/{called['id']}/{act}")
        if made["id"] != called["id"]:
            visitor.api("POST", f"/tickets/{made['id']}/cancel")

    things: dict[str, Any] = {
        "portal": lambda: visitor.get("/"),
        "services on the phone": lambda: visitor.get(f"/s/{site}"),
        "ticket on the phone": lambda: visitor.get(f"/t/{ticket['code']}"),
        "last ticket on the phone": lambda: visitor.get(f"/t/{ticket['last']}"),
        "kiosk": lambda: visitor.get(f"/kiosk/{site}-door"),
        "board": lambda: visitor.get(f"/board/{site}/main"),
        "desk": lambda: visitor.get(f"/desk/{counters[1]}"),
        "operations": lambda: visitor.get(f"/ops?site={site}"),
        "GET board": lambda: visitor.api("GET", f"/sites/{site}/board"),
        "GET queue": lambda: visitor.api("GET", f"/sites/{site}/queue"),
        "GET services": lambda: visitor.api("GET", f"/sites/{site}/services"),
        "GET counters": lambda: visitor.api("GET", f"/sites/{site}/counters"),
        "GET ticket": lambda: visitor.api("GET", f"/tickets/{ticket['id']}"),
        "GET figures": lambda: visitor.api("GET", f"/sites/{site}/figures"),
        "GET explain": lambda: visitor.api("GET", f"/counters/{counters[1]}/explain"),
        "issue, next, recall, start, finish": issue_and_serve,
    }
    found = {}
    for name, thing in things.items():
        for _ in range(5):
            thing()
        taken = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            thing()
            taken.append(time.perf_counter() - start)
        found[name] = statistics.median(taken) * 1000
    return found


def measure(database: str) -> list[Figure]:
    """Empty, then full, in the same installation."""
    with hall(database, counters=12) as running:
        staff = running.python("bench.staff", running.site)
        visitor = Visitor(running, staff["username"], staff["password"])
        # The staff's token sees figures, too.
        running.token = staff["token"]
        ticket = running.python("bench.filling", running.site, "0", "1")
        empty = times(visitor, ticket, running.counters)
        ticket = running.python("bench.filling", running.site, str(PAST), str(WAITING))
        running.wait_until_idle()  # a million events become leaves of the evidence first
        full = times(visitor, ticket, running.counters)
        return [Figure(database, name, empty[name], full[name]) for name in empty]
