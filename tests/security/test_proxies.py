"""The recipes of docs/deployment.md, run as they are printed in front of a running hall; only names and ports are put in.

nginx is among what `make setup` installs. A proxy that is not there is not run; what its recipe says is looked at anyway.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.prepared import copied, demo, once
from tests.processes.running import COMMAND, environment, until
from tests.security.conftest import write_certificate

pytestmark = [pytest.mark.processes, pytest.mark.one_database]
ROOT = Path(__file__).parents[2]
NAME = "hall.example.com"
MEGABYTE = 1024 * 1024
PROXIES = ("nginx", "caddy")
HERE = [one for one in PROXIES if shutil.which(one)]


def recipe(name: str) -> str:
    """What the document prints for a proxy."""
    text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    found = re.search(rf"(?ims)^### {name}$.*?^```$\n(.*?)^```$", text)
    assert found, f"docs/deployment.md has no recipe for {name}"
    return found[1]


def put_in(text: str, changes: Mapping[str, str]) -> str:
    """Put the test's ports and files in; each has to be there."""
    for theirs, ours in changes.items():
        assert theirs in text, f"the recipe does not say {theirs}"
        text = text.replace(theirs, ours)
    return text


# --- What the recipes say, whichever proxies there are ---


@pytest.mark.parametrize("name", PROXIES)
def test_a_recipe_says_what_a_hall_needs(name: str) -> None:
    said = recipe(name)
    needed = {
        "nginx": (
            "ssl_protocols TLSv1.3;",
            "proxy_buffering off;",
            "server_tokens off;",
            "X-Forwarded-For $proxy_add_x_forwarded_for;",
            "X-Forwarded-Proto $scheme;",
            "client_max_body_size 3m;",
        ),
        "caddy": ("protocols tls1.3", "flush_interval -1", "max_size 3MB", "header -Server"),
    }
    plain = re.sub(r"[ \t]+", " ", said)
    assert [line for line in needed[name] if line not in plain] == []
    assert "Strict-Transport-Security" not in said  # the hall's, and once
    assert said.count("{") == said.count("}")


def test_nginx_is_set_up_for_tests() -> None:
    from scripts import bootstrap

    assert ("nginx",) in {need.packages for need in bootstrap.FOR_TESTS}


# --- A hall, and each proxy in front of it ---


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_:
        sockets = [open_.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Web and live of a demo hall as the document sets them up; their ports."""
    data = copied(once("demo", demo), tmp_path_factory.mktemp("behind") / "data")
    ports = dict(zip(("web", "live"), free_ports(2), strict=True))
    env = environment(
        data,
        SERVICEHALL_HTTPS="1",
        SERVICEHALL_PROXY="127.0.0.1",
        SERVICEHALL_LIVE_URL=f"https://{NAME}",
        SERVICEHALL_PUBLIC_URL=f"https://{NAME}",
        SERVICEHALL_HOSTS=NAME,
        SERVICEHALL_LIVE_PORT=str(ports["live"]),
        DJANGO_SETTINGS_MODULE="tests.security.settings_behind_a_proxy",
        PYTHONPATH=str(ROOT),
    )
    started = [
        subprocess.Popen(
            [COMMAND, role, "--port", str(port), "--data", str(data)], env=env, stdin=subprocess.DEVNULL
        )
        for role, port in ports.items()
    ]
    try:
        until(lambda: all(is_open(port) for port in ports.values()), seconds=60)
        yield ports
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(20)


@dataclass
class Front:
    """A proxy that runs, and a client in front of it."""

    name: str
    plain: int
    https: int
    cert: Path

    def context(self, *, newest: bool = True) -> ssl.SSLContext:
        found = ssl.create_default_context(cafile=self.cert)
        if newest:
            found.minimum_version = ssl.TLSVersion.TLSv1_3
        else:
            found.maximum_version = ssl.TLSVersion.TLSv1_2
        return found

    @contextlib.contextmanager
    def line(self, *, address: str = "127.0.0.1", newest: bool = True) -> Iterator[ssl.SSLSocket]:
        """A TLS connection to the hall's name, from one of this machine's addresses."""
        with (
            socket.create_connection(("127.0.0.1", self.https), 20, (address, 0)) as plain,
            self.context(newest=newest).wrap_socket(plain, server_hostname=NAME) as line,
        ):
            yield line

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        tls: bool = True,
        address: str = "127.0.0.1",
        **headers: str,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request; underscores in the headers' names are dashes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=20)
        with contextlib.ExitStack() as open_:
            open_.callback(connection.close)
            if tls:
                connection.sock = open_.enter_context(self.line(address=address))
            named = {"Host": NAME} | {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=named)
            answer = open_.enter_context(connection.getresponse())
            try:
                return answer, answer.read()
            except http.client.IncompleteRead as cut:  # the hall stops listening to what is too much
                return answer, cut.partial


def nginx(folder: Path, ports: dict[str, int], cert: Path, key: Path, front: list[int]) -> list[str]:
    """Its configuration in a folder of its own; the command that starts it."""
    text = put_in(
        recipe("nginx"),
        {
            "listen 80;": f"listen {front[0]};",
            "listen 443 ": f"listen {front[1]} ",
            "/etc/hall/fullchain.pem": str(cert),
            "/etc/hall/key.pem": str(key),
            "127.0.0.1:8000": f"127.0.0.1:{ports['web']}",
            "127.0.0.1:8001": f"127.0.0.1:{ports['live']}",
        },
    )
    (folder / "hall.conf").write_text(text, encoding="utf-8")
    kept = "".join(
        f"{one}_temp_path {folder}/{one};\n" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{kept}include {folder}/hall.conf;\n}}\n",
        encoding="utf-8",
    )
    command = ["nginx", "-p", str(folder), "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    return command


def caddy(folder: Path, ports: dict[str, int], cert: Path, key: Path, front: list[int]) -> list[str]:
    """The same for Caddy; no authority is asked for a certificate here."""
    text = put_in(
        recipe("caddy"),
        {
            "tls {": f"tls {cert} {key} {{",
            "127.0.0.1:8000": f"127.0.0.1:{ports['web']}",
            "127.0.0.1:8001": f"127.0.0.1:{ports['live']}",
        },
    )
    about = f"{{\nadmin off\ngrace_period 1s\nhttp_port {front[0]}\nhttps_port {front[1]}\nstorage file_system {folder}\n}}\n"
    (folder / "Caddyfile").write_text(about + text, encoding="utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


@pytest.fixture(scope="module", params=HERE)
def front(
    request: pytest.FixtureRequest, hall: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    """Each proxy there is, with its recipe, in front of the hall."""
    folder = tmp_path_factory.mktemp(request.param)
    cert, key = write_certificate(folder, name=NAME)
    ports = free_ports(2)
    make = {"nginx": nginx, "caddy": caddy}[request.param]
    said = folder / "said"
    with said.open("w") as log:
        process = subprocess.Popen(
            make(folder, hall, cert, key, ports),
            env=environment(folder, HOME=str(folder)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: process.poll() is not None or all(is_open(port) for port in ports))
        assert process.poll() is None, said.read_text()
        yield Front(request.param, ports[0], ports[1], cert)
    finally:
        process.terminate()
        process.wait(20)


def test_tls_1_3_is_spoken_and_nothing_older(front: Front) -> None:
    with front.line() as line:
        assert line.version() == "TLSv1.3"
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"), front.line(newest=False):
        pass


def test_headers_are_the_halls_and_said_once(front: Front) -> None:
    answer, body = front.ask("/sign-in")
    assert answer.status == 200
    assert b"<form" in body
    for name in (
        "Strict-Transport-Security",
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
    ):
        assert len(answer.headers.get_all(name) or []) == 1, name
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert f"connect-src 'self' https://{NAME};" in answer.headers["Content-Security-Policy"]
    assert "__Host-servicehall_csrf" in answer.headers["Set-Cookie"]
    assert not re.search(r"\d", answer.headers.get("Server", ""))


def test_without_tls_pages_are_sent_there_and_programs_refused(front: Front) -> None:
    page, _body = front.ask("/sign-in?next=/desk", tls=False)
    assert (page.status, page.headers["Location"]) == (301, f"https://{NAME}/sign-in?next=/desk")
    for method, path in (("GET", "/api/v1/sites"), ("POST", "/sign-in"), ("GET", "/live/health")):
        answer, body = front.ask(path, method=method, tls=False, Accept="application/json")
        assert answer.status == 403, path
        if path.startswith("/api/"):
            assert json.loads(body)["type"].endswith("not-encrypted")


def test_live_events_are_not_held_back(front: Front) -> None:
    with front.line() as line:
        line.sendall(f"GET /live/boards/mall?after=0 HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        said, end = b"", time.monotonic() + 10
        while b"\nid: " not in said and b"\ndata:" not in said and time.monotonic() < end:
            said += line.recv(65536)
    assert said.startswith(b"HTTP/1.1 200"), said
    assert b"\nevent:" in said or b"\ndata:" in said
    health, body = front.ask("/live/health")
    assert (health.status, json.loads(body)["status"]) == (200, "ok")


def test_who_keeps_failing_is_locked_out_by_the_address_of_their_own(front: Front) -> None:
    def wrong(address: str, claim: str) -> int:
        answer, _body = front.ask(
            "/api/v1/sites/mall/services",
            address=address,
            Authorization=f"Bearer sh_{claim}",
            X_Forwarded_For=claim,
            X_Real_IP=claim,
            Forwarded=f"for={claim}",
        )
        return answer.status

    mine, others = f"127.{front.https % 200 + 1}.1.5", f"127.{front.https % 200 + 1}.2.5"
    tries = [wrong(mine, f"198.51.{n}.7") for n in range(12)]
    assert (tries[0], tries[-1]) == (401, 429)
    # Nobody else is locked, and nobody is by another's saying so.
    assert wrong(others, mine) == 401
    assert wrong(others, "198.51.0.7") == 401


def test_uploads_are_bounded_but_films_for_boards_come_through(front: Front) -> None:
    def status(path: str, megabytes: int) -> int:
        try:
            return front.ask(path, method="POST", body=b"x" * megabytes * MEGABYTE)[0].status
        except (ConnectionError, ssl.SSLError):
            return 413  # refused while it was still being sent

    # nginx refuses by the length that is said. Caddy sends on until the limit: the hall may have refused by then,
    # and closed the line, of which Caddy makes a 502 now and then.
    assert status("/sign-in", 4) in ({413} if front.name == "nginx" else {403, 413, 502})
    # The hall's own answer: no token in the form.
    assert status("/admin/board/screen/add/", 4) in ({403} if front.name == "nginx" else {403, 502})
