"""What a version of a flow is known by: the digest of all that is in it, texts and prices included."""

from __future__ import annotations

import hashlib
import json

from . import source as yaml_source


def fingerprint(text: str) -> str:
    """SHA-256 over the definition's values, in hexadecimal: comments and spacing are nobody's version.

    Raises:
        Unreadable: it is not YAML.
    """
    value = yaml_source.read(text).value
    # The order of names is kept: it is the order in which a step's kind, options and values are read.
    canonical = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
