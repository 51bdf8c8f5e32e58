"""Gets somebody's calendar from elsewhere: a file by HTTP, or busy times and entries by CalDAV (RFC 4791).

The address is one that may be called (kernel/outside_addresses), the connection goes to the very address that was
looked at, and nobody is followed elsewhere. Networks that are meant are those of connectors.
"""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from servicehall.kernel import outside_addresses, pinned_line
from servicehall.kernel.outside_addresses import Forbidden

PATIENCE = 20.0
CONNECTING = 5.0
LONGEST = 5 * 1024 * 1024
FILE, FREE_BUSY, QUERY = "file", "free-busy", "query"
_DAV, _CALDAV = "DAV:", "urn:ietf:params:xml:ns:caldav"
_WORDS = {401: "sign-in", 403: "sign-in", 404: "not-there", 410: "not-there", 507: "too-long"}


class NotFetched(Exception):
    """There is no calendar to read; ``reason`` is a word: forbidden, no-address, no-connection, tls, timeout,
    no-answer, too-long, sign-in, not-there, redirect, status, no-calendar."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Source:
    """Where a calendar is, and as whom it is read. Never printed."""

    kind: str
    address: str
    user: str = ""
    secret: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Fetched:
    """Calendars as text; ``is_same``: the server says that nothing changed since ``etag``."""

    texts: tuple[bytes, ...]
    etag: str = ""
    is_same: bool = False


def fetch(source: Source, first: datetime, last: datetime) -> Fetched:
    """The calendar as it is there now; of CalDAV what is in it from a moment to another.

    Raises:
        NotFetched: there is none to be had.
    """
    if source.kind == FILE:
        got = _exchange(source, "GET", None, {"If-None-Match": source.etag} if source.etag else {})
        if got.status == 304:
            return Fetched((), source.etag, is_same=True)
        etag = got.headers.get("etag", "")
        return Fetched((got.body,), etag if etag.isprintable() and len(etag) <= 200 else "")
    body = _report(source.kind, first, last)
    headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1"}
    got = _exchange(source, "REPORT", body, headers)
    if source.kind == FREE_BUSY and got.status == 200:
        return Fetched((got.body,))
    return Fetched(_of_answer(got.body))


def _exchange(
    source: Source, method: str, body: bytes | None, headers: Mapping[str, str]
) -> pinned_line.Reply:
    networks = settings.CONNECTOR_NETWORKS
    try:
        target = outside_addresses.target_of(source.address, networks)
    except Forbidden:
        raise NotFetched("forbidden") from None
    named = {}
    if source.user or source.secret:
        pair = f"{source.user}:{source.secret}".encode()
        named["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    got = pinned_line.exchange(
        method,
        target,
        body,
        {"Accept": "text/calendar, application/xml;q=0.9", **named, **headers},
        networks=networks,
        patience=PATIENCE,
        connecting=CONNECTING,
        longest=LONGEST,
    )
    if got.problem:
        raise NotFetched(got.problem)
    if got.status in {200, 207} or (got.status == 304 and "If-None-Match" in headers):
        return got
    if 300 <= got.status < 400:
        raise NotFetched("redirect")
    raise NotFetched(_WORDS.get(got.status, "status"))


def _report(kind: str, first: datetime, last: datetime) -> bytes:
    span = {"start": f"{first:%Y%m%dT%H%M%SZ}", "end": f"{last:%Y%m%dT%H%M%SZ}"}
    if kind == FREE_BUSY:
        whole = ET.Element(f"{{{_CALDAV}}}free-busy-query")
        ET.SubElement(whole, f"{{{_CALDAV}}}time-range", span)
        return _written(whole)
    whole = ET.Element(f"{{{_CALDAV}}}calendar-query")
    ET.SubElement(ET.SubElement(whole, f"{{{_DAV}}}prop"), f"{{{_CALDAV}}}calendar-data")
    chosen = ET.SubElement(whole, f"{{{_CALDAV}}}filter")
    calendar = ET.SubElement(chosen, f"{{{_CALDAV}}}comp-filter", {"name": "VCALENDAR"})
    events = ET.SubElement(calendar, f"{{{_CALDAV}}}comp-filter", {"name": "VEVENT"})
    ET.SubElement(events, f"{{{_CALDAV}}}time-range", span)
    return _written(whole)


def _written(whole: ET.Element) -> bytes:
    made: bytes = ET.tostring(whole, "utf-8", xml_declaration=True)
    return made


def _of_answer(body: bytes) -> tuple[bytes, ...]:
    """The calendars of a multistatus (RFC 4918): none is an answer too."""
    # An entity that is defined in the answer can grow without bounds; a server has no reason to define one. Read as
    # text, so that no other encoding hides it.
    try:
        text = body.decode()
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise NotFetched("no-calendar")
        found = ET.fromstring(text)  # noqa: S314 - without a document type, see above
    except (ET.ParseError, ValueError):
        raise NotFetched("no-calendar") from None
    if found.tag != f"{{{_DAV}}}multistatus":
        raise NotFetched("no-calendar")
    given = (one.text for one in found.iter(f"{{{_CALDAV}}}calendar-data"))
    return tuple(one.encode() for one in given if one)
