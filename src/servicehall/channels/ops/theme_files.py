"""Files of the back office's theme that are served from another package instead.

The theme brings the Alpine that evaluates attributes as JavaScript, which a page's policy would have to allow. Its
sister without evaluation comes from npm and is served under the theme's name, so that no template is changed.
What it does not understand, static/ops/back-office-alpine.js says in other words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

INSTEAD = {"unfold/js/alpine/alpine.js": "@alpinejs/csp/dist/cdn.min.js"}
"""The theme's name of a file, and where the one that is served lies among the npm packages."""


class _Packages(FileSystemStorage):
    """The npm packages, under the theme's names."""

    def path(self, name: str) -> str:
        return super().path(INSTEAD[name])


class ThemeFiles(BaseFinder):
    """Finds them; it stands before the finders of packages, so that theirs are not served."""

    def __init__(self, *_args: Any, **_options: Any) -> None:
        self.storage = _Packages(settings.ROOT / "node_modules")

    def check(self, **_options: Any) -> list[CheckMessage]:
        """A missing package would bring the theme's own file back, which the policy forbids: nothing would move."""
        return [
            Error(f"{place} is missing from node_modules.", hint="Run `make setup`.", id="ops.E001")
            for name, place in INSTEAD.items()
            if not Path(self.storage.path(name)).is_file()
        ]

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        """The file's place, as Django asks for it: one, or a list of all."""
        place = self.storage.path(path) if path in INSTEAD else ""
        if find_all:
            return [place] if place else []
        return place or []  # Django takes anything else for a find

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:  # noqa: ARG002
        """All of them, for collecting."""
        for name in INSTEAD:
            yield name, self.storage
