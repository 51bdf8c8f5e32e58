"""The statements that the product itself runs for one round (take a ticket, call next, finish).

`python -m bench.statements ROUNDS TOKEN SITE SERVICE COUNTER FILE` sends the requests to the product's WSGI
program in this process, with a recorder at the database driver, and pickles the statements with
their parameters, transaction ends included.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")

Statement = tuple[str, tuple[Any, ...]]


def call(application: Any, path: str, token: str, key: str, body: bytes) -> Any:
    """One POST; its answer's JSON."""
    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_IDEMPOTENCY_KEY": key,
        "HTTP_HOST": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answer = b"".join(application(environ, lambda s, _headers: status.append(s)))
    if not status[0].startswith("2"):
        raise RuntimeError(f"{path}: {status[0]} {answer.decode()}")
    return json.loads(answer) if answer else None


def record(rounds: int, token: str, site: str, service: str, counter: str) -> list[list[Statement]]:
    """The statements of each round."""
    from django.db import connection

    from servicehall.wsgi import application

    found: list[list[Statement]] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found[-1].append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    driver: Any = connection
    commit = driver._commit

    def committed() -> None:
        found[-1].append(("COMMIT", ()))
        commit()

    driver._commit = committed
    begin = json.dumps({"service": service}).encode()
    with connection.execute_wrapper(wrapper):
        for n in range(rounds):
            found.append([])
            call(application, f"/api/v1/sites/{site}/tickets", token, f"i{n}", begin)
            ticket = call(application, f"/api/v1/counters/{counter}/next", token, f"n{n}", b"")
            call(application, f"/api/v1/tickets/{ticket['id']}/finish", token, f"f{n}", b"")
    return found


def main(arguments: list[str]) -> None:
    rounds, token, site, service, counter, file = arguments
    Path(file).write_bytes(pickle.dumps(record(int(rounds), token, site, service, counter)))


if __name__ == "__main__":
    main(sys.argv[1:])
