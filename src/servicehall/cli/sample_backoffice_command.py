"""`servicehall sample-backoffice`: five small systems behind one door, to try connectors and flows with."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8040, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--data", type=Path, metavar="FILE", help="SQLite file that keeps what was done (default: in memory)"
    )
    parser.add_argument("--secret", default="", help="bearer secret (default: one is made up)")
    parser.add_argument("--secret-file", type=Path, metavar="FILE", help="file that holds the bearer secret")
    parser.add_argument(
        "--mode",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="misbehave: slow=MS, failing=SHARE, status=500, drop-answer=SHARE, duplicate-answer=twice|earlier,"
        " lying=SHARE, times=N, operations='NAME …' (may be repeated; POST /_modes changes it)",
    )


def run(options: argparse.Namespace) -> int:
    from servicehall.kernel.key_files import UnusableKey, closed_text
    from servicehall.processes import lifeline, logs
    from servicehall.processes.sample_backoffice.modes import Behaviour, Modes, UnfitMode, changed
    from servicehall.processes.sample_backoffice.office import OPERATIONS, Office
    from servicehall.processes.sample_backoffice.server import BackOffice, serve

    lifeline.end_with_parent()
    logs.configure()
    try:
        modes = changed(Modes(), dict(_pair(one) for one in options.mode))
        secret = (
            closed_text(options.secret_file, "secret")[0].strip() if options.secret_file else options.secret
        )
        is_made_up = not secret
        secret = secret or secrets.token_urlsafe(24)
        server = BackOffice(options.host, options.port, Office(options.data), secret, Behaviour(modes))
    except (UnfitMode, UnusableKey) as problem:
        return surroundings.complain(str(problem))
    except OSError as problem:
        return surroundings.complain(f"The sample back office cannot start: {problem}")
    here = f"http://{options.host}:{server.server_port}"
    print(f"{len(OPERATIONS)} operations are described on {here}/openapi.json .", flush=True)
    if is_made_up or options.secret:
        print(f"The secret: {secret}", flush=True)
    print("The hall needs SERVICEHALL_CONNECTOR_NETWORKS=127.0.0.0/8 to call this machine.", flush=True)
    return serve(server)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()
