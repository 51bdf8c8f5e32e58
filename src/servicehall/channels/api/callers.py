"""Who calls, at which site and moment: bearer tokens, tickets' codes, the virtual clock of rehearsals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from servicehall.channels.addresses import address_of
from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound, NotSignedIn
from servicehall.kernel.rights import Actor, customer
from servicehall.rooms.booking import queries as bookings
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import actions as people_acts
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as services

from . import problems

CHANNEL = "api"
CUSTOMER = customer(CHANNEL)
TIME = "Servicehall-Time"
_REFERENCE = re.compile(r"[A-Za-z0-9_:-]{1,80}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[Zz]|[+-]\d\d:\d\d)"  # RFC 3339, section 5.6
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of a token, or (``home`` None, a customer) nobody known."""

    actor: Actor
    home: people.TokenSite | None
    moment: datetime | None

    @property
    def is_known(self) -> bool:
        return self.actor.kind != "customer"

    def site(self, ref: str) -> UUID:
        """The id of a site by short name or id.

        Raises:
            NotFound: there is none that this caller may see; customers see no rehearsals.
        """
        if self.home is not None and ref in (self.home.slug, str(self.home.id)):
            return self.home.id
        checked(ref)
        found = hall.site(ref, actor=self.actor)
        if found.is_rehearsal and not self.is_known:
            raise NotFound
        return found.pk

    def counter(self, ref: str) -> tuple[UUID, UUID]:
        """(site, counter) of a counter's id or ``<site>:<label>``.

        For a token of one site an id is looked for at that site only, by whoever reads it.
        """
        site, colon, label = checked(ref).partition(":")
        if colon:
            site_id = self.site(site)
            return site_id, queueing.counter_id(site_id, label)
        if not _UUID.fullmatch(ref):
            raise NotFound
        if self.home is not None:
            return self.home.id, UUID(ref)
        counter, site_id = queueing.site_of_counter(ref)
        if not self.actor.sees(site_id):
            raise NotFound
        return site_id, counter

    def ticket(self, ref: str) -> tuple[UUID, UUID]:
        """(site, ticket) of a ticket's id (only with a token) or code.

        For a token of one site an id is looked for at that site only, by the act itself.

        Raises:
            NotSignedIn: an id was sent without a token.
        """
        if not _UUID.fullmatch(checked(ref)):
            ticket, site_id = queueing.id_of_code(ref)
        elif not self.is_known:
            raise NotSignedIn
        elif self.home is not None:
            return self.home.id, UUID(ref)
        else:
            ticket = UUID(ref)
            site_id = queueing.site_of_ticket(ticket)
        if not self.actor.sees(site_id):
            raise NotFound
        return site_id, ticket

    def request(self, ref: str) -> tuple[UUID, UUID]:
        """(site, request) of the code that somebody holds; with a token, at a site of the token's.

        Raises:
            NotFound: nobody's code is that, or another site's.
        """
        request, site_id = services.place_of_code(checked(ref))
        if not self.actor.sees(site_id):
            raise NotFound
        return site_id, request

    def booking(self, ref: str) -> tuple[UUID, UUID]:
        """(site, appointment) of the code that somebody holds; with a token, at a site of the token's.

        Raises:
            NotFound: nobody's code is that, or another site's.
        """
        found = bookings.appointment(checked(ref))
        if not self.actor.sees(found.site_id):
            raise NotFound
        return found.site_id, found.pk

    @contextmanager
    def at(self, site_id: UUID) -> Iterator[None]:
        """Hold the clock at the moment that the request names, if it names one and may.

        Raises:
            ClockNotSettable: the token or the site does not allow it.
        """
        if self.moment is None:
            yield
            return
        if not self.may_set_clock(site_id):
            raise problems.ClockNotSettable
        with clock.at(self.moment):
            yield

    def may_set_clock(self, site_id: UUID) -> bool:
        """Whether the site is a rehearsal and the token may say what time it is there."""
        if not self.actor.may("clock.set", site_id):
            return False
        if self.home is not None and self.home.id == site_id:
            return self.home.is_rehearsal
        return hall.site(site_id).is_rehearsal


def _moment(text: str) -> datetime:
    """A moment from 1970 to 2199, as RFC 3339 writes it.

    Raises:
        BadInput: it is not one.
    """
    if _MOMENT.fullmatch(text) and int(text[:4]) in clock.YEARS:
        with suppress(ValueError):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    raise BadInput(errors={TIME: str(problems.MOMENT)})


def checked(ref: str) -> str:
    """A reference as it may stand in an address.

    Raises:
        NotFound: nothing has such a name (and no database need be asked).
    """
    if not _REFERENCE.fullmatch(ref):
        raise NotFound
    return ref


def _bearer(request: HttpRequest) -> people.Bearer | None:
    sent = request.META.get("HTTP_AUTHORIZATION")
    if sent is None:
        return None
    scheme, _, raw = sent.partition(" ")
    raw = raw.strip()
    if scheme.lower() != "bearer" or not 1 <= len(raw) <= 200 or not raw.isascii():
        raise NotSignedIn
    found = people.bearer(raw, CHANNEL)
    if found is None:
        people_acts.note_wrong_token(raw, address=address_of(request))
        raise NotSignedIn
    return found


def _caller(request: HttpRequest, *, token_needed: bool) -> Caller:
    """Who sent the request, and the moment that it names.

    Raises:
        NotSignedIn: a token is missing, or one was sent that is not valid.
        BadInput, ClockNotSettable: the moment is none, or this caller may nowhere set the clock.
    """
    found = _bearer(request)
    if found is None and token_needed:
        raise NotSignedIn
    actor, home = (found.actor, found.home) if found else (CUSTOMER, None)
    time = request.META.get("HTTP_SERVICEHALL_TIME")
    if time is None:
        return Caller(actor, home, None)
    caller = Caller(actor, home, _moment(time))
    # A token for every site is looked at again when the site is known.
    may = caller.may_set_clock(home.id) if home else bool(found) and actor.sites("clock.set") is None
    if not may:
        raise problems.ClockNotSettable
    return caller


class Request(HttpRequest):
    """What an endpoint is given."""

    auth: Caller
    request_id: str


class Bearer:
    """A token is needed."""

    openapi_security_schema: dict[str, Any] = {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `servicehall token --role … --site …`: what it may do depends on its role,"
        " and another site's things are not there for it.",
    }

    def __call__(self, request: HttpRequest) -> Caller:
        return _caller(request, token_needed=True)


class BearerOrNobody(Bearer):
    """Anybody may read this; a token that is sent must be valid all the same."""

    def __call__(self, request: HttpRequest) -> Caller:
        return _caller(request, token_needed=False)


TOKEN = Bearer()
PUBLIC = BearerOrNobody()
