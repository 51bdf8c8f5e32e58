"""Granian as we run it, for web and live: what both have in common."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces, SSLProtocols
from granian.log import LogLevels
from granian.server import Server

from servicehall.kernel import log_lines

from . import lifeline, logs, tls


def load(target: str) -> Callable[..., Any]:
    """Load the program in the worker process, which ends when its server does."""
    lifeline.end_with_parent()
    log_lines.catch_the_rest()
    # Connections and locks are never inherited: the server process itself loads no Django.
    module, _, name = target.partition(":")
    program: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return program


def serve(
    target: str,
    interface: Interfaces,
    *,
    host: str,
    port: int,
    workers: int,
    finish_seconds: int,
    **options: Any,
) -> int:
    """Serve until SIGTERM or SIGINT; then requests get ``finish_seconds`` to end by themselves.

    With a certificate in the environment the port speaks TLS 1.3 and nothing else: who comes with an older
    version or with plain HTTP gets no answer.

    Raises:
        UnusableCertificate: see tls.py.
    """
    if certificate := tls.found():
        options |= {
            "ssl_cert": certificate.cert,
            "ssl_key": certificate.key,
            "ssl_protocol_min": SSLProtocols.tls13,
        }
    server = Server(
        target,
        address=host,
        port=port,
        interface=interface,
        workers=workers,
        respawn_failed_workers=True,
        workers_kill_timeout=finish_seconds,
        log_level=LogLevels[os.environ.get("SERVICEHALL_LOG_SERVER", "error").lower()],
        log_dictconfig=logs.granian(),
        **options,
    )
    lifeline.tie_children()
    server.serve(target_loader=load)
    return 0
