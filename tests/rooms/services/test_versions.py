"""Running requests and versions: which go over to a newer one, which cannot and why, back again, and the end of a version."""

from __future__ import annotations

from uuid import uuid4

import pytest

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.rights import SYSTEM, Actor, Grant
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.models import Flow, Instance, Task
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall, minutes
from tests.rooms.services.shop import Shop
from tests.rooms.services.way import TEXT, Way, ordered, published

KINDER = TEXT.replace("K, zh-Hans: 类", "What is it?, zh-Hans: 哪一类？")
ASKS_MORE = TEXT.replace(
    "      - {id: gift, type: yes,",
    "      - {id: colour, type: text, label: {en: C, zh-Hans: 色}}\n      - {id: gift, type: yes,",
)
DEARER = TEXT.replace("each: 250", "each: 300")
OTHER_SHOP = TEXT.replace("operation: stock", "operation: buy").replace(
    "gives: {left: whole}", "gives: {left: whole}"
)
WITHOUT_GIFT = TEXT.replace(
    "      - {id: words, type: text, when: order.gift, label: {en: W, zh-Hans: 语}}\n", ""
)


def now_published(flow: Flow, text: str, at: int = 1, **given: object) -> int:
    """Another version of the flow; its number."""
    flow.refresh_from_db()
    actions.save_draft(flow_id=flow.pk, text=text, number=flow.draft_number, by=SYSTEM, at=minutes(at))
    return actions.publish(flow_id=flow.pk, by=SYSTEM, at=minutes(at), **given).number  # type: ignore[arg-type]


def done(at: int = 2) -> None:
    """The worker does what is due by then."""
    with clock.at(minutes(at)):
        while timers.run_due():
            pass


def number(way: Way) -> int:
    return way.row.version.number


def test_a_request_goes_over_when_nothing_is_lost(hall: Hall, shop: Shop) -> None:
    flow = published(hall)
    way = Way(hall).answer("kind", "buy").answer("order", {"pieces": 2}).work()
    asked = Way(hall).answer("kind", "ask")
    number_two = now_published(flow, KINDER)
    done()
    assert number(way) == 1, "pinned, unless somebody decides otherwise"
    report = queries.upgrade_report(flow, number_two)
    assert (report.can, report.cannot, report.whole) == (2, {}, True)
    assert number(way) == 1, "a dry run changes nothing"
    before = (way.row.revision, answers_of(way.row))
    actions.upgrade(flow_id=flow.pk, number=number_two, by=SYSTEM, at=minutes(2))
    done()
    assert (number(way), number(asked)) == (2, 2)
    assert (way.row.revision, answers_of(way.row)) == (before[0] + 1, before[1])
    assert way.kinds()[-1] == "request.upgraded"
    assert screen(way.row, at="kind")["title"] == "What is it?"
    assert way.answer("agree", True).work().row.outcome == "done"
    assert list(shop.sold.values()) == [2]


@pytest.mark.parametrize(
    ("text", "why", "step"),
    [
        (ASKS_MORE, "lost-answer", "order"),
        (WITHOUT_GIFT, "lost-answer", "order"),
        (TEXT.replace("{pieces: order.pieces}", '{pieces: "order.pieces + 1"}', 1), "lost-answer", "stock"),
        (TEXT.replace("gives: {left: whole}", "gives: {left: whole, shelf: text}"), "other-effect", "stock"),
        (TEXT.replace("channels: [phone]", "channels: [desk]"), "other-channel", ""),
        (TEXT.replace("  - confirm: agree", "  - confirm: consent"), "", "consent"),
        (TEXT.replace("  - confirm: agree", "  - ticket: queue\n    service: consult\n  - confirm: agree"), "goes-on", "queue"),
        (TEXT.replace("when: stock.left < 3", "when: 10 / (stock.left - 7) > 3"), "fault", "extra"),
    ],
    ids=["asked more", "asked less", "found otherwise", "found more", "not here", "a new name", "by itself", "fault"],
)  # fmt: skip
def test_why_a_request_stays_with_its_version(hall: Hall, shop: Shop, text: str, why: str, step: str) -> None:
    from servicehall.rooms.services.going_over import verdict_on
    from servicehall.rooms.services.models import Version

    flow = published(hall)
    way = Way(hall).answer("kind", "buy").answer("order", {"pieces": 2, "gift": True, "words": "hi"}).work()
    assert way.step == "agree"
    other = Version.objects.create(flow=flow, number=2, digest="2" * 64, text=text, made_at=MORNING)
    found = verdict_on(way.row, other.pk)
    assert (found.why, found.step) == (why, step)


def test_what_was_agreed_to_in_other_words_stays(hall: Hall, shop: Shop) -> None:
    """A yes to five yuan is no yes to six."""
    paid = TEXT.replace(
        "  - end: done",
        "  - form: after\n    title: {en: A, zh-Hans: 后}\n    fields: [{id: x, type: text, label: {en: X, zh-Hans: 某}}]\n  - end: done",
    )
    flow = published(hall, paid)
    way = ordered(hall).answer("agree", True).work()
    assert way.step == "after"
    number_two = now_published(flow, paid.replace("each: 250", "each: 300"))
    report = queries.upgrade_report(flow, number_two)
    assert (report.can, report.cannot) == (0, {"other-words": 1})
    actions.upgrade(flow_id=flow.pk, number=number_two, by=SYSTEM, at=minutes(2))
    done()
    assert number(way) == 1


def test_what_was_done_already_is_not_to_have_been_done_otherwise(hall: Hall, shop: Shop) -> None:
    after = TEXT.replace(
        "  - end: done",
        "  - form: after\n    title: {en: A, zh-Hans: 后}\n    fields: [{id: x, type: text, label: {en: X, zh-Hans: 某}}]\n  - end: done",
    )
    flow = published(hall, after)
    ordered(hall).answer("agree", True).work()
    number_two = now_published(
        flow,
        after.replace("total: value.total}", "total: value.total + 1}").replace(
            "with: {pieces: order.pieces, total: value.total + 1}",
            'with: {pieces: order.pieces, total: "value.total + 1"}',
        ),
    )
    assert queries.upgrade_report(flow, number_two).cannot == {"other-effect": 1}


def test_nothing_goes_over_while_it_is_being_done(hall: Hall, shop: Shop) -> None:
    flow = published(hall)
    way = ordered(hall).answer("agree", True)
    number_two = now_published(flow, KINDER)
    assert queries.upgrade_report(flow, number_two).cannot == {"under-way": 1}
    assert way.work().row.version.number == 1


def test_a_flow_that_says_so_takes_running_requests_along(hall: Hall, shop: Shop) -> None:
    flow = published(hall)
    way, stays = Way(hall).answer("kind", "ask"), ordered(hall)
    more = ASKS_MORE.replace("category: trials", "category: trials\nversions: upgrade")
    now_published(flow, more, from_at=minutes(60))
    done(59)
    assert number(way) == 1
    done(61)
    assert (number(way), number(stays)) == (2, 1)


def test_many_go_over_turn_by_turn_and_a_dead_worker_leaves_none_half_way(
    hall: Hall, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servicehall.rooms.services.actions import upgrading

    flow = published(hall)
    ways = [Way(hall) for _ in range(7)]
    number_two = now_published(flow, KINDER)
    monkeypatch.setattr(upgrading, "A_TURN", 3)
    actions.upgrade(flow_id=flow.pk, number=number_two, by=SYSTEM, at=minutes(2))
    with clock.at(minutes(2)):
        assert timers.run_due(limit=1) == 1
    assert sorted(number(way) for way in ways) == [1, 1, 1, 1, 2, 2, 2]
    real = upgrading.go_over

    def dies(*given: object, **named: object) -> None:
        real(*given, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(upgrading, "go_over", dies)
    with clock.at(minutes(2)), pytest.raises(KeyboardInterrupt):
        timers.run_due(limit=1)
    monkeypatch.setattr(upgrading, "go_over", real)
    assert sorted(number(way) for way in ways) == [1, 1, 1, 1, 2, 2, 2]
    done()
    assert {number(way) for way in ways} == {2}
    assert all(way.kinds().count("request.upgraded") == 1 for way in ways)


def test_those_that_went_over_can_be_given_back_unless_they_went_further(hall: Hall, shop: Shop) -> None:
    flow = published(hall)
    stays, further = Way(hall), Way(hall)
    later_question = TEXT.replace(
        "{id: text, type: long, label: {en: Q, zh-Hans: 问}}",
        "{id: text, type: long, label: {en: Q, zh-Hans: 问}}, {id: since, type: text, label: {en: S, zh-Hans: 起}}",
    ).replace("  - end: asked", "  - inform: soon\n    title: {en: S, zh-Hans: 快}\n  - end: asked")
    number_two = now_published(flow, later_question)
    began_later = Way(hall)
    assert number(began_later) == 1, "begun in the morning, when the first was published"
    actions.upgrade(flow_id=flow.pk, number=number_two, by=SYSTEM, at=minutes(2))
    done()
    further.answer("kind", "ask").answer("question", {"text": "When?", "since": "May"})
    assert further.step == "soon"
    report = queries.upgrade_report(flow, number_two, back=True)
    assert (report.can, report.cannot) == (2, {"lost-answer": 1})
    actions.revert(flow_id=flow.pk, number=number_two, by=SYSTEM, at=minutes(3))
    done(3)
    assert (number(stays), number(further), number(began_later)) == (1, 2, 1)
    assert stays.row.came_from_id is None
    assert stays.answer("kind", "ask").step == "question"


def test_a_retired_version_is_begun_by_nobody_and_what_runs_ends_with_a_task(hall: Hall, shop: Shop) -> None:
    flow = published(hall)
    way, paying = ordered(hall), ordered(hall).answer("agree", True)
    with pytest.raises(actions.PastMoment):
        actions.retire(flow_id=flow.pk, number=1, retires_at=minutes(-1), by=SYSTEM, at=MORNING)
    actions.retire(flow_id=flow.pk, number=1, retires_at=minutes(60), by=SYSTEM, at=MORNING)
    assert (
        screen(way.row)["until"] == f"{minutes(60).astimezone(clock.zone(hall.site.timezone)):%Y-%m-%d %H:%M}"
    )
    done(59)
    assert way.row.state == "open"
    done(60)
    assert (way.row.state, way.row.outcome) == ("ended", "retired")
    assert (screen(way.row)["kind"], screen(way.row)["outcome"]) == ("end", "retired")
    assert "replaced" in screen(way.row, language="en")["title"]
    assert screen(way.row, language="zh-Hans")["title"] != screen(way.row, language="en")["title"]
    assert [task.kind for task in Task.objects.filter(instance_id=way.id)] == ["retired"]
    assert way.kinds()[-2:] == ["request.needs-person", "request.ended"]
    assert paying.row.state == "open", "what is being done is left alone"
    paying.now = minutes(60)
    paying.work()
    done(62)
    assert (paying.row.outcome, len(shop.sold)) == ("done", 1)
    with pytest.raises(actions.FlowNotOffered):
        actions.begin(site_id=hall.site.pk, flow="trial", channel="phone", by=SYSTEM, at=minutes(61))
    with pytest.raises(actions.Retired):
        actions.publish(flow_id=flow.pk, number=1, by=SYSTEM, at=minutes(61))


def test_what_fits_the_newest_goes_over_when_its_version_retires(hall: Hall, shop: Shop) -> None:
    flow = published(hall)
    fits, unfit = Way(hall).answer("kind", "ask"), ordered(hall)
    now_published(flow, ASKS_MORE)
    actions.retire(flow_id=flow.pk, number=1, retires_at=minutes(10), by=SYSTEM, at=minutes(2))
    done(10)
    assert (number(fits), fits.row.state) == (2, "open")
    assert (number(unfit), unfit.row.outcome) == (1, "retired")


def test_a_version_can_be_given_more_time(hall: Hall, shop: Shop) -> None:
    flow = published(hall)
    way = Way(hall)
    for moment, looked_at in ((minutes(10), 9), (minutes(30), 29), (None, 60)):
        actions.retire(flow_id=flow.pk, number=1, retires_at=moment, by=SYSTEM, at=MORNING)
        done(looked_at)
        assert way.row.state == "open"
    assert way.row.state == "open"
    with pytest.raises(actions.PastMoment):
        now_published(flow, KINDER, retires_at=minutes(1), at=2)
    now_published(flow, KINDER, retires_at=minutes(90), at=2)
    with clock.at(minutes(3)):
        assert "until" not in screen(way.row)
    assert queries.live_version(flow.organisation_id, "trial", at=minutes(89)) is not None
    assert queries.live_version(flow.organisation_id, "trial", at=minutes(90)) is None


def test_only_who_may_change_flows_moves_requests(hall: Hall) -> None:
    flow = published(hall)
    for role in ("agent", "supervisor"):
        actor = Actor("staff", uuid4(), "ops", grants=(Grant(role, frozenset({hall.site.pk})),))
        for act in (
            lambda who=actor: actions.upgrade(flow_id=flow.pk, number=1, by=who),
            lambda who=actor: actions.revert(flow_id=flow.pk, number=1, by=who),
            lambda who=actor: actions.retire(flow_id=flow.pk, number=1, retires_at=None, by=who),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                act()
    with pytest.raises(NotFound):
        actions.upgrade(flow_id=flow.pk, number=9, by=SYSTEM)
    with pytest.raises(NotFound):
        queries.upgrade_report(flow, 9)
    assert not Instance.objects.exists()


def test_the_terminal_says_what_would_go_over_and_takes_it_over(
    hall: Hall, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    from argparse import Namespace

    from servicehall.cli.flows_command import _upgrade

    flow = published(hall)
    way, stays = Way(hall).answer("kind", "ask"), ordered(hall)
    now_published(flow, ASKS_MORE)
    given = {"flow": "trial", "organisation": "mall-group", "to": None, "revert": False, "dry_run": True}
    with clock.at(minutes(2)):
        assert _upgrade(Namespace(**given)) == 0
        assert "1 can go over to version 2, 1 cannot" in capsys.readouterr().out
        assert number(way) == 1
        assert _upgrade(Namespace(**{**given, "dry_run": False})) == 0
        assert (number(way), number(stays)) == (2, 1)
        assert _upgrade(Namespace(**{**given, "dry_run": False, "revert": True})) == 0
        assert number(way) == 1
        assert _upgrade(Namespace(**{**given, "flow": "nothing"})) != 0
        assert _upgrade(Namespace(**{**given, "to": 9})) != 0
