"""`servicehall witness`: signs, from elsewhere, that a hall's log only ever grew."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="the witness's key; made if it is not there"
    )
    parser.add_argument(
        "--log",
        action="append",
        required=True,
        metavar="KEY",
        help="public key of a hall's log (may be repeated)",
    )
    parser.add_argument(
        "--name", default="servicehall-witness", help="the name it signs with (default: %(default)s)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8010, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="what it has signed (default: beside the key, .sqlite3)"
    )


def run(options: argparse.Namespace) -> int:
    from servicehall import verify_evidence as verifier
    from servicehall.kernel import key_files
    from servicehall.processes import logs
    from servicehall.processes.witness.server import WitnessServer, serve
    from servicehall.processes.witness.signing import Signing

    logs.configure()
    if not options.name or set(options.name) & set(" +\n"):
        return surroundings.complain("The name of a witness has no spaces and no plus sign.")
    try:
        known = [verifier.key_of(one) for one in options.log]
        key = key_files.key_in(options.key)
        state = options.state or options.key.with_suffix(".sqlite3")
        signing = Signing(options.name, key, known, state)
        server = WitnessServer(options.host, options.port, signing)
    except (verifier.Wrong, key_files.UnusableKey, OSError) as problem:
        return surroundings.complain(f"The witness cannot start: {problem}")
    print(f"Witness {signing.name} listens. The hall needs this setting:", flush=True)
    print(f'SERVICEHALL_WITNESSES="http://{options.host}:{options.port} {signing.published}"', flush=True)
    return serve(server)
