"""The port of a face verifier. None is part of the product: an installation names its own, and by default has none.

A verifier compares one image with one template and answers match, no match or unsure. It sees images in memory;
nothing here writes one anywhere. What it says raises no level and allows nothing by itself: whoever is unsure, or
does not want it, shows a document, which is as good and as quick.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused

FIELD = "face"
"""The field that the purpose of a comparison needs, alone."""


class Likeness(StrEnum):
    """What a comparison gives."""

    MATCH = "match"
    NO_MATCH = "no-match"
    UNSURE = "unsure"


class UnusableImage(Exception):
    """There is not exactly one face to be seen, or not well enough."""


class FaceVerifier(Protocol):
    """A verifier, made with the bytes of its model (none, when no model is set)."""

    name: str
    """Name and version; a template of another one is not compared."""

    def template(self, image: bytes) -> bytes:
        """What is kept of a face.

        Raises:
            UnusableImage: no template can be made of it.
        """

    def compare(self, image: bytes, template: bytes) -> Likeness:
        """Whether both are one person's.

        Raises:
            UnusableImage: nothing can be said of the image.
        """


class VerifierUnusable(Refused):
    """The verifier that is set cannot be loaded, or its model is not the one that was chosen."""

    kind = "verifier-unusable"
    status = 503
    title = _("Faces cannot be compared now")
    advice = _("Compare the document instead, and tell your administrator.")


def is_on() -> bool:
    """Whether the installation has chosen a verifier."""
    return bool(settings.FACE_VERIFIER)


def verifier() -> FaceVerifier | None:
    """The installation's verifier; None: it has none.

    Raises:
        VerifierUnusable: it cannot be loaded, or its model's SHA-256 is not the one in the settings.
    """
    if not is_on():
        return None
    return _loaded(settings.FACE_VERIFIER, settings.FACE_MODEL, settings.FACE_MODEL_SHA256)


@lru_cache(maxsize=1)
def _loaded(path: str, model: str, digest: str) -> FaceVerifier:
    try:
        content = Path(model).read_bytes() if model else b""
        if model and not hmac.compare_digest(hashlib.sha256(content).hexdigest(), digest.lower()):
            raise VerifierUnusable
        return cast("FaceVerifier", import_string(path)(content))
    except (ImportError, OSError) as problem:
        raise VerifierUnusable from problem
