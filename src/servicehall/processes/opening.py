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


def seed_demo() -> list[SignIn]:
    """Fill an empty database with the demo; its sign-ins, also when the demo was there already.

    Raises:
        CannotPrepare: the demo is not part of this installation, or other people's halls are there.
    """
    raise CannotPrepare("the demo is not part of this installation")


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
