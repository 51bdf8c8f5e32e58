"""Web and live serve TLS 1.3 themselves: real handshakes with a certificate made here, and what goes over them."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from servicehall.processes import tls
from servicehall.processes.doctor import transport as doctor
from tests.processes.running import COMMAND, environment, until
from tests.security.conftest import write_certificate

pytestmark = [pytest.mark.processes, pytest.mark.one_database]
LISTENERS = ("web", "live")


def context(cert: Path, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """A client that trusts this certificate only and speaks this version only."""
    made = ssl.create_default_context(cafile=cert)
    if version < ssl.TLSVersion.TLSv1_3:
        made.maximum_version = version
    made.minimum_version = version
    return made


def is_open(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, certificate: tuple[Path, Path]
) -> Iterator[dict[str, int]]:
    """Web and live, each started with its own command; their ports by name."""
    data = tmp_path_factory.mktemp("tls") / "data"
    data.mkdir(mode=0o700)
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        ports = {"web": one.getsockname()[1], "live": two.getsockname()[1]}
    files = ["--tls-cert", str(certificate[0]), "--tls-key", str(certificate[1])]
    started = [
        subprocess.Popen(
            [COMMAND, role, "--port", str(port), "--data", str(data), *files],
            env=environment(data, SERVICEHALL_LIVE_PORT=str(ports["live"])),
            stdin=subprocess.DEVNULL,
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


def ask(port: int, cert: Path, path: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context(cert), timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer, answer.read()


@pytest.mark.parametrize("who", LISTENERS)
def test_tls_1_3_is_spoken(served: dict[str, int], certificate: tuple[Path, Path], who: str) -> None:
    with (
        socket.create_connection(("127.0.0.1", served[who]), timeout=10) as plain,
        context(certificate[0]).wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        assert line.version() == "TLSv1.3"
        cipher = line.cipher()
        assert cipher is not None
        assert cipher[0].startswith("TLS_")  # RFC 8446's suites: all authenticated, all with forward secrecy


@pytest.mark.parametrize("who", LISTENERS)
def test_tls_1_2_is_refused(served: dict[str, int], certificate: tuple[Path, Path], who: str) -> None:
    older = context(certificate[0], ssl.TLSVersion.TLSv1_2)
    with (
        socket.create_connection(("127.0.0.1", served[who]), timeout=10) as plain,
        pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"),
    ):
        older.wrap_socket(plain, server_hostname="127.0.0.1")


@pytest.mark.parametrize("who", LISTENERS)
def test_plain_http_gets_no_answer_on_the_same_port(served: dict[str, int], who: str) -> None:
    with socket.create_connection(("127.0.0.1", served[who]), timeout=10) as line:
        line.sendall(b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        try:
            said = line.recv(64)
        except ConnectionError:
            said = b""
    assert not said.startswith(b"HTTP/")


def test_the_browser_is_told_to_come_back_by_https_only(
    served: dict[str, int], certificate: tuple[Path, Path]
) -> None:
    for port, path in (
        (served["web"], "/sign-in"),
        (served["web"], "/api/v1/openapi.json"),
        (served["live"], "/live/health"),
    ):
        answer, _body = ask(port, certificate[0], path)
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_cookies_are_for_this_host_over_tls_and_not_for_scripts(
    served: dict[str, int], certificate: tuple[Path, Path]
) -> None:
    answer, _body = ask(served["web"], certificate[0], "/sign-in")
    cookies = [SimpleCookie(line) for line in answer.headers.get_all("Set-Cookie") or []]
    found = {name: morsel for cookie in cookies for name, morsel in cookie.items()}
    assert set(found) == {"__Host-servicehall_csrf"}
    for morsel in found.values():
        assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "Lax")
        assert (morsel["path"], morsel["domain"]) == ("/", "")


def test_pages_reach_the_live_program_through_the_web_port_too(
    served: dict[str, int], certificate: tuple[Path, Path]
) -> None:
    _answer, body = ask(served["web"], certificate[0], "/live/health")
    assert json.loads(body)["status"] == "ok"


def test_addresses_on_pages_are_https(served: dict[str, int], certificate: tuple[Path, Path]) -> None:
    policy = ask(served["web"], certificate[0], "/sign-in")[0].headers["Content-Security-Policy"]
    assert f"connect-src 'self' https://127.0.0.1:{served['live']};" in policy


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 3\r\nContent-Length: 30",
        b"Content-Length: 3\r\nTransfer-Encoding: xchunked",
        b"Content-Length: -3",
        b"Content-Length : 3",
        b"Transfer-Encoding: chunked, identity",
    ],
)
@pytest.mark.parametrize("who", LISTENERS)
def test_a_message_without_one_clear_end_is_refused(
    served: dict[str, int], certificate: tuple[Path, Path], who: str, lines: bytes
) -> None:
    with (
        socket.create_connection(("127.0.0.1", served[who]), timeout=10) as plain,
        context(certificate[0]).wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        line.sendall(b"POST /live/health HTTP/1.1\r\nHost: 127.0.0.1\r\n" + lines + b"\r\n\r\nabc")
        assert line.recv(64).startswith(b"HTTP/1.1 400")


# --- What cannot be used is said before anything listens ---


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, Path]:
    cert, key = write_certificate(tmp_path)
    monkeypatch.setenv(tls.CERT, str(cert))
    monkeypatch.setenv(tls.KEY, str(key))
    return cert, key


def refused() -> str:
    with pytest.raises(tls.UnusableCertificate) as problem:
        tls.found()
    english, chinese = str(problem.value).splitlines()
    assert english.isascii() or "/" in english
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    return english


def test_a_key_alone_is_not_enough(named: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tls.CERT)
    assert "SERVICEHALL_TLS_CERT is missing" in refused()


def test_a_key_that_others_may_read_is_refused(named: tuple[Path, Path]) -> None:
    named[1].chmod(0o644)
    assert "chmod 600" in refused()


def test_a_key_of_another_certificate_is_refused(
    named: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = write_certificate(tmp_path_factory.mktemp("other"))[1]
    named[1].write_bytes(other.read_bytes())
    assert "does not belong to" in refused()


def test_a_certificate_that_has_ended_is_refused(named: tuple[Path, Path]) -> None:
    write_certificate(named[0].parent, days=-1)
    assert "ended on" in refused()


def test_files_that_are_no_pem_are_refused(named: tuple[Path, Path]) -> None:
    named[1].write_text("nonsense")
    assert "The key" in refused()
    named[0].write_text("nonsense")
    assert "The certificate" in refused()


def test_the_command_says_so_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [COMMAND, "run", "--data", str(tmp_path), "--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.key"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "/nowhere.pem cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


# --- The doctor ---


def test_the_doctor_warns_of_a_network_without_tls() -> None:
    assert [f.level for f in doctor.transport("127.0.0.1", https=False, proxies=0)] == ["ok"]
    (found,) = doctor.transport("0.0.0.0", https=False, proxies=0)
    assert found.level == "warning"
    assert "--tls-cert" in found.advice


def test_the_doctor_warns_of_https_that_nobody_vouches_for() -> None:
    (found,) = doctor.transport("127.0.0.1", https=True, proxies=0)
    assert found.level == "warning"
    assert "SERVICEHALL_PROXY" in found.advice
    assert [f.level for f in doctor.transport("127.0.0.1", https=True, proxies=1)] == ["ok"]


def test_the_doctor_tells_when_the_certificate_ends(named: tuple[Path, Path]) -> None:
    (found,) = doctor.transport("0.0.0.0", https=True, proxies=0)
    assert found.level == "warning"
    assert "ends on" in found.what
    write_certificate(named[0].parent, days=60)
    assert [f.level for f in doctor.transport("0.0.0.0", https=True, proxies=0)] == ["ok"]
