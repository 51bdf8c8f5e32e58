"""Services in operations: written, looked through, published now or later, taken back, compared, as files; by whom."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.people.models import Staff
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.models import Flow, Publication
from tests.channels.ops.watching import Halls
from tests.hall import MORNING, make_hall, minutes
from tests.rooms.connectors.test_setup import chief_of

TEXT = """flow: lost
name: {en: Report a loss, zh-Hans: 遗失登记}
category: found
channels: [phone, desk]
steps:
  - inform: first
    title: {en: Read this, zh-Hans: 请阅读}
  - end: done
    title: {en: Thanks, zh-Hans: 谢谢}
"""
OTHER = TEXT.replace("Read this", "Please read this")
WRONG = TEXT.replace("  - inform: first\n", "  - inform: first\n    when: nobody.knows\n")
LIST = "/ops/mall/services"


@pytest.fixture
def halls(db: None) -> Iterator[Halls]:
    with clock.at(MORNING):
        yield Halls(make_hall("mall"), make_hall("bank"), None, {})


@pytest.fixture
def writer(halls: Halls) -> Client:
    """Somebody with a role at the organisation."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(Staff.objects.get(pk=chief_of(halls.mall.site).id))
    return client


@pytest.fixture
def flow(halls: Halls) -> Flow:
    return flow_of(halls)


def flow_of(halls: Halls, text: str = TEXT, slug: str = "lost") -> Flow:
    organisation = halls.mall.site.region.organisation_id
    return actions.create_flow(organisation_id=organisation, slug=slug, text=text, by=SYSTEM)


def at(flow: Flow, page: str = "") -> str:
    return f"{LIST}/{flow.pk}{f'/{page}' if page else ''}"


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def follow(client: Client, path: str, data: dict[str, Any], status: int = 200) -> str:
    answer = client.post(path, data, follow=True)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def draft_of(flow: Flow) -> tuple[str, int]:
    flow.refresh_from_db()
    return flow.draft, flow.draft_number


def test_a_service_is_begun_from_nothing_a_sample_or_a_file(halls: Halls, writer: Client) -> None:
    assert "No services yet" in shown(writer, LIST)
    page = follow(writer, f"{LIST}/add", {"begin": "blank", "slug": "my-own"})
    assert "flow: my-own" in page
    page = follow(writer, f"{LIST}/add", {"begin": "sample-report-loss", "slug": "found-it"})
    assert "flow: found-it" in page
    assert Flow.objects.get(slug="found-it").names["en"] == "Report a loss"
    follow(writer, f"{LIST}/add", {"begin": "file", "file": SimpleUploadedFile("a.yaml", TEXT.encode())})
    assert Flow.objects.get(slug="lost").draft == TEXT
    assert writer.get("/ops/services")["Location"] == LIST


def test_what_cannot_begin_a_service_is_said_beside_its_field(
    halls: Halls, writer: Client, flow: Flow
) -> None:
    def refused(**given: Any) -> str:
        return follow(writer, f"{LIST}/add", given, 422)

    assert "Another service has this short name" in refused(begin="blank", slug="lost")
    assert "beginning with a letter" in refused(begin="blank", slug="1 No")
    assert "beginning with a letter" in refused(begin="blank")
    assert "Choose a file" in refused(begin="file")
    for raw, words in (
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"a\0b", "no text in UTF-8"),
        (b" \n", "empty"),
        (b"x" * 900_000, "too long"),
    ):
        assert words in refused(begin="file", slug="x", file=SimpleUploadedFile("a.yaml", raw))
    assert "longer than" in refused(begin="file", slug="x", file=SimpleUploadedFile("a.yaml", b"x" * 300_000))
    assert Flow.objects.count() == 1


def test_the_list_says_how_each_service_stands(halls: Halls, writer: Client, flow: Flow) -> None:
    assert "not published" in shown(writer, LIST)
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    actions.begin(site_id=halls.mall.id, flow="lost", channel="phone", by=customer("phone"), language="en")
    page = shown(writer, LIST)
    assert "published" in page
    assert "draft changed" not in page
    assert 'version 1: <span class="number">1</span>' in page
    actions.save_draft(flow_id=flow.pk, text=f"# a comment\n{TEXT}", number=1, by=SYSTEM)
    assert "draft changed" not in shown(writer, LIST)  # comments are nobody's version
    actions.save_draft(flow_id=flow.pk, text=OTHER.replace("y: f", "y: lost-and-f"), number=2, by=SYSTEM)
    assert "draft changed" in shown(writer, LIST)
    assert "<td>Lost and found</td>" in shown(writer, LIST)
    actions.withdraw(flow_id=flow.pk, by=SYSTEM, at=minutes(1))
    with clock.at(minutes(2)):
        assert "withdrawn" in shown(writer, LIST)
    assert "Report a loss" in shown(writer, f"{LIST}?q=LOSS+found")
    assert "No service is called that" in shown(writer, f"{LIST}?q=hospital")


def test_pages_make_a_constant_number_of_queries(
    halls: Halls, writer: Client, flow: Flow, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        other = flow_of(halls, TEXT.replace("lost", f"lost-{number}"), f"lost-{number}")
        actions.publish(flow_id=other.pk, by=SYSTEM)
    for number in range(4):
        actions.save_draft(
            flow_id=flow.pk, text=TEXT.replace("Thanks", f"Thanks {number}"), number=number + 1, by=SYSTEM
        )
        actions.publish(flow_id=flow.pk, by=SYSTEM)
    for path, most in (
        (LIST, 17),
        (at(flow), 20),
        (at(flow, "compare?from=1&to=3"), 21),
        (at(flow, "publish"), 21),
        (at(flow, "text"), 18),
    ):
        shown(writer, path)
        with django_assert_max_num_queries(most):
            shown(writer, path)


def test_a_draft_is_saved_and_says_what_is_wrong_by_line(writer: Client, flow: Flow) -> None:
    page = follow(writer, at(flow, "text"), {"text": WRONG.replace("\n", "\r\n"), "draft": "1"})
    assert draft_of(flow) == (WRONG, 2)
    assert "line 7, column 17" in page
    assert 'name="draft" value="2"' in page
    page = follow(writer, at(flow, "text"), {"text": "steps: [", "draft": "2", "act": "check"})
    assert "This is not valid YAML" in page
    assert "data-unsaved" in page
    assert draft_of(flow) == (WRONG, 2)
    saved = writer.post(
        at(flow, "text"), {"text": TEXT, "draft": "2"}, headers={"Accept": "application/json"}
    )
    assert saved.json() == {"draft": 3, "said": "Saved."}


def test_styles_of_the_editor_carry_a_nonce_that_is_new_each_time(writer: Client, flow: Flow) -> None:
    answers = [writer.get(at(flow, "text")) for _ in range(2)]
    nonces = {answer.context["nonce"] for answer in answers}
    assert len(nonces) == 2
    for answer in answers:
        assert f"style-src 'self' 'nonce-{answer.context['nonce']}';" in answer["Content-Security-Policy"]
        assert "script-src 'self';" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
    assert "nonce" not in writer.get(at(flow))["Content-Security-Policy"]


def test_two_who_write_at_once_both_keep_their_text(writer: Client, flow: Flow) -> None:
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM)
    mine = TEXT.replace("Thanks", "Many thanks")
    page = follow(writer, at(flow, "text"), {"text": mine, "draft": "1"}, 409)
    assert "Somebody else saved this draft meanwhile" in page
    assert "<del> Please</del>" in page or "<del>Please " in page
    assert "Many thanks" in page
    assert 'name="draft" value="2"' in page
    assert draft_of(flow) == (OTHER, 2)
    follow(writer, at(flow, "text"), {"text": mine, "draft": "2"})
    assert draft_of(flow) == (mine, 3)


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "²", "99999999999999999999"])
def test_a_draft_needs_its_number(writer: Client, flow: Flow, number: str) -> None:
    assert writer.post(at(flow, "text"), {"text": OTHER, "draft": number}).status_code in {400, 409, 422}
    assert draft_of(flow) == (TEXT, 1)


def test_what_is_written_is_checked_without_being_kept(writer: Client, flow: Flow) -> None:
    found = writer.post(at(flow, "check"), {"text": WRONG}).json()
    assert [(one["line"], one["level"]) for one in found["findings"]] == [(7, "fault")]
    assert found["names"]["seen.first"] == "truth"
    assert writer.post(at(flow, "check"), {"text": "steps: ["}).json()["names"] is None
    chinese = writer.post(at(flow, "check"), {"text": WRONG}, headers={"Accept-Language": "zh-Hans"}).json()
    assert chinese["findings"][0]["message"] != found["findings"][0]["message"]
    assert draft_of(flow) == (TEXT, 1)
    known = writer.get(f"{LIST}/schema").json()
    assert known["schema"]["$id"] == "urn:servicehall:flow:1"
    assert known["own"]["queues"] == ["consult", "loan", "refund"]


def test_forty_steps_are_checked_within_a_second(writer: Client, flow: Flow) -> None:
    form = "  - form: s{0}\n    title: {{en: T, zh-Hans: 题}}\n    fields:\n      - {{id: a, type: whole, label: {{en: A, zh-Hans: 甲}}}}\n"
    many = "".join(
        form.format(n) + f"    then:\n      - {{when: s{n}.a > {n}, go: done}}\n" for n in range(40)
    )
    text = TEXT.replace("  - inform: first\n    title: {en: Read this, zh-Hans: 请阅读}\n", many)
    text = text.replace("steps:", "longer: it is only a measure of time\nsteps:")
    began = time.perf_counter()
    found = writer.post(at(flow, "check"), {"text": text}).json()
    assert time.perf_counter() - began < 1
    assert [one["message"] for one in found["findings"]] == []


def test_publishing_shows_what_changes_and_then_does_it(writer: Client, flow: Flow) -> None:
    page = shown(writer, at(flow, "publish"))
    assert "Nobody can begin this service now." in page
    page = follow(writer, at(flow, "publish"), {"when": "now", "draft": "1"})
    assert "Customers begin version 1 now." in page
    actions.save_draft(flow_id=flow.pk, text=OTHER.replace("found", "losses"), number=1, by=SYSTEM)
    page = shown(writer, at(flow, "publish"))
    assert "<del>Read this</del>" in page
    assert "<ins>Please read this</ins>" in page
    assert "<ins>losses</ins>" in page
    follow(writer, at(flow, "publish"), {"when": "now", "draft": "2"})
    assert [one.number for one in flow.versions.all()] == [2, 1]


def test_a_draft_with_faults_is_not_published_and_says_where(writer: Client, flow: Flow) -> None:
    actions.save_draft(flow_id=flow.pk, text=WRONG, number=1, by=SYSTEM)
    page = follow(writer, at(flow, "publish"), {"when": "now", "draft": "2"}, 422)
    assert "This definition cannot be published yet" in page
    assert f'href="{at(flow, "text")}#L7:17"' in page
    assert not Publication.objects.exists()


def test_only_the_draft_that_was_looked_at_is_published(writer: Client, flow: Flow) -> None:
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM)
    page = follow(writer, at(flow, "publish"), {"when": "now", "draft": "1"}, 422)
    assert "What would be published now is below." in page
    assert 'name="draft" value="2"' in page
    assert not Publication.objects.exists()


def test_a_publication_is_planned_by_the_halls_clock_and_cancelled(writer: Client, flow: Flow) -> None:
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM)
    page = follow(writer, at(flow, "publish"), {"when": "later", "from_at": "2026-03-04T08:30", "draft": "2"})
    assert "Version 2 is begun from 2026-03-04 08:30 on." in page
    planned = Publication.objects.latest("from_at")
    assert planned.from_at == datetime(2026, 3, 4, 0, 30, tzinfo=UTC)  # the hall is in Shanghai
    organisation = flow.organisation_id
    assert queries.offered(organisation)[0].version == flow.versions.get(number=1).pk
    assert queries.offered(organisation, at=planned.from_at)[0].version == flow.versions.get(number=2).pk
    assert "Version 2 from 2026-03-04 08:30" in page
    assert "Version 2 is planned from 2026-03-04 08:30 on." in shown(writer, at(flow, "publish"))
    page = follow(writer, at(flow, "act"), {"act": "cancel", "publication": str(planned.pk)})
    assert "The planned publication was cancelled." in page
    assert queries.offered(organisation, at=planned.from_at)[0].version == flow.versions.get(number=1).pk
    first = Publication.objects.get()
    page = follow(writer, at(flow, "act"), {"act": "cancel", "publication": str(first.pk)})
    assert "Customers begin this version already" in page
    assert Publication.objects.get() == first


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"when": "later"}, "Say the day and the time."),
        ({"when": "later", "from_at": "2026-03-03T09:59"}, "This moment is past."),
        ({"when": "later", "from_at": "soon"}, "Enter a valid date/time."),
        ({"when": "never"}, "Select a valid choice."),
    ],
)
def test_a_moment_that_cannot_be_is_said_beside_it(
    writer: Client, flow: Flow, given: dict[str, str], words: str
) -> None:
    assert words in follow(writer, at(flow, "publish"), {"draft": "1", **given}, 422)
    assert not Publication.objects.exists()


def test_an_earlier_version_is_published_again_and_the_service_withdrawn(writer: Client, flow: Flow) -> None:
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM)
    actions.publish(flow_id=flow.pk, by=SYSTEM, at=minutes(1))
    with clock.at(minutes(2)):
        page = shown(writer, at(flow, "publish?version=1"))
        assert "Publish version 1 again" in page
        assert "<ins>Read this</ins>" in page
        page = follow(writer, at(flow, "publish"), {"when": "now", "version": "1"})
        assert "Customers begin version 1 now." in page
        assert queries.offered(flow.organisation_id)[0].version == flow.versions.get(number=1).pk
    assert draft_of(flow) == (OTHER, 2)
    with clock.at(minutes(3)):
        assert "withdrawn" in follow(writer, at(flow, "act"), {"act": "withdraw"})
        assert queries.offered(flow.organisation_id) == []
    assert writer.get(at(flow, "publish?version=9")).status_code == 404
    assert writer.post(at(flow, "act"), {"act": "delete"}).status_code in {400, 422}


def test_any_two_texts_are_compared(writer: Client, flow: Flow) -> None:
    assert "There is nothing to compare with yet" in shown(writer, at(flow, "compare"))
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    assert "Both texts are the same" in shown(writer, at(flow, "compare"))
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM)
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    page = shown(writer, at(flow, "compare?from=1&to=2"))
    assert "<del>Read</del>" in page or "<del>Read" in page
    assert "Version 2" in page
    for bad in ("from=9", "to=x", "from=<b>"):
        assert writer.get(at(flow, f"compare?{bad}")).status_code in {400, 422}


def test_a_definition_goes_out_as_a_file_and_comes_in_as_one(writer: Client, flow: Flow) -> None:
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    actions.save_draft(flow_id=flow.pk, text=f"# mine\n{OTHER}", number=1, by=SYSTEM)
    draft, first = writer.get(at(flow, "file")), writer.get(at(flow, "file?version=1"))
    assert (draft.content.decode(), first.content.decode()) == (f"# mine\n{OTHER}", TEXT)
    assert draft["Content-Disposition"] == 'attachment; filename="lost.yaml"'
    assert first["Content-Disposition"] == 'attachment; filename="lost-1.yaml"'
    assert draft["X-Content-Type-Options"] == "nosniff"
    back = SimpleUploadedFile("b.yaml", TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    page = follow(writer, at(flow, "put-in"), {"act": "file", "draft": "2", "file": back})
    assert draft_of(flow) == (TEXT, 3)
    assert "Bring it back" in page
    page = follow(writer, at(flow, "put-in"), {"act": "back", "draft": "3"})
    assert "The draft from before is back." in page
    assert draft_of(flow) == (f"# mine\n{OTHER}", 4)
    follow(writer, at(flow, "put-in"), {"act": "version", "version": "1", "draft": "4"})
    assert draft_of(flow) == (TEXT, 5)


def test_a_file_that_does_not_fit_changes_nothing(writer: Client, flow: Flow) -> None:
    def sent(raw: bytes | None, draft: str = "1", status: int = 200) -> str:
        file = {} if raw is None else {"file": SimpleUploadedFile("a.yaml", raw)}
        return follow(writer, at(flow, "put-in"), {"act": "file", "draft": draft, **file}, status)

    assert "no text in UTF-8" in sent(b"\xff\xff")
    assert "Choose a file" in sent(None)
    actions.save_draft(flow_id=flow.pk, text=OTHER, number=1, by=SYSTEM)
    page = sent(TEXT.replace("Thanks", "From a file").encode(), status=409)
    assert "From a file" in page
    assert draft_of(flow) == (OTHER, 2)
    assert writer.post(at(flow, "put-in"), {"act": "back", "draft": "2"}).status_code == 404


def test_who_has_a_role_at_a_site_only_looks(halls: Halls, flow: Flow) -> None:
    client = halls.as_("manager")
    for path in (LIST, at(flow), at(flow, "text"), at(flow, "compare"), at(flow, "file")):
        assert client.get(path).status_code == 200, path
    assert "New service" not in shown(client, LIST)
    assert "editor/definition.js" not in shown(client, at(flow, "text"))
    assert client.get(f"{LIST}/add").status_code == 403
    assert client.get(at(flow, "publish")).status_code == 403
    for page in ("text", "publish", "act", "put-in"):
        assert (
            client.post(at(flow, page), {"text": OTHER, "draft": "1", "act": "withdraw"}).status_code == 403
        )
    assert draft_of(flow) == (TEXT, 1)


def test_nobody_else_sees_them(halls: Halls, flow: Flow) -> None:
    for who in ("agent", "supervisor"):
        assert halls.as_(who).get(LIST).status_code == 403
        assert halls.as_(who).post(at(flow, "check"), {"text": TEXT}).status_code == 403
    assert halls.as_("manager", halls.bank).get(at(flow)).status_code == 404
    assert halls.as_("manager", halls.bank).get(f"/ops/bank/services/{flow.pk}").status_code == 404
    assert Client().get(LIST).status_code in {302, 401}


@pytest.mark.one_database
@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the pages' modules")
def test_the_editor_offers_what_can_be_written_at_a_place() -> None:
    module = Path(__file__).with_name("editor.test.mjs")
    done = subprocess.run(
        ["node", "--test", str(module)],
        env={**os.environ, "SCHEMA": json.dumps(queries.schema())}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
