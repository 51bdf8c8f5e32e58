"""The OpenAPI document: what ninja draws from the declarations, made exact.

Problem documents get their media type, headers that are sent are named, a body without required
fields may be left out, and public addresses say that a token is possible.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from ninja.schema import NinjaGenerateJsonSchema

from .answers import JSON, KEY
from .callers import TIME, BearerOrNobody
from .declaring import api
from .problems import PROBLEM
from .schemas.base import Problem

_PREFIX = "/api/v1/"
_SCHEME = "bearer"
_TAGS = {
    "sites": "Sites and what is in them. Public, but for staff.",
    "tickets": "Taking a ticket and looking at tickets.",
    "own ticket": "What customers do with their own ticket: no token is needed with the ticket's code.",
    "serving": "What staff do with a customer.",
    "supervising": "What supervisors do.",
    "counters": "Counters and calling.",
    "queue": "Who waits, the board, the figures, the log.",
    "flows": "Services that customers do by themselves, on any device.",
    "requests": "One customer's way through a service: whoever has its code begins nothing, and goes on with it.",
    "appointments": "Booking a time: held with a token, looked after by whoever has the booking's code.",
    "calendar": "The day's appointments for staff: booked, moved, cancelled and marked for customers.",
    "evidence": "What nobody can change unnoticed: signed checkpoints of the log, proofs, receipts.",
    "webhooks": "How events leave for other systems: deliveries, test messages, sending again.",
    "caller": "Whose token this is.",
}


def _text(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}}


_PARAMETERS = {
    "Language": {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        **_text("of problem documents: `en` or `zh`", examples=["zh-CN, en;q=0.5"]),
    },
    "Key": {
        "name": KEY,
        "in": "header",
        "required": False,
        **_text(
            "any text that is new for a new request: the request is done once, however often it is sent",
            minLength=1,
            maxLength=200,
            pattern="^[!-~]+$",
            examples=["0199a1f0-5d2a-7c4b-8e6f-3c5e7b1a9f00"],
        ),
    },
    "Time": {
        "name": TIME,
        "in": "header",
        "required": False,
        **_text(
            "the moment at which this happens (RFC 3339), for an integration token at a rehearsal site only",
            format="date-time",
            examples=["1999-02-01T07:02:47+02:00"],
        ),
    },
}
_HEADERS = {
    "Request-Id": _text("to find this request in the server's log; taken over when it is sent"),
    "Content-Language": _text("of the problem document"),
    "Idempotency-Replayed": _text("this answer was given before", enum=["true"]),
    "Location": _text("the address of what was made"),
    "WWW-Authenticate": _text("how to say who you are"),
    "Allow": _text("the methods of this address"),
}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _complete(operation: dict[str, Any], *, writes: bool, requires: dict[str, Any]) -> None:
    """Say of an operation what holds for all of its kind."""
    names = ("Language", "Key", "Time") if writes else ("Language", "Time")
    operation["parameters"] = [*operation.get("parameters", []), *(_ref("parameters", n) for n in names)]
    for parameter in operation["parameters"]:
        _plain(parameter)
    if writes:
        sent = operation["requestBody"]
        form = sent["content"][JSON]["schema"]
        sent["required"] = bool(requires.get(form.get("$ref", ""), []))
    for status, response in operation["responses"].items():
        headers = {"Request-Id": _ref("headers", "Request-Id")}
        if int(status) >= 400:
            response["content"] = {PROBLEM: {"schema": _ref("schemas", Problem.__name__)}}
            headers["Content-Language"] = _ref("headers", "Content-Language")
        elif writes:
            headers["Idempotency-Replayed"] = _ref("headers", "Idempotency-Replayed")
        if int(status) == 201:
            headers["Location"] = _ref("headers", "Location")
        if int(status) == 401:
            headers["WWW-Authenticate"] = _ref("headers", "WWW-Authenticate")
        response["headers"] = headers


def _plain(parameter: dict[str, Any]) -> None:
    """Leave a parameter's description and example where readers look; an absent one is not null."""
    schema = parameter.get("schema", {})
    for key in ("description", "example", "examples", "title", "include_in_schema"):
        schema.pop(key, None)
    for one in schema.pop("anyOf", []):
        if one.get("type") != "null":
            schema.update(one)
    if isinstance(parameter.get("examples"), list):
        parameter["example"] = parameter.pop("examples")[0]


def _without_titles(schemas: dict[str, Any]) -> None:
    """A property's title only repeats its name."""
    for schema in schemas.values():
        for one in schema.get("properties", {}).values():
            one.pop("title", None)


def _only_used(schemas: dict[str, Any], paths: dict[str, Any]) -> None:
    """Drop the forms that nothing points at (queries are shown as parameters)."""
    used, found = b"", orjson.dumps(paths)
    while used != found:
        used = found
        named = [name for name in schemas if f'"#/components/schemas/{name}"'.encode() in used]
        found = orjson.dumps(paths) + orjson.dumps([schemas[name] for name in named])
    for name in [name for name in schemas if f'"#/components/schemas/{name}"'.encode() not in used]:
        del schemas[name]


def _forms_of_problems() -> dict[str, Any]:
    form = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}", schema_generator=NinjaGenerateJsonSchema
    )
    return {**form.pop("$defs", {}), Problem.__name__: form}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The document as plain values."""
    drawn: dict[str, Any] = orjson.loads(
        orjson.dumps(api.get_openapi_schema(path_prefix=_PREFIX), option=orjson.OPT_NON_STR_KEYS)
    )
    requires = {
        f"#/components/schemas/{name}": schema.get("required") or schema.get("anyOf", [])
        for name, schema in drawn["components"]["schemas"].items()
    }
    public = BearerOrNobody.__name__
    for path in drawn["paths"].values():
        for method, operation in path.items():
            _complete(operation, writes=method == "post", requires=requires)
            optional = any(public in one for one in operation.get("security", []))
            operation["security"] = [*([{}] if optional else []), {_SCHEME: []}]
            if operation["description"].rstrip(".") == operation["summary"]:
                del operation["description"]
    components = drawn["components"]
    components["schemas"] |= _forms_of_problems()
    _without_titles(components["schemas"])
    _only_used(components["schemas"], drawn["paths"])
    components["securitySchemes"] = {_SCHEME: BearerOrNobody.openapi_security_schema}
    components["parameters"], components["headers"] = _PARAMETERS, _HEADERS
    drawn["tags"] = [{"name": name, "description": words} for name, words in _TAGS.items()]
    drawn["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    drawn["servers"] = [{"url": "/", "description": "this installation"}]
    return drawn


def openapi(request: HttpRequest) -> HttpResponse:
    """The document itself. Browsers and caches may keep it for a while."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    response = JsonResponse(document())
    response["Cache-Control"] = "public, max-age=300"
    return response
