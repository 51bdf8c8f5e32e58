"""The OpenAPI document: complete, valid, true of what is answered; and what a fuzzer makes of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.api.speaking import Api, Place

METHODS = {"get", "post"}


@pytest.fixture
def document() -> dict[str, Any]:
    answer = Api().get("/api/v1/openapi.json")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    found: dict[str, Any] = answer.json
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        assert set(methods) <= METHODS
        for method, operation in methods.items():
            yield path, method, operation


def test_every_address_is_in_the_document(document: dict[str, Any]) -> None:
    from django.urls import URLPattern

    from servicehall.channels.api.urls import urlpatterns

    served = {
        "/api/" + str(p.pattern).replace("<", "{").replace(">", "}")
        for p in urlpatterns
        if isinstance(p, URLPattern) and p.name != "api-document" and str(p.pattern)
    }
    assert served == set(document["paths"])


def test_every_operation_says_all_there_is_to_say(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in document["tags"]}
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert set(operation["tags"]) <= tags
        assert {"bearer": []} in operation["security"]
        names = [p.get("name") or p["$ref"].rsplit("/", 1)[1] for p in operation["parameters"]]
        assert ("Key" in names) == (method == "post")
        for status, answer in operation["responses"].items():
            kinds = list(answer.get("content", {}))
            assert kinds == (
                ["application/problem+json"]
                if int(status) >= 400
                else ["application/json"]
                if status != "204"
                else []
            )
            assert answer["description"]
        expected = {"401", "403", "404", "422", "500", "503"} | (
            {"400", "411", "413", "415"} if method == "post" else set()
        )
        assert expected <= set(operation["responses"]), path


def test_the_public_addresses_are_those_that_need_no_token(document: dict[str, Any]) -> None:
    public = {op["operationId"] for _p, _m, op in operations(document) if {} in op["security"]}
    assert public == {
        "list_sites", "get_site", "list_services", "list_counters", "list_zones", "get_board", "get_ticket",
        "get_evidence_checkpoint", "get_evidence_consistency",
        "cancel_ticket", "postpone_ticket", "rejoin_ticket", "rate_ticket",
        "list_flows", "get_flow", "get_request", "answer_step", "note_printed", "pay_request", "stop_paying_request",
        "leave_request", "hand_over_request", "add_file", "get_file",
        "list_offers", "list_times", "get_appointment", "book_appointment", "release_appointment",
        "reschedule_appointment", "cancel_appointment", "say_late", "confirm_appointment", "check_in_appointment",
    }  # fmt: skip


def test_every_reference_leads_somewhere_and_nothing_is_left_over(document: dict[str, Any]) -> None:
    import json
    import re

    text = json.dumps(document)
    for kind in ("schemas", "parameters", "headers"):
        pointed = set(re.findall(rf'"#/components/{kind}/([\w-]+)"', text))
        there = set(document["components"][kind])
        assert pointed <= there
        if kind != "headers":
            assert pointed == there


def test_a_body_without_required_fields_may_be_left_out(document: dict[str, Any]) -> None:
    required = {
        op["operationId"]: op["requestBody"]["required"]
        for _p, method, op in operations(document)
        if method == "post"
    }
    assert [name for name, needed in required.items() if needed] == [
        name
        for name in required
        if name in {
            "take_ticket", "call_ticket", "transfer_ticket", "postpone_ticket", "merge_ticket", "move_ticket",
            "reclass_ticket", "rate_ticket", "begin_request", "answer_step", "note_printed", "pay_request", "add_file",
            "hold_time", "book_appointment", "reschedule_appointment", "say_late",
            "book_for_customer", "move_for_customer",
        }
    ]  # fmt: skip


def _fixed(place: Place, ticket: Any) -> dict[str, str]:
    """Path parameters that lead somewhere."""
    from tests.rooms.services.way import published

    published(place.hall)
    begun = place.api("kiosk").post("/sites/mall/requests", {"flow": "trial", "channel": "phone"}).json
    return {
        "site": place.hall.site.slug,
        "service": "consult",
        "counter": "mall:1",
        "ticket": ticket["id"],
        "flow": "trial",
        "request_code": begun["code"],
        "file_id": "0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f",
    }


@pytest.mark.only_postgresql
@pytest.mark.timeout(170)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fuzzer_finds_no_fault_and_no_untrue_promise(mall: Place) -> None:
    import schemathesis
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections
    from hypothesis import HealthCheck, given, settings
    from schemathesis.checks import CHECKS, load_all_checks
    from schemathesis.generation import GenerationMode

    mall.open()
    headers = {"Authorization": f"Bearer {mall.tokens['integration']}"}
    fixed = _fixed(mall, mall.take())
    load_all_checks()
    checks = CHECKS.get_by_names([
        "not_a_server_error", "status_code_conformance", "content_type_conformance",
        "response_headers_conformance", "response_schema_conformance",
    ])  # fmt: skip

    def try_out(case: Any) -> None:
        for known in ({}, fixed):
            for name in set(known) & set(case.path_parameters or {}):
                case.path_parameters[name] = known[name]
            case.validate_response(case.call(headers=headers), checks=checks)

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
        for found in schema.get_all_operations():
            operation = found.ok()  # type: ignore[union-attr]  # the document's own operations are valid
            for mode, count in ((GenerationMode.POSITIVE, 6), (GenerationMode.NEGATIVE, 4)):
                limits = settings(
                    max_examples=count,
                    deadline=None,
                    database=None,
                    derandomize=True,
                    suppress_health_check=list(HealthCheck),
                )
                limits(given(case=operation.as_strategy(generation_mode=mode))(try_out))()
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
