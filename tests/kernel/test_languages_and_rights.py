"""Texts fall back in a stated order; rights are denied unless a role gives them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from servicehall.kernel import rights
from servicehall.kernel.errors import NotAllowed, NotFound, Refused
from servicehall.kernel.languages import check_text, say, tag
from servicehall.kernel.rights import Actor, Grant, allow

pytestmark = pytest.mark.one_database


def test_a_text_is_said_in_the_readers_language_else_english_else_chinese_else_any() -> None:
    both = {"zh-Hans": "取号", "en": "Take a ticket"}
    with translation.override("zh-hans"):
        assert say(both) == "取号"
        assert say({"en": "only"}) == "only"
    with translation.override("en"):
        assert say(both) == "Take a ticket"
        assert say({"zh-Hans": "只有"}) == "只有"
        assert say({"de": "nur"}) == "nur"
        assert say({"en": ""}) == say(None) == ""
    assert say(both, "zh-CN") == "取号"
    assert (tag("ZH_cn".replace("_", "-")), tag("en-GB"), tag(None)) == ("zh-Hans", "en", "en")


@pytest.mark.parametrize("wrong", [{}, {"en": ""}, {"en": 3}, [], "x", {"en": "x" * 501}])
def test_what_is_not_a_text_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        check_text(wrong)


def test_a_role_counts_only_at_its_sites_and_another_site_is_not_there() -> None:
    here, there = uuid4(), uuid4()
    agent = Actor("staff", uuid4(), "desk", grants=(Grant("agent", frozenset({here})),))
    allow(agent, "queue.call", here)
    with pytest.raises(NotAllowed):
        allow(agent, "queue.supervise", here)
    with pytest.raises(NotFound):
        allow(agent, "queue.call", there)
    everywhere = Actor("token", uuid4(), "api", grants=(Grant("integration", None),))
    allow(everywhere, "setup.change", there)
    with pytest.raises(NotAllowed):
        allow(everywhere, "unheard.of", there)


def test_every_role_that_can_be_given_is_in_the_one_table() -> None:
    assert set(rights.STAFF_ROLES) | set(rights.TOKEN_ROLES) == set(rights.ROLES)
    assert (
        rights.ROLES["agent"] < rights.ROLES["supervisor"] < rights.ROLES["manager"] < rights.ROLES["admin"]
    )


def test_a_refusal_says_what_and_what_next_in_the_readers_language() -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            problem = NotAllowed(right="queue.call").problem("/api/v1/x")
            assert problem["status"] == 403
            assert problem["type"] == "urn:servicehall:problem:not-allowed"
            assert problem["title"]
            assert problem["advice"]
            assert problem["instance"] == "/api/v1/x"
    assert issubclass(NotFound, Refused)
