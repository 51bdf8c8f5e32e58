"""Static files as they are served: named by content, compressed, and all stylesheets of the look as one.

Not here: which files there are (settings.py) and when they are collected (processes/preparation.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

from servicehall.channels.look.assets import ALL, SHEETS


class ServedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # has no types
    """Adds two things to WhiteNoise's storage.

    Modules import one another by their content's name, so that a browser keeps them for good and never
    holds an old one beside a new one. And a page asks for one stylesheet where there are two dozen.
    """

    support_js_module_import_aggregation = True

    def post_process(
        self,
        paths: dict[str, Any],
        dry_run: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **options: Any,
    ) -> Iterator[tuple[str, str, bool]]:
        """Join the sheets first, then name and compress everything."""
        if not dry_run and all(sheet in paths for sheet in SHEETS):
            self.delete(ALL)
            self.save(ALL, ContentFile(self._joined(paths)))
            paths = {**paths, ALL: (self, ALL)}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    @staticmethod
    def _joined(paths: dict[str, Any]) -> bytes:
        pieces = []
        for sheet in SHEETS:
            storage, path = paths[sheet]
            with storage.open(path) as file:
                pieces.append(file.read())
        return b"\n".join(pieces)
