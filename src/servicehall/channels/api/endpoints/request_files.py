"""Files that come with an answer: added to a question before its step is answered, read back by whoever has the code."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

import orjson
from django.core.files.base import ContentFile
from django.http import HttpResponse
from ninja import Path

from servicehall.channels.api.answers import show, write
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import RequestPath, read, written
from servicehall.channels.api.schemas import request_files as forms
from servicehall.kernel import uploads
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.rooms.services import actions, queries

FilePath = Annotated[
    str, Path(description="a file's id", example="0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f", alias="file_id")
]
_NOT_TAKEN = (
    actions.NotThisStep,
    actions.PaymentUnderWay,
    actions.Over,
    actions.WithStaff,
    actions.NoRoomForFiles,
    uploads.FileTooLarge,
    uploads.NotWhatItSays,
    uploads.TooManyPixels,
    uploads.HoldsScripts,
    uploads.HoldsVirus,
    uploads.NotScanned,
)


class _NotYet(Exception):
    """It was not sent before."""


def _not_yet() -> Any:
    raise _NotYet


@written(
    "/requests/{request_code}/files",
    forms.File,
    tag="requests",
    public=True,
    status=201,
    refuses=_NOT_TAKEN,
)
def add_file(request: Request, request_code: RequestPath, body: forms.NewFile) -> HttpResponse:
    """Add a file to a question of type `photo` or `file`, of the step that waits or one before it.

    The step's answer then names it by its id, in a list. What no answer names is forgotten when the step is answered.
    """
    caller = request.auth
    site_id, request_id = caller.request(request_code)
    try:
        content = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(errors={"content": "base64 (RFC 4648)"}) from None
    with caller.at(site_id):
        try:
            response = write(request, site_id, _not_yet, orjson.dumps, status=201, about=request_id)
        except _NotYet:
            # To look at a file takes time, so it is done outside of the site's line; only its answer is kept in it.
            found = actions.add_file(
                instance_id=request_id,
                step=body.step,
                field=body.question,
                file=ContentFile(content, name=body.name),
                by=caller.actor,
            )
            response = write(request, site_id, lambda: found, orjson.dumps, status=201, about=request_id)
    response["Location"] = f"/api/v1/requests/{request_code}/files/{orjson.loads(response.content)['id']}"
    return response


@read("/requests/{request_code}/files/{file_id}", forms.FileRead, tag="requests", public=True)
def get_file(request: Request, request_code: RequestPath, file_id: FilePath) -> HttpResponse:
    """A file that was sent with an answer, as it is kept (photos are written anew, without what cameras add)."""
    caller = request.auth
    site_id, _request = caller.request(request_code)
    try:
        wanted = UUID(file_id)
    except ValueError:
        raise NotFound from None
    with caller.at(site_id):
        media_type, content = queries.file_of(queries.instance_by_code(request_code), wanted)
    told = {"id": str(wanted), "type": media_type, "size": len(content)}
    return show(forms.FileRead, {**told, "content": base64.b64encode(content).decode()})
