"""WeChat's interface of template messages and of its web login, as far as they are used, which refuses what the real one refuses."""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

APP_ID, SECRET, TEMPLATE = "wx0123456789abcdef", "secret-never-logged", "TEMPLATE_1"
FOLLOWER = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
WORDS = {"thing1", "time2"}
ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"]
"""Of the login page's parameters: with another one WeChat shows an error."""
STATE = re.compile(r"[a-zA-Z0-9]{1,128}")


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: WeChatService

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if where.path == "/connect/oauth2/authorize":
            back = self.server.sent_back(where.query)
            self.send_response(302 if back else 400)
            self.send_header("Location", back)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif where.path == "/sns/oauth2/access_token":
            if self.server.hangs_up:
                self.server.hangs_up -= 1
                self.close_connection = True
                self.connection.close()
                return
            self._answer(self.server.openid_for(dict(parse_qsl(where.query))))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        where = urlsplit(self.path)
        if where.path == "/cgi-bin/stable_token":
            self._answer(self.server.token_for(body))
        elif where.path == "/cgi-bin/message/template/send":
            token = parse_qs(where.query).get("access_token", [""])[0]
            said = self.server.taken(token, body)
            if self.server.hangs_up:
                self.server.hangs_up -= 1
                self.close_connection = True
                self.connection.close()
                return
            self._answer(said)
        else:
            self.send_error(404)

    def _answer(self, said: dict[str, Any]) -> None:
        data = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        pass


class WeChatService(ThreadingHTTPServer):
    """What arrived, and what it says next."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.tokens, self.messages = ["token-1"], []  # type: list[str], list[dict[str, Any]]
        self.known: dict[str, int] = {}
        self.errors: list[int] = []
        self.hangs_up = self.asked_for_token = 0
        self.domain, self.codes, self.used = "hall.example", {}, set()  # type: str, dict[str, float], set[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def token_for(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked_for_token += 1
        if body.get("grant_type") != "client_credential":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        if body.get("appid") != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if body.get("secret") != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        return {"access_token": self.tokens[-1], "expires_in": 7200}

    def sent_back(self, query: str) -> str:
        """Where the login page sends a follower's browser; nothing where it shows an error instead."""
        asked = parse_qsl(query, keep_blank_values=True)
        given = dict(asked)
        if [name for name, _value in asked] != ORDER or given["appid"] != APP_ID:
            return ""
        if given["response_type"] != "code" or given["scope"] != "snsapi_base":
            return ""
        if urlsplit(given["redirect_uri"]).hostname != self.domain or not STATE.fullmatch(given["state"]):
            return ""
        code = secrets.token_hex(16)
        self.codes[code] = time.monotonic()
        return f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"

    def openid_for(self, given: dict[str, str]) -> dict[str, Any]:
        """The answer to a code: once, within five minutes, for the account and its password."""
        if given.get("appid") != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if given.get("secret") != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if given.get("grant_type") != "authorization_code":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        if self.errors:
            return {"errcode": self.errors.pop(0), "errmsg": "as told"}
        code = given.get("code", "")
        if code in self.used:
            return {"errcode": 40163, "errmsg": "code been used"}
        if time.monotonic() - self.codes.pop(code, -1e9) > 300:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self.used.add(code)
        return {"access_token": "x", "expires_in": 7200, "openid": FOLLOWER, "scope": "snsapi_base"}

    def taken(self, token: str, body: dict[str, Any]) -> dict[str, Any]:
        if token != self.tokens[-1]:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        if self.errors:
            return {"errcode": self.errors.pop(0), "errmsg": "as told"}
        if body.get("touser") != FOLLOWER:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        if body.get("template_id") != TEMPLATE:
            return {"errcode": 40037, "errmsg": "invalid template_id"}
        if set(body.get("data", {})) != WORDS or not all(one.get("value") for one in body["data"].values()):
            return {"errcode": 47003, "errmsg": "argument invalid"}
        number = self.known.setdefault(body["client_msg_id"], len(self.messages) + 1)
        if number > len(self.messages):
            self.messages.append(body)
        return {"errcode": 0, "errmsg": "ok", "msgid": number}


@contextmanager
def wechat() -> Iterator[WeChatService]:
    server = WeChatService()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
