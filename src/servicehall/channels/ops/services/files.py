"""A definition as a file: taken out, and put in the place of the draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicehall.channels.uploads import in_memory
from servicehall.kernel.errors import BadInput
from servicehall.rooms.services import actions
from servicehall.rooms.services import queries as services

from .asked import faults_of, flow_asked, to
from .numbers import number_of
from .text import conflict

MOST_BYTES = 800_000
"""Of a file: the longest definition in characters of four bytes."""


class UnfitFile(ValueError):
    """A file that is no text, or too long; its words say what to do."""


def read_file(file: Any) -> str:
    """The text of a file that was sent.

    Raises:
        UnfitFile: it cannot be a definition.
    """
    raw: bytes = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise UnfitFile(gettext("This file is too long for a definition."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnfitFile(
            gettext("This file is no text in UTF-8. Save it as UTF-8 and choose it again.")
        ) from None
    if "\0" in text:
        raise UnfitFile(gettext("This file is no text in UTF-8. Save it as UTF-8 and choose it again."))
    if not text.strip():
        raise UnfitFile(gettext("This file is empty."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


@never_cache
@require_GET
def export(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """The draft as a file, or a version of it: as it was written, comments included."""
    _who, flow = flow_asked(request, slug, flow_id)
    number = number_of(request.GET, "version")
    text = flow.draft if number is None else services.version_of(flow, number).text
    name = f"{flow.slug}.yaml" if number is None else f"{flow.slug}-{number}.yaml"
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@in_memory
@require_POST
def put_in(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """A file, or a version again, in the place of the draft; the draft that was there can be brought back."""
    who, flow = flow_asked(request, slug, flow_id, changes=True)
    draft = number_of(request.POST, "draft")
    if draft is None:
        raise BadInput(errors={"draft": gettext("The number of the draft is missing.")})
    act = request.POST.get("act", "file")
    text = ""
    try:
        if act == "back":
            actions.bring_draft_back(flow_id=flow.pk, number=draft, by=who.actor)
            messages.success(request, gettext("The draft from before is back."))
            return to("service-text", who, flow)
        text = _text(request, flow, act)
        actions.replace_draft(flow_id=flow.pk, text=text, number=draft, by=who.actor)
    except UnfitFile as problem:
        messages.error(request, str(problem))
        return to("service-text", who, flow)
    except actions.DraftChanged as problem:
        if act == "back":
            messages.error(request, problem.sentences)
            return to("service-text", who, flow)
        return conflict(request, who, flow, text)
    except BadInput as problem:
        messages.error(request, faults_of(problem))
        return to("service-text", who, flow)
    messages.success(request, gettext("The draft was replaced. The one from before can be brought back."))
    return to("service-text", who, flow)


def _text(request: HttpRequest, flow: Any, act: str) -> str:
    if act == "version":
        number = number_of(request.POST, "version")
        if number is None:
            raise BadInput(errors={"version": gettext("Choose a version.")})
        return services.version_of(flow, number).text
    file = request.FILES.get("file")
    if file is None:
        raise UnfitFile(gettext("Choose a file of at most 800 KB."))
    return read_file(file)
