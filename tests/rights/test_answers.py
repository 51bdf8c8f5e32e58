"""Every page and endpoint with every role, nobody, and an administrator of another site, against a table.

`answers.txt` is written to be read. When a page is new or answers otherwise, this test leaves what it
found in build/answers.txt: read each line that differs, and put it there only if it is meant.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template.backends.django import Template
from django.test import override_settings

from scripts import rights as page_of_rights
from servicehall.kernel.rights import RIGHTS, ROLES
from tests.rights.walking import (
    CALLERS,
    READERS,
    endpoint_answers,
    make_world,
    models_with_pages,
    page_answers,
)

TABLE = Path(__file__).with_name("answers.txt")
FOUND = Path(__file__).parents[2] / "build" / "answers.txt"
CORP = {
    "provider_id": "corp",
    "name": "Corp",
    "client_id": "hall",
    "secret": "",
    "settings": {"server_url": "http://127.0.0.1:9"},
}


def lines(title: str, heads: tuple[str, ...], answers: list[tuple[str, list[str]]]) -> list[str]:
    """A block of the table."""
    widest = max(len(where) for where, _found in answers)
    row = "{:<" + str(widest) + "}" + " | {:<9}" * len(heads)
    return [
        f"# {title}",
        "",
        row.format("", *heads).rstrip(),
        *(row.format(where, *found).rstrip() for where, found in answers),
        "",
    ]


@pytest.mark.one_database
@override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [CORP], "OAUTH_PKCE_ENABLED": True}})
@pytest.mark.timeout(400)
def test_every_page_and_endpoint_answers_as_the_table_says(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # Who may see a page is decided before it is drawn; drawing them all would take half of the time.
    monkeypatch.setattr(Template, "render", lambda *_page, **_context: "")
    world = make_world()
    found = "\n".join(
        lines("Pages", READERS, list(page_answers(world)))
        + lines("Endpoints", CALLERS, list(endpoint_answers(world)))
    )
    if found != TABLE.read_text(encoding="utf-8"):
        FOUND.parent.mkdir(exist_ok=True)
        FOUND.write_text(found, encoding="utf-8")
    assert found.splitlines() == TABLE.read_text(encoding="utf-8").splitlines()


@pytest.mark.one_database
def test_the_page_about_rights_says_what_the_table_of_rights_says() -> None:
    assert page_of_rights.PAGE.read_text(encoding="utf-8") == page_of_rights.page()


@pytest.mark.one_database
def test_every_right_of_a_role_is_explained_and_every_explained_one_is_a_roles() -> None:
    assert {right for rights in ROLES.values() for right in rights} == set(RIGHTS)


@pytest.mark.one_database
def test_the_back_office_shows_no_table_of_secrets() -> None:
    assert not {
        label
        for label in models_with_pages()
        if label.split(".")[0] in {"auth", "account", "mfa", "socialaccount", "usersessions"}
    }
    assert not {"people.stepup", "people.lock", "people.failedtry"} & models_with_pages()
