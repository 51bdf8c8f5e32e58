"""Calls customers over HTTP at a steady pace: `python -m bench.live_calls PORT COUNT A_SECOND COUNTER …`.

Prints as JSON: `answered`, pairs of a ticket's number and the moment of the answer on the monotonic clock;
`late`, by how many seconds the machine woke this process late from its sleeps. The token is in BENCH_TOKEN.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import sys
import time
from typing import Any


def main(port: int, count: int, a_second: float, counters: list[str]) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    token = os.environ["BENCH_TOKEN"]

    def post(path: str) -> Any:
        key = os.urandom(12).hex()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        connection.request("POST", f"/api/v1/{path}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body!r}")
        return json.loads(body)

    answered, late = [], []
    due = time.monotonic()
    for counter in itertools.islice(itertools.cycle(counters), count):
        ticket = post(f"counters/{counter}/next")
        answered.append((ticket["number"], time.monotonic()))
        post(f"tickets/{ticket['id']}/finish")
        due = max(due + 1 / a_second, time.monotonic())
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
            late.append(time.monotonic() - due)
    return {"answered": answered, "late": late}


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]), sys.stdout)
