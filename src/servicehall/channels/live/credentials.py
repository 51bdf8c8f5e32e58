"""Who opened a stream: a bearer token, or the session of a member of staff."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import parse_cookie

from servicehall.channels.sessions import CHOOSE, ENROL, overdue
from servicehall.channels.transport import own_cookies
from servicehall.kernel.errors import NotSignedIn
from servicehall.kernel.rights import Actor
from servicehall.rooms.people import actions as acts
from servicehall.rooms.people import queries as people

CHANNEL = "live"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a request brought to show who it is from. Not printed: it is as good as a password."""

    token: str = ""
    session: str = ""
    address: str = ""

    @classmethod
    def from_headers(cls, headers: dict[bytes, bytes], address: str = "") -> Credentials:
        """Those of a request from there; the token in the header counts before the session's cookie."""
        scheme, _, raw = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() == "bearer":
            return cls(token=raw.strip(), address=address)
        return cls(session=cookies(headers).get(settings.SESSION_COOKIE_NAME, ""))

    def actor(self) -> Actor:
        """Who it is now: revoked tokens, ended sessions and stopped accounts are nobody.

        Raises:
            NotSignedIn: nobody known.
            LockedOut: too many tokens were guessed from there.
        """
        actor = None
        if self.token:
            actor = people.actor_for_token(self.token, CHANNEL)
            if actor is None:
                acts.note_wrong_token(self.token, address=self.address)
        elif self.session:
            actor = self._of_session()
        if actor is None:
            raise NotSignedIn
        return actor

    def _of_session(self) -> Actor | None:
        store = import_module(settings.SESSION_ENGINE).SessionStore(self.session)
        # `get_user` checks the password's hash too, so a changed password ends the stream.
        request: Any = SimpleNamespace(session=store)
        user = get_user(request)
        if overdue(store) or store.get(ENROL) or store.get(CHOOSE):
            return None
        return people.actor_for_staff(user.pk, CHANNEL) if user.is_authenticated else None


def cookies(headers: dict[bytes, bytes]) -> dict[str, str]:
    """The request's cookies."""
    return own_cookies(parse_cookie(headers.get(b"cookie", b"").decode("latin-1")))
