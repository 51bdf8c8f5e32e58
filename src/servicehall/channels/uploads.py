"""Files that must not touch the disk, such as pictures of faces: their pages are marked, and this sees to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .uploading import FormTooLarge

View = Callable[..., Any]
MEGABYTE = 1024 * 1024
LONGEST_FORM, LARGEST, MOST = 40 * MEGABYTE, 10 * MEGABYTE, 24 * MEGABYTE
"""Of a form with a customer's files: bytes of all of it, of one file, and of those that are kept in memory."""
TOO_LARGE = "_files_too_large"


def in_memory(view: View) -> View:
    """Mark a page (outermost): a file sent to it stays in memory, and one that is too large is not there at all."""
    view.in_memory = True  # type: ignore[attr-defined]
    return view


def takes_files(view: View) -> View:
    """Mark a page (outermost) that takes a customer's files, up to the bounds above; see :func:`too_large`."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def too_large(request: HttpRequest) -> set[str]:
    """The names in the form under which a file came that was too large: it was read past, so the rest is there."""
    found: set[str] = getattr(request, TOO_LARGE, set())
    return found


class Bounded(MemoryFileUploadHandler):
    """Keeps files in memory, within bounds. One that is too large is read past and forgotten, the form is not."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse at the first look what would only be read in vain.

        Raises:
            FormTooLarge: see there.
        """
        del input_data, META, boundary, encoding
        if content_length > LONGEST_FORM:
            raise FormTooLarge
        self.activated, self._all = True, 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """The next file begins."""
        self._size = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep it, or have the rest of the file read past."""
        self._size += len(raw_data)
        self._all += len(raw_data)
        if self._size > LARGEST or self._all > MOST:
            self._all -= self._size
            if self.request is not None:
                setattr(self.request, TOO_LARGE, {*too_large(self.request), str(self.field_name)})
            raise SkipFile
        kept: bytes | None = super().receive_data_chunk(raw_data, start)
        return kept


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
        elif getattr(view, "takes_files", False):
            request.upload_handlers = [Bounded(request)]
