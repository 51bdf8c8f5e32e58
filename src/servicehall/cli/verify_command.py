"""`servicehall verify`: the stand-alone verifier, for whoever has the product anyway."""

from __future__ import annotations

import argparse

from servicehall import verify_evidence

add_arguments = verify_evidence.add_arguments


def run(options: argparse.Namespace) -> int:
    return verify_evidence.run(options)
