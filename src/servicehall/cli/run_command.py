"""`servicehall run`: the whole hall in one command, on one data folder."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from servicehall.processes.opening import Report

BACK_OFFICE_HOST = "127.0.0.1"
PROGRAM = [sys.executable, "-P", "-m", "servicehall"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; 0.0.0.0 lets phones in (default: %(default)s)",
    )
    parser.add_argument("--port", type=int, default=8000, help="port of the pages (default: %(default)s)")
    parser.add_argument("--live-port", type=int, help="port of the event streams (default: the next one)")
    parser.add_argument(
        "--web-workers", type=int, metavar="N", help="processes that answer pages (default: by database)"
    )
    parser.add_argument("--demo", action="store_true", help="fill an empty database with a demo hall")
    parser.add_argument(
        "--backoffice-port",
        type=int,
        metavar="PORT",
        help="port of the demo's sample back office, on this machine only (default: the second next; 0: none)",
    )
    surroundings.add_tls_arguments(parser)
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    from servicehall.processes import logs, ports, runlock

    logs.configure()
    live_port = options.live_port or options.port + 1
    os.environ["SERVICEHALL_LIVE_PORT"] = str(live_port)
    try:
        surroundings.take_tls(options)
        data = surroundings.ready_data_folder(options.data)
        with runlock.hold(data, note=f"port {options.port}, pid {os.getpid()}"):
            ports.claim(options.host, options.port, option="--port")
            ports.claim(options.host, live_port, option="--live-port")
            return _supervise(options, data, live_port)
    except (surroundings.Unusable, runlock.AlreadyRunning, ports.PortUnavailable) as problem:
        return surroundings.complain(str(problem))


def _back_office_port(options: argparse.Namespace, live_port: int) -> int:
    """Where the demo's back office can listen; 0: nowhere, which is said and does not keep the hall from opening."""
    from servicehall.processes import ports

    wanted: int | None = options.backoffice_port
    port = max(int(options.port), live_port) + 1 if wanted is None else wanted
    if not options.demo or not port:
        return 0
    try:
        ports.claim(BACK_OFFICE_HOST, port, option="--backoffice-port", wait=0.5)
    except ports.PortUnavailable as problem:
        print(
            f"The demo opens without its sample back office. / 演示将在没有演示业务系统的情况下启动。\n{problem}",
            file=sys.stderr,
            flush=True,
        )
        return 0
    # The demo's own machine is meant, whatever else is.
    name = "SERVICEHALL_CONNECTOR_NETWORKS"
    os.environ[name] = ",".join(filter(None, (os.environ.get(name, ""), "127.0.0.0/8")))
    return port


def _back_office(report: Report, data: Path, port: int) -> dict[str, list[str]]:
    """The role of the sample back office, when there is one."""
    if not port or not report["back_office"]:
        return {}
    listen = ["--host", BACK_OFFICE_HOST, "--port", str(port)]
    kept = ["--data", str(data / "sample-backoffice.sqlite3"), "--secret-file", report["back_office"]]
    return {"back office": [*PROGRAM, "sample-backoffice", *listen, *kept]}


def _prepare(options: argparse.Namespace, data: Path, back_office: int) -> Report | int:
    """What the start-up message tells, or the exit code of a preparation that failed."""
    from servicehall.processes import lifeline

    command = [*PROGRAM, "prepare", "--report", "--data", str(data), *(["--demo"] if options.demo else [])]
    if back_office:
        command += ["--back-office", f"http://{BACK_OFFICE_HOST}:{back_office}"]
    done = subprocess.run(
        command, env=lifeline.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        return done.returncode
    # Whatever else was printed stands before the report.
    report: Report = json.loads(done.stdout.splitlines()[-1])
    return report


def _supervise(options: argparse.Namespace, data: Path, live_port: int) -> int:
    from servicehall.processes import ports, tls, welcome
    from servicehall.processes.supervisor import Supervisor

    scheme = "https" if tls.found() else "http"
    os.environ["SERVICEHALL_RUN_URL"] = welcome.reached_at(options.host, options.port, scheme)
    back_office = _back_office_port(options, live_port)
    prepared = _prepare(options, data, back_office)
    if isinstance(prepared, int):
        return prepared
    report = prepared
    place = ["--data", str(data)]
    listen = ["--host", options.host]
    workers = ["--workers", str(options.web_workers)] if options.web_workers else []
    supervisor = Supervisor(
        {
            "web": [*PROGRAM, "web", *place, *listen, "--port", str(options.port), *workers],
            "live": [*PROGRAM, "live", *place, *listen, "--port", str(live_port)],
            "worker": [*PROGRAM, "worker", *place],
            **_back_office(report, data, back_office),
        },
        dict(os.environ),
    )
    return supervisor.run(
        is_ready=lambda: all(ports.is_served(options.host, p) for p in (options.port, live_port)),
        on_ready=lambda: print(
            welcome.message(
                report,
                host=options.host,
                port=options.port,
                scheme=scheme,
                back_office=back_office,
            ),
            flush=True,
        ),
        on_stop=lambda: print("\nClosing… / 正在关闭……", file=sys.stderr, flush=True),
    )
