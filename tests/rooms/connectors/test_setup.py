"""Setting connectors up: who may, what is confirmed, what does not fit, and trying one out."""

from __future__ import annotations

import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from servicehall.kernel import clock, retention
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.step_up import StepUpNeeded
from servicehall.rooms.connectors import actions, named_secrets, queries
from servicehall.rooms.connectors.models import Call, Connector
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as staff
from tests.hall import make_hall, text
from tests.rooms.connectors.sample import Line, Sample, connect, fields


def chief_of(site: Any, name: str = "chief") -> Any:
    """An administrator of the site's organisation."""
    organisation = site.region.organisation_id
    made = people.add_staff(
        username=name, names=text("Chief"), password="a long enough password", by=SYSTEM,
        roles=[people.RoleAt("admin", organisation=organisation)], check_password=False,
    )  # fmt: skip
    return staff.actor_of(made)


def test_only_administrators_of_the_organisation_say_where_calls_go(sample: Sample, db: Any) -> None:
    mall, bank = make_hall("mall"), make_hall("bank")
    given = {"organisation_id": mall.site.region.organisation_id, **fields(sample.url)}
    for by in (mall.actors["agent"], mall.actors["manager"], mall.actors["admin"], chief_of(bank.site)):
        with pytest.raises((NotAllowed, NotFound)):
            actions.add_connector(**given, by=by)
    with pytest.raises(StepUpNeeded):
        actions.add_connector(**given, by=chief_of(mall.site, "chief2"))
    assert not Connector.objects.exists()


def test_what_was_set_up_is_on_record_without_the_address(line: Line) -> None:
    line.connector.rest_seconds = 60
    actions.save_connector(line.connector, by=SYSTEM, fields=["rest_seconds"])
    kinds = ["connector.added", "connector.changed"]
    facts = Event.objects.filter(kind__in=kinds).order_by("seq")
    assert [one.kind for one in facts] == kinds
    assert "127.0.0.1" not in str([one.data for one in facts])
    actions.remove_connector(line.connector, by=SYSTEM)
    assert Event.objects.filter(kind="connector.removed").exists()


@pytest.mark.django_db
def test_a_description_is_read_once_until_it_is_another(sample: Sample) -> None:
    line = connect(sample, make_hall())
    given = copy.deepcopy(line.connector.definition)
    before = queries.operations(Connector(definition=copy.deepcopy(given)))
    assert all(one is before[name] for name, one in queries.operations(Connector(definition=given)).items())
    del given["paths"][next(iter(given["paths"]))]
    assert set(queries.operations(Connector(definition=given))) < set(before)


def test_a_new_address_or_secret_is_confirmed_and_patience_is_not(line: Line, sample: Sample) -> None:
    chief, row = chief_of(line.hall.site), line.connector
    row.whole_seconds = 3
    actions.save_connector(row, by=chief)
    for name, value in (("allowed_hosts", "127.0.0.1 example.com"), ("secret_name", "another")):
        setattr(row, name, value)
        with pytest.raises(StepUpNeeded):
            actions.save_connector(row, by=chief)
        row.refresh_from_db()


def document(**operation: Any) -> dict[str, Any]:
    """A document with one operation."""
    answer = {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}
    described = {"operationId": "look", "responses": answer, **operation}
    return {"openapi": "3.0.3", "paths": {"/look": {"get": described}}}


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"address": "http://10.0.0.1/"}, "address", "CONNECTOR_NETWORKS"),
        ({"address": "https://169.254.169.254/"}, "address", "CONNECTOR_NETWORKS"),
        ({"address": "https://user:word@example.com/"}, "address", "no address that can be called"),
        ({"address": "https://example.com/?key=1"}, "address", "no address that can be called"),
        ({"address": "file:///etc/passwd"}, "address", "no address that can be called"),
        ({"address": "https://example.com/"}, "allowed_hosts", "example.com"),
        ({"secret_name": ""}, "secret_name", "Name the secret"),
        ({"secret_use": "password"}, "secret_use", "takes a password"),
        ({"connect_seconds": 5.0}, "connect_seconds", "part of the whole"),
        ({"definition": {}}, "definition", "not an OpenAPI 3 document"),
        ({"definition": {"openapi": "3.1.0", "paths": []}}, "definition", "not formed"),
        ({"definition": {"openapi": "3.1.0"}}, "definition", "no operation"),
        ({"definition": document(**{"x-servicehall-class": "often"})}, "definition", "read, keyed, unkeyed"),
        ({"definition": document(responses={"404": {}})}, "definition", "no good answer"),
        (
            {"definition": document(parameters=[{"name": "a", "in": "cookie", "schema": {}}])},
            "definition",
            "cookie",
        ),
        (
            {"definition": document(parameters=[{"name": "a", "in": "query", "schema": {"type": "textt"}}])},
            "definition",
            "textt",
        ),
        (
            {
                "definition": document(
                    parameters=[{"name": "a", "in": "query", "schema": {"$ref": "http://169.254.169.254/x"}}]
                )
            },
            "definition",
            "not a schema of this document",
        ),
        ({"kind": "sql", "address": "sqlite:////etc/passwd", "secret_use": "none"}, "address", "no folder"),
        ({"kind": "sql", "address": "mysql://db/x", "secret_use": "none"}, "address", "no address"),
        ({"kind": "python", "address": "os.system"}, "address", "no such plug-in"),
    ],
)
def test_what_does_not_fit_stands_beside_its_field(
    line: Line, sample: Sample, wrong: dict[str, Any], field: str, words: str
) -> None:
    row = line.connector
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError) as problem:
        actions.save_connector(row, by=SYSTEM)
    assert words in " ".join(problem.value.message_dict[field])


def test_a_name_in_a_flow_finds_the_organisations_own_connector(line: Line, sample: Sample) -> None:
    bank = make_hall("bank")
    assert queries.connector_called("back-office", site_id=line.site_id).pk == line.connector.pk
    with pytest.raises(NotFound):
        queries.connector_called("back-office", site_id=bank.id)
    line.connector.is_active = False
    actions.save_connector(line.connector, by=SYSTEM)
    with pytest.raises(NotFound):
        queries.connector_called("back-office", site_id=line.site_id)


def test_reading_operations_are_tried_out_by_administrators_and_that_is_on_record(line: Line) -> None:
    mall = line.hall
    admin, row = mall.actors["admin"], line.connector
    found = actions.try_operation(row.pk, "findAccount", {"number": "10023345"}, site_id=mall.id, by=admin)
    assert found.value["number"] == "10023345"
    [fact] = Event.objects.filter(kind="connector.tried")
    assert (fact.actor_id, fact.data) == (admin.id, {"connector": str(row.pk), "operation": "findAccount"})
    with pytest.raises(actions.NotARead):
        actions.try_operation(row.pk, "payBill", {}, site_id=mall.id, by=admin)
    with pytest.raises(NotAllowed):
        actions.try_operation(row.pk, "findAccount", {}, site_id=mall.id, by=mall.actors["manager"])
    bank = make_hall("bank")
    with pytest.raises(NotFound):
        actions.try_operation(row.pk, "findAccount", {}, site_id=bank.id, by=bank.actors["admin"])
    assert line.sample.server.asked.total() == 1


def test_calls_go_after_thirty_days(line: Line) -> None:
    line.call("findAccount", number="10023345")
    now = clock.now()
    found = {one.kind: one.count for one in retention.look(at=now + timedelta(days=29))}
    assert found["connectors.calls"] == 0
    retention.apply(at=now + timedelta(days=31))
    assert not Call.objects.exists()


def test_figures_count_faults_and_not_refusals(line: Line, django_assert_num_queries: Any) -> None:
    for milliseconds, outcome in ((10, "done"), (20, "refused"), (30, "unavailable"), (400, "lied")):
        Call.objects.create(
            connector=line.connector,
            operation="x",
            outcome=outcome,
            milliseconds=milliseconds,
            at=clock.now(),
        )
    with django_assert_num_queries(1):
        found = queries.figures([line.connector.pk])[line.connector.pk]
    assert (found.calls, found.faults, found.share, found.p50, found.p95) == (4, 2, 50.0, 20, 400)
    assert [one.outcome for one in queries.last_faults(line.connector.pk)] == ["lied", "unavailable"]


def test_a_secret_is_read_from_a_closed_file_of_its_organisation(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CONNECTOR_SECRETS = str(tmp_path)
    place = named_secrets.place("mall-group", "till")
    place.parent.mkdir()
    place.write_text("a secret of a file\n")
    place.chmod(0o644)
    with pytest.raises(named_secrets.NoSecret, match="chmod 600"):
        named_secrets.secret("mall-group", "till")
    place.chmod(0o600)
    assert named_secrets.secret("mall-group", "till") == "a secret of a file"
    with pytest.raises(named_secrets.NoSecret):
        named_secrets.secret("bank-group", "till")
    monkeypatch.setenv("SERVICEHALL_CONNECTOR_SECRET_MALL_GROUP__TILL", "two\nlines")
    with pytest.raises(named_secrets.NoSecret, match="one line"):
        named_secrets.secret("mall-group", "till")


def test_openapi_3_0_is_read_too_and_references_stay_inside(sample: Sample, db: Any) -> None:
    answer = {"schema": {"$ref": "#/components/schemas/Tree"}}
    tree = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "nullable": True},
            "nullable": {"type": "boolean"},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
        "required": ["name", "nullable"],
    }
    given = document(responses={"200": {"content": {"application/json": answer}}})
    given["components"] = {"schemas": {"Tree": tree}}
    row = connect(sample, make_hall("mall"), definition=copy.deepcopy(given)).connector
    found = queries.types(row, "look").output
    assert found["$ref"] == "#/$defs/Tree"
    assert found["$defs"]["Tree"]["properties"]["name"] == {"type": ["string", "null"]}
    assert "nullable" in found["$defs"]["Tree"]["properties"]
