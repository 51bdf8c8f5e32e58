"""Writing and publishing: drafts that two write at once, what is planned, what changes for customers, who may."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from servicehall.kernel import events
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.rights import SYSTEM, Actor, Grant
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.changes import Change
from servicehall.rooms.services.models import Flow, Publication
from tests.hall import Hall, minutes
from tests.rooms.services.shop import set_up
from tests.rooms.services.way import TEXT

OTHER = TEXT.replace("each: 250", "each: 300")


@pytest.fixture
def flow(hall: Hall) -> Flow:
    set_up(hall.site.region.organisation_id)
    return actions.create_flow(
        organisation_id=hall.site.region.organisation_id, slug="trial", text=TEXT, by=SYSTEM, at=minutes(0)
    )


def test_a_draft_that_is_replaced_can_be_brought_back_and_taken_away_again(flow: Flow) -> None:
    done = actions.replace_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM, at=minutes(1))
    assert (done.draft, done.replaced, done.draft_number) == (OTHER, TEXT, 2)
    done = actions.bring_draft_back(flow_id=flow.pk, number=2, by=SYSTEM, at=minutes(2))
    assert (done.draft, done.replaced, done.draft_number) == (TEXT, OTHER, 3)
    done = actions.save_draft(flow_id=flow.pk, text="x", number=3, by=SYSTEM, at=minutes(3))
    assert (done.draft, done.replaced) == ("x", OTHER)
    assert [one.data["draft"] for one in events.about(flow.pk)] == [1, 2, 3, 4]


@pytest.mark.parametrize("act", [actions.save_draft, actions.replace_draft])
def test_a_draft_that_changed_meanwhile_is_not_written_over(flow: Flow, act: Any) -> None:
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM, at=minutes(1))
    with pytest.raises(actions.DraftChanged):
        act(flow_id=flow.pk, text="mine", number=1, by=SYSTEM, at=minutes(2))
    with pytest.raises(actions.DraftChanged):
        actions.bring_draft_back(flow_id=flow.pk, number=1, by=SYSTEM, at=minutes(2))
    with pytest.raises(NotFound):
        actions.bring_draft_back(flow_id=flow.pk, number=2, by=SYSTEM, at=minutes(2))
    with pytest.raises(BadInput):
        act(flow_id=flow.pk, text="x" * 200_001, number=2, by=SYSTEM, at=minutes(2))
    flow.refresh_from_db()
    assert (flow.draft, flow.replaced, flow.draft_number) == (OTHER, "", 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told(flow: Flow) -> None:
    outcomes: list[str] = []

    def save(text: str) -> None:
        try:
            actions.save_draft(flow_id=flow.pk, text=text, number=1, by=SYSTEM)
            outcomes.append(text)
        except actions.DraftChanged:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(f"text {n}",)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    flow.refresh_from_db()
    assert sorted(outcomes) == sorted([flow.draft, "told", "told", "told"])
    assert flow.draft_number == 2


def test_what_was_looked_at_is_what_is_published(flow: Flow) -> None:
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM, at=minutes(1))
    with pytest.raises(actions.DraftChanged):
        actions.publish(flow_id=flow.pk, draft=1, by=SYSTEM, at=minutes(2))
    assert not Publication.objects.exists()
    assert actions.publish(flow_id=flow.pk, draft=2, by=SYSTEM, at=minutes(2)).text == OTHER


def test_a_planned_publication_is_cancelled_as_long_as_nobody_begins_it(flow: Flow) -> None:
    actions.publish(flow_id=flow.pk, by=SYSTEM, at=minutes(1))
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM, at=minutes(2))
    actions.publish(flow_id=flow.pk, from_at=minutes(60), by=SYSTEM, at=minutes(3))
    planned = Publication.objects.get(version__number=2)
    now = queries.standing(flow, at=minutes(5))
    assert (now.state, now.live.number if now.live else 0, [one.pk for one in now.coming]) == (
        "live",
        1,
        [planned.pk],
    )
    assert queries.standing(flow, at=minutes(60)).coming == ()
    with pytest.raises(actions.AlreadyBegun):
        actions.cancel_publication(publication_id=planned.pk, by=SYSTEM, at=minutes(60))
    actions.cancel_publication(publication_id=planned.pk, by=SYSTEM, at=minutes(59))
    assert events.about(flow.pk)[-1].kind == "flow.publication-cancelled"
    assert queries.standing(flow, at=minutes(61)).live == flow.versions.get(number=1)
    with pytest.raises(NotFound):
        actions.cancel_publication(publication_id=planned.pk, by=SYSTEM, at=minutes(59))


def test_how_a_service_stands(flow: Flow) -> None:
    assert queries.standing(flow, at=minutes(1)).state == "never"
    actions.publish(flow_id=flow.pk, by=SYSTEM, at=minutes(1), retires_at=minutes(10))
    found = queries.standing(flow, at=minutes(2))
    assert (found.state, found.has_changes, found.versions, found.category) == ("live", False, 1, "trials")
    assert queries.standing(flow, at=minutes(10)).state == "retired"
    for text, is_change in ((f"# only a comment\n{TEXT}", False), (OTHER, True), ("steps: [", True)):
        flow.refresh_from_db()
        actions.save_draft(flow_id=flow.pk, text=text, number=flow.draft_number, by=SYSTEM, at=minutes(3))
        assert queries.standing(flow, at=minutes(4)).has_changes is is_change
    actions.withdraw(flow_id=flow.pk, by=SYSTEM, at=minutes(5))
    assert queries.standing(flow, at=minutes(6)).state == "withdrawn"


def test_a_service_is_withdrawn_at_a_moment_to_come_unless_that_is_cancelled(flow: Flow) -> None:
    actions.publish(flow_id=flow.pk, by=SYSTEM, at=minutes(1))
    assert actions.withdraw(flow_id=flow.pk, by=SYSTEM, from_at=minutes(30), at=minutes(2)) == minutes(30)
    assert events.about(flow.pk)[-1].data["from_at"] == minutes(30).isoformat()
    before, after = queries.standing(flow, at=minutes(29)), queries.standing(flow, at=minutes(30))
    assert (before.state, after.state) == ("live", "withdrawn")
    assert queries.live_version(flow.organisation_id, flow.slug, at=minutes(30)) is None
    (planned,) = before.coming
    actions.cancel_publication(publication_id=planned.pk, by=SYSTEM, at=minutes(29))
    assert queries.standing(flow, at=minutes(31)).state == "live"
    assert actions.withdraw(flow_id=flow.pk, by=SYSTEM, from_at=minutes(1), at=minutes(40)) == minutes(40)


def test_only_a_role_at_the_organisation_changes_services_and_others_see_none(hall: Hall, flow: Flow) -> None:
    at_site = Actor("staff", None, "ops", grants=(Grant("manager", frozenset({hall.id})),))
    elsewhere = Actor("staff", None, "ops", grants=(Grant("manager", frozenset()),))
    assert queries.flow_at(flow.pk, site_id=hall.id, actor=at_site) == flow
    actions.publish(flow_id=flow.pk, from_at=minutes(60), by=SYSTEM, at=minutes(1))
    planned = Publication.objects.get()
    for by in (at_site, elsewhere):
        for act in (
            lambda by: actions.replace_draft(flow_id=flow.pk, text="", number=1, by=by),
            lambda by: actions.bring_draft_back(flow_id=flow.pk, number=1, by=by),
            lambda by: actions.cancel_publication(publication_id=planned.pk, by=by, at=minutes(2)),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                act(by)
    with pytest.raises(NotFound):
        queries.flow_at(flow.pk, site_id=hall.id, actor=elsewhere)
    assert Publication.objects.get() == planned


# --- What changes for customers -------------------------------------------------------------------

SHORT = """flow: a
name: {en: A, zh-Hans: 甲}
category: c
channels: [phone]
prices: {fee: 100}
steps:
  - inform: one
    title: {en: One, zh-Hans: 一}
  - form: two
    title: {en: Two, zh-Hans: 二}
    fields:
      - {id: size, type: choice, label: {en: Size, zh-Hans: 尺码}, options: [{value: s, label: {en: Small, zh-Hans: 小}}]}
  - end: done
    title: {en: Bye, zh-Hans: 再见}
"""


def told(old: str, new: str) -> set[tuple[str, str, str, str, str, str]]:
    found = queries.changes(old, new)
    assert found is not None
    return {(c.kind, c.act, c.where, c.before, c.after, c.language) for c in found}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("title: {en: One,", "title: {en: First,", ("text", "changed", "one", "One", "First", "en")),
        ("fee: 100", "fee: 250", ("price", "changed", "fee", "CN¥1.00", "CN¥2.50", "")),
        ("{fee: 100}", "{fee: 100, more: 5}", ("price", "added", "more", "", "CN¥0.05", "")),
        ("[phone]", "[phone, desk]", ("time", "changed", "", "phone", "phone, desk", "")),
        ("category: c", "category: c\nopen: [{days: [mon], from: '09:00', to: '17:00'}]", ("time", "changed", "", "", "mon 09:00–17:00", "")),
        ("{en: Small,", "{en: Little,", ("text", "changed", "two · size · s", "Small", "Little", "en")),
        ("type: choice", "optional: true, type: choice", ("question", "changed", "two · size", "needed", "optional", "")),
        ("options: [", "options: [{value: m, label: {en: M, zh-Hans: 中}}, ", ("question", "added", "two · size · m", "", "M", "")),
        ("    fields:\n", "    fields:\n      - {id: x, type: text, label: {en: X, zh-Hans: 乙}}\n", ("question", "added", "two · x", "", "X", "")),
        ("  - inform: one\n", "  - inform: one\n    when: given.channel == 'phone'\n", ("way", "changed", "one", "", "One", "")),
        ("  - inform: one\n", "  - inform: other\n    title: {en: O, zh-Hans: 另}\n  - inform: one\n", ("step", "added", "other", "", "O", "")),
        ("  - inform: one\n", "  - review: one\n", ("step", "removed", "one", "One", "", "")),
    ],
)  # fmt: skip
def test_what_changes_for_customers_is_told_by_kind(
    before: str, after: str, expected: tuple[str, ...]
) -> None:
    found = told(SHORT, SHORT.replace(before, after, 1))
    assert expected in found
    assert len(found) == (2 if expected[1] == "removed" else 1)


def test_what_only_looks_different_changes_nothing_and_what_is_no_definition_is_not_compared() -> None:
    assert (
        told(SHORT, f"# a comment\n{SHORT}".replace("{en: A, zh-Hans: 甲}", "{zh-Hans: 甲, en: A}")) == set()
    )
    assert queries.changes(SHORT, "steps: [") is None
    everything = queries.changes(None, SHORT)
    assert everything is not None
    assert [(one.act, one.where) for one in everything] == [
        ("added", "one"),
        ("added", "two"),
        ("added", "done"),
    ]
    assert isinstance(everything[0], Change)


def test_a_step_that_moved_is_told_as_one_move() -> None:
    steps = SHORT.partition("steps:\n")[2]
    one, two, done = (f"  - {part}" for part in steps.removeprefix("  - ").split("\n  - "))
    moved = SHORT.replace(steps, "\n".join([two, one, done]))
    assert [(act, where) for _kind, act, where, *_rest in told(SHORT, moved)] in (
        [("moved", "one")],
        [("moved", "two")],
    )
