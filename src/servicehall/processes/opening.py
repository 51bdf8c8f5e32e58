"""What the start-up message tells: the addresses of every screen and the demo's sign-ins. Needs Django."""

from __future__ import annotations

from typing import TypedDict

from .preparation import CannotPrepare


class Screen(TypedDict):
    """A page, with what it is in both languages."""

    path: str
    en: str
    zh: str


class SignIn(TypedDict):
    """A member of the demo's staff."""

    username: str
    password: str
    en: str
    zh: str


class Report(TypedDict):
    """What the supervisor prints once the doors are open."""

    screens: list[Screen]
    sign_ins: list[SignIn]


GENERAL: list[Screen] = [
    {"path": "/", "en": "Portal: take a ticket by phone", "zh": "门户：手机取号"},
    {"path": "/desk", "en": "Desk: serve", "zh": "窗口：叫号办理"},
    {"path": "/ops", "en": "Operations: watch it live", "zh": "运营：实时监控"},
    {"path": "/admin/", "en": "Setup", "zh": "后台设置"},
    {"path": "/api/v1/docs", "en": "API", "zh": "接口文档"},
]


ROLES_IN_CHINESE = {"agent": "窗口人员", "supervisor": "值班主管", "manager": "经理", "admin": "管理员"}


def seed_demo() -> list[SignIn]:
    """Fill an empty database with the demo; its sign-ins, also when the demo was there already.

    Raises:
        CannotPrepare: other halls are set up in this installation.
    """
    from servicehall.kernel.languages import say
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
            "en": f"{one.role}, {say(one.site, 'en')}",
            "zh": f"{ROLES_IN_CHINESE.get(one.role, one.role)}，{say(one.site, 'zh-Hans')}",
        }
        for one in people
    ]


def report(sign_ins: list[SignIn]) -> Report:
    """The screens of the halls that are set up."""
    return {"screens": [*_screens_of_sites(), *GENERAL], "sign_ins": sign_ins}


def _screens_of_sites() -> list[Screen]:
    from servicehall.kernel.languages import say
    from servicehall.rooms.hall import queries as hall

    screens: list[Screen] = []
    for site in hall.open_sites():
        en, zh = say(site.names, "en"), say(site.names, "zh-Hans")
        screens.append({"path": f"/s/{site.slug}", "en": f"{en}: phone page", "zh": f"{zh}：手机页"})
        screens.append({"path": f"/kiosk/{site.slug}", "en": f"{en}: kiosk", "zh": f"{zh}：取号机"})
        for zone in hall.zones(site.pk):
            en_zone, zh_zone = say(zone.names, "en"), say(zone.names, "zh-Hans")
            screens.append(
                {
                    "path": f"/board/{site.slug}/{zone.slug}",
                    "en": f"{en}: board, {en_zone}",
                    "zh": f"{zh}：叫号屏（{zh_zone}）",
                }
            )
    return screens
