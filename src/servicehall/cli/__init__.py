"""The command line: one module a command, each with `add_arguments(parser)` and `run(options) -> int`.

A command's module is loaded only when that command is called, and Django only by commands that need it,
so that `--help` answers at once. Rules of business live in the rooms.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "run": "start everything in one command: web, live and worker",
    "web": "start only the pages and the API",
    "live": "start only the live event streams",
    "worker": "start only what follows from events and timers",
    "prepare": "ready the database, static files and translations, then end",
    "doctor": "check this installation and say what is wrong in plain words",
    "demo": "fill an empty database with a demo hall",
    "flows": "check, try out and publish definitions of services",
    "token": "print a new bearer token for the API",
    "keys": "show the keys that protect personal data, and change them while the hall works",
    "retention": "remove data that is older than its rule says, or say what would go",
    "staff": "add a member of staff, such as the first administrator",
    "replay": "drive the running hall with a real log",
    "evaluate": "measure predicted waits on a real log, beside simpler rules",
    "simulate": "try out a day of the hall, from its own history or a plan, by the queue's own rules",
    "evidence": "print the evidence's key, export it, or compute it anew",
    "backup": "write one encrypted file of the whole hall, while it works",
    "restore": "put a backup into an empty place, and check it",
    "verify": "check a receipt, two checkpoints or an exported log, without the hall",
    "witness": "sign, on another machine, that a hall's evidence only ever grew",
    "webhook-receiver": "take webhooks in for trying things out: checks signatures, fails as told",
    "sms-simulator": "stand in for a text message service, to try messages out",
    "payment-simulator": "stand in for WeChat Pay and Alipay, to try payments out",
    "sample-backoffice": "five small systems to try connectors and flows with",
    "idreader": "pretend to be a reader of identity cards, for trying a desk out",
    "django": "run one of Django's own commands (migrate, shell, …)",
}


class _Listing(argparse.HelpFormatter):
    """Commands in one column: the library does not count their indentation when it measures the longest."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)
        self._action_max_length = 23


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser, commands = _parser()
    if given and given[0] in COMMANDS:
        command = importlib.import_module(f"servicehall.cli.{given[0].replace('-', '_')}_command")
        command.add_arguments(commands[given[0]])
        options = parser.parse_args(given)
        try:
            return int(command.run(options))
        except KeyboardInterrupt:
            return 130
        except BrokenPipeError:
            return 1
    parser.parse_args(given)  # --help, --version or a wrong name end here
    parser.print_help()
    return 2


def _parser() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    from servicehall import __version__

    parser = argparse.ArgumentParser(
        prog="servicehall",
        formatter_class=_Listing,
        description="Runs a service hall: one queue from the door to the counter, on one event log.",
        epilog="servicehall COMMAND --help explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"servicehall {__version__}")
    group = parser.add_subparsers(metavar="COMMAND", title="commands")
    return parser, {
        name: group.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        for name, summary in COMMANDS.items()
    }
