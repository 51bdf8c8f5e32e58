"""Files that must not touch the disk, such as pictures of faces: their pages are marked, and this sees to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., Any]


def in_memory(view: View) -> View:
    """Mark a page (outermost): a file sent to it stays in memory, and one that is too large is not there at all."""
    view.in_memory = True  # type: ignore[attr-defined]
    return view


class Uploads:
    """Takes the way to the disk from marked pages. Stands before whatever reads a form first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> None:
        """Choose before the form is read; afterwards it is too late."""
        if getattr(view, "in_memory", False):
            request.upload_handlers = [MemoryFileUploadHandler(request)]
