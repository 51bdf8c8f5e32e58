"""What the start-up message tells: the addresses of every screen and the demo's sign-ins. Needs Django."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypedDict

from .preparation import CannotPrepare

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site


log = logging.getLogger(__name__)


class Words(TypedDict):
    """A text in both languages."""

    en: str
    zh: str


class Screen(Words):
    """A page and what it is."""

    path: str


class SignIn(Words):
    """A member of the demo's staff, and what they are there."""

    username: str
    password: str
    place: Words


class Place(TypedDict):
    """A hall and its screens."""

    name: Words
    screens: list[Screen]


class Report(TypedDict):
    """What the supervisor prints once the doors are open."""

    general: list[Screen]
    places: list[Place]
    sign_ins: list[SignIn]
    anybody: bool
    back_office: str
    """The file with the secret of the sample back office; empty: there is none beside this hall."""


GENERAL: list[Screen] = [
    {"path": "/", "en": "portal: take a ticket by phone", "zh": "门户：手机取号"},
    {"path": "/desk", "en": "desk: call and serve", "zh": "窗口：叫号办理"},
    {"path": "/ops", "en": "operations: watch it live", "zh": "运营：实时监控"},
    {"path": "/admin/", "en": "setup", "zh": "后台设置"},
    {"path": "/api/v1/openapi.json", "en": "API", "zh": "接口文档"},
]
ROLES_IN_CHINESE = {"agent": "窗口人员", "supervisor": "值班主管", "manager": "经理", "admin": "管理员"}


def seed_demo() -> list[SignIn]:
    """Fill an empty database with the demo; its sign-ins, also when the demo was there already.

    Raises:
        CannotPrepare: other halls are set up in this installation.
    """
    from servicehall.rooms.simulation import actions

    try:
        people = actions.ensure_demo()
    except actions.NotEmpty as problem:
        raise CannotPrepare(
            "Other halls are set up here; the demo would mix with them. Start without --demo, or with a new"
            " folder: --data DIR\n"
            "这里已设置了其他服务厅，不能再加入演示数据。请去掉 --demo 启动，或另选数据目录：--data DIR"
        ) from problem
    return [
        {
            "username": one.username,
            "password": one.password,
            "en": one.role,
            "zh": ROLES_IN_CHINESE.get(one.role, one.role),
            "place": _in_both(one.site),
        }
        for one in people
    ]


def connect_back_office(address: str) -> str:
    """Let the demo call the sample back office there; the file with its secret, empty when it cannot be called."""
    from django.core.exceptions import ValidationError
    from django.db import DatabaseError

    from servicehall.rooms.simulation import actions

    from .sample_backoffice.office import DOCUMENT

    try:
        return str(actions.connect_back_office(address, DOCUMENT))
    except (OSError, ValidationError, DatabaseError) as problem:
        log.warning("demo.back_office_not_connected reason=%s", type(problem).__name__)
        return ""


def report(sign_ins: list[SignIn], *, back_office: str = "") -> Report:
    """The screens of the halls that are set up."""
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.people import queries as people

    return {
        "general": GENERAL,
        "places": [{"name": _in_both(site.names), "screens": _screens(site)} for site in hall.open_sites()],
        "sign_ins": sign_ins,
        "anybody": people.anybody(),
        "back_office": back_office,
    }


def _in_both(names: dict[str, str]) -> Words:
    from servicehall.kernel.languages import say

    return {"en": say(names, "en"), "zh": say(names, "zh-Hans")}


def _screens(site: Site) -> list[Screen]:
    from servicehall.rooms.hall import queries as hall

    screens: list[Screen] = [
        {
            "path": f"/s/{site.slug}",
            "en": "phone page, from the QR code at the door",
            "zh": "手机页（门口扫码）",
        },
        {"path": f"/kiosk/{site.slug}-door", "en": "kiosk", "zh": "取号机"},
    ]
    for zone in hall.zones(site.pk):
        name = _in_both(zone.names)
        screens.append(
            {
                "path": f"/board/{site.slug}/{zone.slug}",
                "en": f"board: {name['en']}",
                "zh": f"叫号屏：{name['zh']}",
            }
        )
    return screens
