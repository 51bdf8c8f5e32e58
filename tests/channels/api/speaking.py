"""A client that speaks the API through Django, and the halls that it speaks to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.hall import Hall


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    json: Any

    @property
    def kind(self) -> str:
        """The kind of the problem."""
        return str(self.json["type"]).removeprefix("urn:servicehall:problem:")


@dataclass
class Api:
    """A client of the API; ``token`` and ``language`` go with every request."""

    token: str = ""
    language: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if self.language:
            sent.setdefault("Accept-Language", self.language)
        address = path if path.startswith("/api") else f"/api/v1{path}"
        data = body if isinstance(body, str | bytes) else b"" if body is None else json.dumps(body)
        response = self.client.generic(
            method,
            address,
            data=data,
            content_type=sent.pop("Content-Type", "application/json"),
            headers=sent,
        )
        content = response.content
        is_json = "json" in response.headers.get("Content-Type", "") and content
        return Answer(
            response.status_code, dict(response.headers), content, json.loads(content) if is_json else None
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self("POST", path, {} if body is None else body, **headers)


@dataclass
class Place:
    """A hall with a token of each role."""

    hall: Hall
    tokens: dict[str, str]

    @property
    def path(self) -> str:
        return f"/sites/{self.hall.site.slug}"

    def api(self, role: str = "", language: str = "") -> Api:
        return Api(self.tokens[role] if role else "", language)

    def counter(self, label: str = "1") -> str:
        return f"/counters/{self.hall.counters[label].pk}"

    def take(self, service: str = "consult", role: str = "desk", **body: Any) -> Any:
        """Take a ticket; returns its view."""
        answer = self.api(role).post(f"{self.path}/tickets", {"service": service, **body})
        assert answer.status == 201, answer.json
        return answer.json

    def open(self, label: str = "1") -> None:
        """Open a counter for nobody named."""
        assert self.api("desk").post(f"{self.counter(label)}/sign-in").status == 200

    def call(self, label: str = "1") -> Any:
        """Call the next customer; returns the ticket's view."""
        answer = self.api("desk").post(f"{self.counter(label)}/next")
        assert answer.status == 200, answer.json
        return answer.json

    def act(self, ticket: Any, act: str, body: Any = None, role: str = "desk", **headers: str) -> Answer:
        return self.api(role).post(f"/tickets/{ticket['id']}/{act}", body, **headers)


@dataclass
class World:
    """Two halls, a rehearsal, and a token for every site."""

    mall: Place
    bank: Place
    trial: Place
    everywhere: str
