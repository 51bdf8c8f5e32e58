"""`servicehall webhook-receiver`: takes webhooks in for trying things out, checks them and behaves as told."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from servicehall.processes.webhook_receiver import Received


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secret",
        action="append",
        required=True,
        metavar="SECRET",
        help="secret of the webhook, whsec_… (may be repeated)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8030, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--fail", type=int, default=0, metavar="N", help="answer the first N with --status (-1: every one)"
    )
    parser.add_argument(
        "--status", type=int, default=500, help="what a failure is answered with (default: %(default)s)"
    )
    parser.add_argument(
        "--delay", type=float, default=0.0, metavar="SECONDS", help="wait before every answer"
    )
    parser.add_argument(
        "--redirect", default="", metavar="URL", help="answer with a redirect to this address"
    )


def run(options: argparse.Namespace) -> int:
    from servicehall.kernel.signed_messages import UnfitSecret, key_of
    from servicehall.processes import logs
    from servicehall.processes.webhook_receiver import Behaviour, Desk, ReceiverServer, serve

    logs.configure()
    behaviour = Behaviour(
        failures=options.fail if options.fail >= 0 else 2**31,
        status=options.status,
        delay=options.delay,
        redirect=options.redirect,
    )
    try:
        for secret in options.secret:
            key_of(secret)
    except UnfitSecret:
        return surroundings.complain("A secret begins with whsec_ and goes on with base64.")
    if not 200 <= options.status <= 599 or options.delay < 0:
        return surroundings.complain("A status is from 200 to 599, and a delay is not negative.")
    try:
        server = ReceiverServer(options.host, options.port, Desk(options.secret, behaviour, tell=_say))
    except OSError as problem:
        return surroundings.complain(f"The receiver cannot start: {problem}")
    print(f"Listening on http://{options.host}:{options.port}/", flush=True)
    print("The hall needs SERVICEHALL_WEBHOOK_NETWORKS=127.0.0.0/8 to send to this machine.", flush=True)
    return serve(server)


def _say(one: Received) -> None:
    print(f"{one.status} {one.message_id} {one.reason or one.body.decode('utf-8', 'replace')}", flush=True)
