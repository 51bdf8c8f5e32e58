"""Real pictures for tests that upload some."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    """A picture of one colour in a file of that form."""
    out = io.BytesIO()
    Image.new("RGB", size, (12, 92, 85)).save(out, form, **options)
    return out.getvalue()
