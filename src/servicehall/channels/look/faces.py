"""Five faces: how something was, in one touch."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

FACES = (
    (1, "angry", pgettext_lazy("rating", "Very bad")),
    (2, "frown", pgettext_lazy("rating", "Bad")),
    (3, "meh", pgettext_lazy("rating", "So-so")),
    (4, "smile", pgettext_lazy("rating", "Good")),
    (5, "laugh", pgettext_lazy("rating", "Very good")),
)
"""Score, icon, words."""
