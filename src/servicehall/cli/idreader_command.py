"""`servicehall idreader`: pretends to be a reader of identity cards, with a made-up card on it."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from servicehall.processes.card_reader import PretendedCard, PretendedReader

# The specimen number of GB 11643 itself.
SPECIMEN = "11010519491231002X"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8040, help="port to listen on (default: %(default)s)")
    parser.add_argument("--name", default="陈伟", help="name on the card (default: %(default)s)")
    parser.add_argument("--number", default=SPECIMEN, help="number on the card (default: %(default)s)")
    parser.add_argument("--until", default="长期", help="last day, such as 20301231 (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    from servicehall.processes.card_reader import PretendedCard, PretendedReader

    card = PretendedCard(options.name, options.number, options.until)
    try:
        server = PretendedReader(options.host, options.port, card)
    except OSError as problem:
        return surroundings.complain(f"The reader cannot start: {problem}")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print("A card lies on the pretended reader. The hall needs this setting:", flush=True)
    print(f'SERVICEHALL_ID_READERS="mall/Reader=tcp://{options.host}:{server.port}"', flush=True)
    if sys.stdin.isatty():
        print("Enter lays the card down again.", flush=True)
        threading.Thread(target=_lay_again, args=(server, card), daemon=True).start()
    with server:
        server.serve_forever(poll_interval=0.2)
    return 0


def _lay_again(server: PretendedReader, card: PretendedCard) -> None:
    for _line in sys.stdin:
        server.lay(card)
