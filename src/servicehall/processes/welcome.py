"""The start-up message, in English and Chinese, in plain columns that survive a log file."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from .opening import Report, Screen, SignIn, Words

EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - read, not bound


def message(report: Report, *, host: str, port: int, scheme: str = "http", back_office: int = 0) -> str:
    """Everything that a newcomer needs to walk around in the hall."""
    start = base_address(host, port, scheme)
    parts = ["Servicehall is open. / 服务厅已开门。", _screens(start, report["general"])]
    parts += [f"{_both(place['name'])}\n{_screens(start, place['screens'])}" for place in report["places"]]
    if host in EVERYWHERE and (own := _own_address()):
        parts.append(
            f"From phones and other machines / 手机及其他设备访问： {base_address(own, port, scheme)}/"
        )
    if back_office and report["back_office"]:
        parts.append(
            "Sample back office, called by connectors / 演示业务系统（供连接器调用）：\n"
            f"  http://127.0.0.1:{back_office}/openapi.json"
        )
    if report["sign_ins"]:
        parts.append(sign_ins(report["sign_ins"]))
    if not report["anybody"]:
        parts.append(
            "Nobody can sign in yet. The first administrator is added with / 还没有人可以登录，请先添加首位管理员：\n"
            "  servicehall staff add NAME --role admin"
        )
    parts.append("Ctrl-C closes it. / 按 Ctrl-C 关闭。")
    return "\n" + "\n\n".join(parts) + "\n"


def sign_ins(people: Sequence[SignIn]) -> str:
    """Who may sign in to the demo."""
    rows = [(p["username"], p["password"], _both(p), p["place"]["zh"]) for p in people]
    return f"Sign in as (name, password) / 演示账号（用户名、密码）：\n{_columns(rows)}"


def _screens(start: str, screens: Sequence[Screen]) -> str:
    return _columns((start + s["path"], _both(s)) for s in screens)


def _both(words: Words) -> str:
    return f"{words['en']} · {words['zh']}"


def reached_at(host: str, port: int, scheme: str = "http") -> str:
    """Where phones in the hall reach what listens there, if they reach it: of all addresses the machine's own."""
    return base_address((_own_address() or host) if host in EVERYWHERE else host, port, scheme)


def base_address(host: str, port: int, scheme: str = "http") -> str:
    """The address of the first page, without the closing slash."""
    name = "127.0.0.1" if host in EVERYWHERE else host
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"


def _columns(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as columns; a Chinese character is two cells wide."""
    listed = list(rows)
    if not listed:
        return ""
    widths = [max(cell_len(cell) for cell in column) for column in zip(*listed, strict=True)]
    return "\n".join(
        (
            "  "
            + "  ".join(
                cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
            )
        ).rstrip()
        for row in listed
    )


def _own_address() -> str | None:
    """This machine's address in its network (nothing is sent: a UDP socket only picks a route)."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: belongs to nobody
            return str(probe.getsockname()[0])
    except OSError:
        return None
