"""`servicehall sms-simulator`: a text message service on this machine, with the real ones' rules."""

from __future__ import annotations

import argparse

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8020, help="port to listen on (default: %(default)s)")
    parser.add_argument("--key", default="simulated-account", help="account (default: %(default)s)")
    parser.add_argument("--secret", default="simulated-secret", help="its password (default: %(default)s)")
    parser.add_argument(
        "--from", dest="sender", default="服务厅", help="signature or sender (default: %(default)s)"
    )
    parser.add_argument(
        "--template", default="SMS_100000001", help="template of codes (default: %(default)s)"
    )
    parser.add_argument(
        "--per-second", type=float, default=20, help="requests a second (default: %(default)s)"
    )
    parser.add_argument(
        "--receipts",
        default="",
        metavar="URL",
        help="where Aliyun's receipts go: what `servicehall doctor` prints (Twilio's go where each message says)",
    )


def run(options: argparse.Namespace) -> int:
    from servicehall.processes import logs
    from servicehall.processes.sms_simulator.server import Simulator, serve
    from servicehall.processes.sms_simulator.service import Account, Service

    logs.configure()
    account = Account(options.key, options.secret, options.sender, options.template, options.per_second)
    try:
        server = Simulator(options.host, options.port, Service(account, receipts=options.receipts))
    except OSError as problem:
        return surroundings.complain(f"The simulator cannot start: {problem}")
    here = f"http://{options.host}:{server.server_port}"
    print(f"Text messages appear on {here} . The hall needs these settings:", flush=True)
    print("SERVICEHALL_SMS=aliyun    # or twilio", flush=True)
    for name, value in {
        "URL": here,
        "KEY": account.key,
        "SECRET": account.secret,
        "FROM": account.sender,
        "TEMPLATE": account.template,
    }.items():
        print(f"SERVICEHALL_SMS_{name}={value}", flush=True)
    print(
        "Numbers that end in 0001 to 0007 fail, each in a way of its own; see docs/operations.md.", flush=True
    )
    return serve(server)
