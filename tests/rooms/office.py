"""The back office for tests: two halls of two organisations, people who sign in, forms as a browser sends them."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people import actions as people
from tests.confirming import Confirming
from tests.hall import Hall, make_hall, text
from tests.remembered import built


@dataclass
class Office:
    """Two halls that have nothing to do with one another, and an administrator of the first's organisation."""

    mall: Hall
    bank: Hall
    chief: Any

    def as_(self, who: str, hall: Hall | None = None) -> Client:
        """A browser in which somebody of a hall (the mall, if not said) is signed in, or the chief."""
        person = self.chief if who == "chief" else (hall or self.mall).people[who]
        client = Confirming(headers={"Accept-Language": "en"})
        client.force_login(person)
        return client


def make_office() -> Office:
    now = clock.now() if clock.is_virtual() else None
    return built(("office", now), _make_office, empty="hall_site")


def _make_office() -> Office:
    mall, bank = make_hall("mall"), make_hall("bank")
    chief = people.add_staff(
        username="chief",
        names=text("Chief", "总管"),
        password="a long enough password",
        by=SYSTEM,
        roles=[people.RoleAt("admin", organisation=mall.site.region.organisation_id)],
        language="en",
        check_password=False,
    )
    return Office(mall, bank, chief)


class _Fields(HTMLParser):
    """The successful controls of the page's form, as HTML has it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select: str | None = None
        self._area: str | None = None
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        name = given.get("name", "")
        if "disabled" in given:
            return
        if tag == "input" and name and "__prefix__" not in name:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            if given.get("type") != "submit":
                ticked = given.get("type") in {"checkbox", "radio"}
                self.sent.setdefault(name, []).append(given.get("value", "on" if ticked else ""))
        elif tag == "select" and "__prefix__" not in name:
            self._select, self._first = name, None
        elif tag == "option" and self._select:
            self._first = given.get("value", "") if self._first is None else self._first
            if "selected" in given:
                self.sent.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "textarea" and "__prefix__" not in name:
            self._area = name
            self.sent.setdefault(name, []).append("")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            if self._select not in self.sent and self._first is not None:
                self.sent[self._select] = [self._first]
            self._select = None
        if tag == "textarea":
            self._area = None


def fields(page: Any) -> dict[str, Any]:
    """What a browser would send when the page's form is saved as it stands."""
    body = page.content.decode()
    start = body.index('id="content-main"')
    reader = _Fields()
    reader.feed(body[start:])
    for unsent in ("csrfmiddlewaretoken", "_save", "_continue", "_addanother"):
        reader.sent.pop(unsent, None)
    return dict(reader.sent)


def errors(page: Any) -> str:
    """The messages beside the fields of a form that came back."""
    form = page.context["adminform"].form
    found = [str(e) for es in form.errors.values() for e in es]
    for inline in page.context["inline_admin_formsets"]:
        for one in inline.formset.errors:
            found += [str(e) for es in one.values() for e in es]
        found += [str(e) for e in inline.formset.non_form_errors()]
    return " ".join(found)
