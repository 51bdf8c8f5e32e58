"""Programs of published versions, kept by version: what is published never changes."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from .language.program import Program, program
from .models import Version


@lru_cache(maxsize=256)
def of_version(version_id: UUID) -> Program:
    """The program of a published version (one query the first time)."""
    return program(Version.objects.values_list("text", flat=True).get(pk=version_id))


@lru_cache(maxsize=256)
def number_of(version_id: UUID) -> int:
    """The number of a published version (one query the first time)."""
    return Version.objects.values_list("number", flat=True).get(pk=version_id)
