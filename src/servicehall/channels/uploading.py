"""Who may send files at all, and how much in one request: decided before the first byte is kept.

Django would put the files of any form into the temporary folder before a page looks at them, so a stranger
could fill the disk through the sign-in page.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

PLACES = {"/admin/board/screen/": 600 * 1024 * 1024}
"""Where files are taken, and how many bytes a request there may have."""


class NoFilesHere(RequestDataTooBig):
    """This page takes no files, or not so many bytes, or not from this person."""


class FormTooLarge(NoFilesHere):
    """More bytes than a form with a customer's files may have."""


class Bounded(TemporaryFileUploadHandler):
    """Files go to the temporary folder, and only there where they are expected, from somebody signed in."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse at the first look at the request.

        Raises:
            NoFilesHere: more is on its way than this page takes.
        """
        del input_data, META, boundary, encoding
        if content_length > self._most():
            raise NoFilesHere

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Refuse where no file is expected.

        Raises:
            NoFilesHere: see there.
        """
        if not self._place():
            raise NoFilesHere
        super().new_file(*args, **kwargs)

    def _place(self) -> int:
        request = self.request
        if request is None or not getattr(getattr(request, "user", None), "is_authenticated", False):
            return 0
        return next((most for place, most in PLACES.items() if request.path.startswith(place)), 0)

    def _most(self) -> int:
        return self._place() or int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
