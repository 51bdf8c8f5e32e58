"""A browser of somebody who confirms every sensitive act with the password, as the page asks."""

from __future__ import annotations

from typing import Any

from django.test import Client

PASSWORD = "a long enough password"


class Confirming(Client):
    """Django's test client; where a page asks for a confirmation, it is given at once."""

    password = PASSWORD

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return self._confirmed(super().post(path, data or {}, *args, **kwargs), kwargs)

    def get(self, path: str, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return self._confirmed(super().get(path, *args, **kwargs), kwargs)

    def _confirmed(self, answer: Any, asked: dict[str, Any]) -> Any:
        context = getattr(answer, "context", None)
        if answer.status_code != 401 or context is None or "step_up_id" not in context:
            return answer
        sent: dict[str, list[str]] = {"step_up": [context["step_up_id"]], "step_up_password": [self.password]}
        for name, value in context["fields"]:
            sent.setdefault(name, []).append(value)
        follow = asked.get("follow", False)
        return super().post(context["action"], sent, follow=follow, headers=asked.get("headers"))
