"""Checkpoints and tiles as files. Public: they hold no personal data, and what nobody can see nobody can check."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from servicehall import verify_evidence
from servicehall.rooms.trust import queries

TEXT = "text/plain; charset=utf-8"
FOR_GOOD = "public, max-age=31536000, immutable"
MOST_LEAVES = 1 << 62


@never_cache
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The newest signed checkpoint, with the cosignatures that came so far."""
    return _note(None)


@require_safe
def old_checkpoint(request: HttpRequest, size: int) -> HttpResponse:  # noqa: ARG001 - a view
    """The checkpoint of a size, if there was one."""
    return _note(size)


def _note(size: int | None) -> HttpResponse:
    found = queries.checkpoint_of(size) if size is None or size < MOST_LEAVES else None
    if found is None:
        raise Http404
    return HttpResponse(found.note, content_type=TEXT)


@require_safe
def tile(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - a view
    """A tile of hashes or a bundle of entries. A full one never changes, and a partial one is soon outdated."""
    found = queries.tile(name)
    if found is None:
        raise Http404
    content, is_for_good = found
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Cache-Control"] = FOR_GOOD if is_for_good else "public, max-age=60"
    return response


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The stand-alone verifier, for whoever wants to check a receipt at home."""
    content = Path(verify_evidence.__file__).read_bytes()
    response = HttpResponse(content, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_evidence.py"'
    return response
