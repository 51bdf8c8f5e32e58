"""WeChat template messages of an official account: approved templates, to whoever follows the account.

The token is asked for by ``stable_token``, which gives the same one to all who ask, so that several workers do not
take it from one another. Our id goes along as ``client_msg_id``: within ten minutes WeChat drops a second request with
the same one, so a message whose answer is missing is sent again without harm, and after that by nobody.
"""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from . import over_http
from .transports import Fate, Letter, NotSent, Unclear, filled

BASE = "https://api.weixin.qq.com"
SAFE = timedelta(minutes=9)
"""How long a second request is surely dropped there; a minute less than WeChat says."""
TOKEN = {40001, 40014, 42001}
"""The token is wrong or over: another one, and once more."""
AGAIN = {-1: 5.0, 45011: 60.0, 45009: 3600.0}
"""Error numbers after which another try may help, and after how many seconds: busy, the minute's and the day's limit."""
TO_BE_MENDED = {40013, 40125, 40164, 40037, 48001, 50002}
"""The account, its password, its list of addresses, a template: somebody has to act."""
EARLY = 300.0
"""Seconds before its end from which a token is not used any more."""

_token: dict[str, tuple[str, float]] = {}
_lock = threading.Lock()


class WeChat:
    """Template messages."""

    name = "wechat"

    @property
    def per_second(self) -> float:
        return float(settings.WECHAT_PER_SECOND)

    def send(self, letter: Letter) -> str:
        template, words = filled(settings.WECHAT_TEMPLATES, letter)
        if not template:
            raise NotSent("no-template", again=False)
        message = {
            "touser": letter.address,
            "template_id": template,
            "client_msg_id": letter.id.hex,
            "data": {name: {"value": value} for name, value in words.items()},
        }
        if url := letter.values.get("url"):
            message["url"] = url
        said = self._posted(message, _token_now())
        if said.get("errcode") in TOKEN:
            forget_token()
            said = self._posted(message, _token_now())
        code = said.get("errcode")
        if code == 0:
            return str(said.get("msgid", ""))[:100]
        raise _problem(code)

    def ask(self, letter: Letter) -> tuple[Fate, str] | None:
        """There is no question; but as long as a second request is dropped, sending again is as good as one."""
        if letter.tried_at is not None and datetime.now(UTC) - letter.tried_at < SAFE:
            return None
        raise Unclear("cannot-be-asked")

    def _posted(self, message: dict[str, Any], token: str) -> dict[str, Any]:
        answer = _ask(f"/cgi-bin/message/template/send?access_token={token}", message)
        if answer.status >= 500:
            raise Unclear(f"http-{answer.status}")
        return answer.said


def forget_token() -> None:
    """The next message asks for another one."""
    with _lock:
        _token.clear()


def _token_now() -> str:
    """The token, kept until shortly before its end.

    Raises:
        NotSent: there is none to be had.
    """
    with _lock:
        kept, until = _token.get(settings.WECHAT_APP_ID, ("", 0.0))
        if kept and time.monotonic() < until:
            return kept
        given = {
            "grant_type": "client_credential",
            "appid": settings.WECHAT_APP_ID,
            "secret": settings.WECHAT_APP_SECRET,
        }
        try:
            answer = _ask("/cgi-bin/stable_token", given)
        except Unclear as problem:
            raise NotSent(problem.reason, again=True) from None
        made, seconds = answer.said.get("access_token"), answer.said.get("expires_in")
        if not isinstance(made, str) or not isinstance(seconds, int):
            raise _problem(answer.said.get("errcode"))
        _token[settings.WECHAT_APP_ID] = (made, time.monotonic() + max(seconds - EARLY, 1.0))
        return made


def _ask(path: str, body: dict[str, Any]) -> over_http.Answer:
    base = (settings.WECHAT_URL or BASE).rstrip("/")
    whole = json.dumps(body, ensure_ascii=False).encode()
    return over_http.ask("POST", base + path, headers={"Content-Type": "application/json"}, form=whole)


def _problem(code: object) -> NotSent:
    reason = f"wechat-{code}"
    if isinstance(code, int) and code in AGAIN:
        return NotSent(reason, again=True, wait=AGAIN[code])
    if code in TO_BE_MENDED:
        return NotSent(reason, again=True, wait=60)
    return NotSent(reason, again=False)
