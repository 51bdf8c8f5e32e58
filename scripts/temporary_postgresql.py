"""A PostgreSQL server of one's own in a temporary folder, for tests, benchmarks and trying out.

Uses the programs that Debian's `postgresql` package installs; touches no server of the machine.
Reachable by a socket in that folder only. As a command it stays until Ctrl-C:

    python scripts/temporary_postgresql.py [--durable]    prints the DATABASE_URL to use
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Nothing of a test's database has to survive a power cut. A benchmark wants the real thing: --durable.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
ALWAYS = (
    "listen_addresses=",
    "max_connections=300",
    "shared_buffers=128MB",
    "jit=off",
    "unix_socket_permissions=0777",
)
START_SECONDS = 60
PR_SET_PDEATHSIG = 1


def programs() -> Path:
    """The folder with the newest installed server programs.

    Raises:
        FileNotFoundError: none is installed.
    """
    found = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found:
        if initdb := shutil.which("initdb"):
            return Path(initdb).resolve().parent
        raise FileNotFoundError("PostgreSQL's programs are missing: sudo apt-get install postgresql")
    return max(found, key=lambda p: int(p.parent.name))


def _unprivileged() -> dict[str, Any]:
    """How to start its programs: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = [entry.pw_name for entry in pwd.getpwall()]
    who = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def _stop_with_starter() -> None:
    # Should a test run be killed, its server goes with it (SIGINT: PostgreSQL's fast shutdown).
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


@contextlib.contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Run a server; gives the URL of its database `servicehall`, and removes everything afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="servicehall-pg-", dir="/tmp"))  # a socket's path must be short
    unprivileged = _unprivileged()
    server: subprocess.Popen[bytes] | None = None
    try:
        folder.chmod(0o755)
        if unprivileged:
            os.chown(folder, unprivileged["user"], unprivileged["group"])
        _initialise(folder, unprivileged)
        server = _start(folder, unprivileged, durable=durable)
        _wait_until_ready(folder, server)
        url = f"postgresql://postgres@/servicehall?host={folder}"
        _psql(folder, "CREATE DATABASE servicehall")
        yield url
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(folder: Path, unprivileged: dict[str, Any]) -> None:
    command = [str(programs() / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **unprivileged)


def _start(folder: Path, unprivileged: dict[str, Any], *, durable: bool) -> subprocess.Popen[bytes]:
    command = [str(programs() / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    for setting in (*ALWAYS, *(() if durable else FAST)):
        command += ["-c", setting]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for the tests; they stop the server when they are done
            preexec_fn=_stop_with_starter,  # noqa: PLW1509 - no other thread runs yet
            **unprivileged,
        )


def _psql(folder: Path, sql: str) -> None:
    command = [str(programs() / "psql"), "-h", str(folder), "-U", "postgres", "-d", "postgres", "-qc", sql]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _wait_until_ready(folder: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    ready = [str(programs() / "pg_isready"), "-q", "-h", str(folder)]
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'server.log').read_text()}")
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--durable", action="store_true", help="write to disk as a real server does")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with cluster(durable=options.durable) as url, contextlib.suppress(KeyboardInterrupt):
        print(f"DATABASE_URL={url}", flush=True)
        while True:
            signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
