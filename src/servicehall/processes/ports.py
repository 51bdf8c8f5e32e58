"""Whether a port can be listened on, and in plain words what to do when it cannot."""

from __future__ import annotations

import contextlib
import errno
import socket
import time

_WAIT_SECONDS = 2.0
"""A server that was killed a moment ago needs a little time to be gone."""


class PortUnavailable(Exception):
    """The port cannot be used; the message says why, in English and Chinese, and which option helps."""


def claim(host: str, port: int, *, option: str, wait: float = _WAIT_SECONDS) -> None:
    """Make sure that a server can listen there.

    Servers of ours share ports with SO_REUSEPORT, so that the system would not complain about two
    halls on one port: half of the customers would reach each. This probe does not share, and sees it.

    Raises:
        PortUnavailable: somebody listens there, or the address is not this machine's.
    """
    until = time.monotonic() + wait
    while True:
        problem = _probe(host, port)
        if problem is None:
            return
        if problem.errno != errno.EADDRINUSE or time.monotonic() >= until:
            raise PortUnavailable(_explain(host, port, option, problem))
        time.sleep(0.1)


def is_served(host: str, port: int, *, timeout: float = 0.5) -> bool:
    """Whether somebody accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection((reachable(host), port), timeout=timeout):
        return True
    return False


def reachable(host: str) -> str:
    """The address to connect to for a server that listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound


def _probe(host: str, port: int) -> OSError | None:
    if not 1 <= port <= 65535:
        return OSError(errno.EINVAL, "ports go from 1 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as problem:
        return problem
    return None


def _explain(host: str, port: int, option: str, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        free = _free_port_from(host, port + 10)
        return (
            f"Port {port} is in use by another program. Stop that one, or choose another: {option} {free}\n"
            f"端口 {port} 已被其他程序占用。请先停止该程序，或换一个端口：{option} {free}"
        )
    if problem.errno == errno.EACCES:
        return (
            f"This user may not use port {port} (ports below 1024 need more rights). Try {option} {port + 8000}\n"
            f"当前用户无权使用端口 {port}（1024 以下的端口需要更高权限）。可改用 {option} {port + 8000}"
        )
    return (
        f"Cannot listen on {host} port {port}: {problem.strerror}. Check --host and {option}.\n"
        f"无法在 {host} 的端口 {port} 上监听：{problem.strerror}。请检查 --host 和 {option}。"
    )


def _free_port_from(host: str, port: int) -> int:
    for candidate in range(port, min(port + 200, 65534), 10):
        if _probe(host, candidate) is None and _probe(host, candidate + 1) is None:
            return candidate
    return port
