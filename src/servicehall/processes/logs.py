"""Log lines: time, level, source, then `what.happened key=value …`. Never secrets or personal data.

Django's settings use the same form for the programs that load Django; this is for those that do not.
"""

from __future__ import annotations

import logging
import os
from typing import Any

LINE = "{asctime} {levelname} {name} {message}"


def configure() -> None:
    """Send this process's own log lines to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(LINE, style="{"))
    logging.basicConfig(handlers=[handler], level=os.environ.get("SERVICEHALL_LOG", "WARNING").upper())
    # What the supervisor does is worth a line always: it is rare.
    logging.getLogger("servicehall.processes").setLevel(logging.INFO)


def granian() -> dict[str, Any]:
    """Granian's own messages in the same form."""
    return {
        "formatters": {"line": {"format": LINE, "style": "{"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            "_granian": {"handlers": ["console"], "propagate": False},
            "granian.access": {"handlers": ["console"], "propagate": False},
        },
    }
