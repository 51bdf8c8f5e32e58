"""How endpoints are declared: one ninja API, with what its document must say of every endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, NoReturn, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI, Path
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from pydantic import BaseModel
from pydantic_core import from_json

from servicehall.channels.refusals import Malformed
from servicehall.kernel.errors import BadInput, KeyReused, NotAllowed, NotFound, NotSignedIn, Refused
from servicehall.rooms.people.actions import LockedOut

from . import problems
from .callers import PUBLIC, TOKEN

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

SitePath = Annotated[str, Path(description="a site's short name or id", example="mall")]
ServicePath = Annotated[str, Path(description="a service's short name or id", example="cash")]
CounterPath = Annotated[str, Path(description="a counter's id, or `<site>:<label>`", example="mall:3")]
TicketPath = Annotated[
    str,
    Path(
        description="a ticket's id or, as its customer, its code",
        example="0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f",
    ),
]
RequestPath = Annotated[
    str, Path(description="a request's code, as its customer holds it", example="q0Xw5v1mB3uZs7TgkYd2Lw")
]
BookingPath = Annotated[
    str, Path(description="a booking's code, as its customer holds it", example="q0Xw5v1mB3uZs7TgkYd2Lw")
]
OfferPath = Annotated[str, Path(description="an offer's short name or id", example="mortgage-advice")]
FlowPath = Annotated[
    str, Path(description="the short name of a service to do by oneself", example="report-loss")
]


class _Strict(Parser):
    """Reads UTF-8 JSON by the book: no lone surrogates, no endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        return from_json(request.body, allow_inf_nan=False)


class _Api(NinjaAPI):
    """Endpoints answer for themselves, so ninja need not begin an answer for each request."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - ninja's signature
        return _UNUSED


_UNUSED = HttpResponse()
api = _Api(
    title="Servicehall",
    version="1",
    description=(
        "Everything that people do in the hall, for programs.\n\n"
        "**Who.** Send `Authorization: Bearer …`; `servicehall token` prints a token. The sites, their services,"
        " counters, zones, boards, offers and services to do by oneself are public. A ticket's, request's or booking's code is"
        " its holder's right to it and needs no token.\n\n"
        "**Once.** Send an `Idempotency-Key` with every write and repeat it freely: the first answer is given again,"
        " with `Idempotency-Replayed: true`. (Of a request what was answered is not kept: where it stands is shown"
        " anew.) A refused request changed nothing and keeps no answer.\n\n"
        "**Errors** are problem documents (RFC 9457) in the language of `Accept-Language` (English, Chinese):"
        " what is wrong, and what to do next.\n\n"
        "**Live.** `/live/sites/{site}` streams what happens (Server-Sent Events); the id of an event there is the"
        " `seq` here."
    ),
    docs_url=None,
    openapi_url=None,
    parser=_Strict(),
    urls_namespace="api",
)


def _pass_on(request: HttpRequest, error: Any) -> NoReturn:  # noqa: ARG001 - ninja's form of a handler
    raise error  # to the door, which answers every error


for _kind in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(_kind, _pass_on)

_ALWAYS = (NotSignedIn, LockedOut, problems.ClockNotSettable, problems.Failed, problems.Unavailable)
_READ = (NotFound, BadInput, *_ALWAYS)
_WRITE = (
    *_READ,
    KeyReused,
    Malformed,
    problems.BodyTooLarge,
    problems.LengthRequired,
    problems.UnsupportedMedia,
)


def _answers(gives: dict[int, type[BaseModel] | None], refuses: Iterable[type[Refused]]) -> dict[int, Any]:
    # Without their form, which the document adds: ninja would build it anew for each, nine hundred times at every start.
    return {**gives, **dict.fromkeys(sorted({r.status for r in refuses}))}


def _described(refuses: Iterable[type[Refused]]) -> dict[int, Any]:
    """What each refusal's status can mean here, for the document."""
    found: dict[int, dict[str, str]] = {}
    with translation.override("en"):
        for one in dict.fromkeys(refuses):
            line = f"`{one.kind}`: {one.title}."
            entry = found.setdefault(one.status, {"description": ""})
            if line not in entry["description"]:
                entry["description"] = f"{entry['description']}\n{line}".strip()
    return found


def read(
    path: str,
    gives: type[BaseModel],
    *,
    tag: str,
    public: bool = False,
    refuses: Iterable[type[Refused]] = (),
) -> Callable[[Endpoint], Endpoint]:
    """Declare what answers a GET. The function's docstring is its description, its name the operation's id."""
    every = [*refuses, *_READ, *([] if public else [NotAllowed])]

    def declare(view: Endpoint) -> Endpoint:
        return api.get(
            path,
            response=_answers({200: gives}, every),
            auth=PUBLIC if public else TOKEN,
            operation_id=view.__name__,
            summary=_summary(view),
            tags=[tag],
            openapi_extra={"responses": _described(every)},
        )(view)

    return declare


def written(
    path: str,
    gives: type[BaseModel],
    *,
    tag: str,
    public: bool = False,
    status: int = 200,
    may_be_empty: bool = False,
    refuses: Iterable[type[Refused]] = (),
) -> Callable[[Endpoint], Endpoint]:
    """Declare what answers a POST; ``public``: also to whoever holds a ticket's or request's code."""
    every = [*refuses, *_WRITE, NotAllowed]
    answers: dict[int, type[BaseModel] | None] = {status: gives}
    if may_be_empty:
        answers[204] = None

    def declare(view: Endpoint) -> Endpoint:
        return api.post(
            path,
            response=_answers(answers, every),
            auth=PUBLIC if public else TOKEN,
            operation_id=view.__name__,
            summary=_summary(view),
            tags=[tag],
            openapi_extra={"responses": _described(every)},
        )(view)

    return declare


def _summary(view: Callable[..., Any]) -> str:
    return str(view.__doc__ or "").strip().splitlines()[0].rstrip(".")
