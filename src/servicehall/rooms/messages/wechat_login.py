"""Who somebody is to an official account (openid): WeChat's web login, OAuth 2 with the silent scope snsapi_base.

The browser is sent to ``authorize``, comes back with a code and the state, and the code is exchanged once for the openid.
WeChat checks the order of the parameters and wants the fragment; its answers are errors with status 200. Nothing but the
openid is asked for, and the token that comes along is not kept.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import transactions
from servicehall.kernel.errors import Refused

from . import over_http
from .transports import NotSent, Unclear
from .wechat import BASE

log = logging.getLogger(__name__)
OPEN = "https://open.weixin.qq.com"
_OPENID = re.compile(r"[A-Za-z0-9_-]{6,64}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,128}")


class NoOpenid(Refused):
    """WeChat does not say who somebody is."""

    kind = "no-openid"
    status = 422
    title = _("WeChat did not tell us who you are.")
    advice = _("Try it again, or give a phone number or an e-mail address.")


def can_ask() -> bool:
    """Whether there is an official account whose openid can be asked for."""
    return bool(settings.WECHAT_APP_ID and settings.WECHAT_APP_SECRET)


def authorize_url(back: str, state: str) -> str:
    """Where the browser is sent.

    Args:
        back: the absolute address to come back to, of the domain that is registered with the account.
        state: letters and digits, at most 128; it comes back with the code.
    """
    asked = {
        "appid": settings.WECHAT_APP_ID,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    base = (settings.WECHAT_OPEN_URL or OPEN).rstrip("/")
    return f"{base}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"


def openid_of(code: str) -> str:
    """The openid of whoever came back with this code. It asks WeChat, so outside of any transaction.

    Raises:
        NoOpenid: WeChat does not say it: the code is wrong, used or over, the account is not set up, no answer in time.
        InsideTransaction: it waits for another system.
    """
    transactions.demand_none()
    if not _CODE.fullmatch(code):
        raise NoOpenid
    asked = {
        "appid": settings.WECHAT_APP_ID,
        "secret": settings.WECHAT_APP_SECRET,
        "code": code,
        "grant_type": "authorization_code",
    }
    base = (settings.WECHAT_URL or BASE).rstrip("/")
    try:
        answer = over_http.ask("GET", f"{base}/sns/oauth2/access_token?{urlencode(asked)}", headers={})
    except (NotSent, Unclear) as problem:
        log.warning("wechat.no_openid reason=%s", problem.reason)
        raise NoOpenid from None
    openid = answer.said.get("openid")
    if answer.status != 200 or not isinstance(openid, str) or not _OPENID.fullmatch(openid):
        log.warning("wechat.no_openid reason=wechat-%s", _number(answer.said.get("errcode")))
        raise NoOpenid
    return openid


def _number(code: object) -> str:
    return str(code) if isinstance(code, int) else "none"
