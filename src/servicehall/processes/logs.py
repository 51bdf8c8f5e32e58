"""Log lines: time, level, source, then `what.happened key=value …`. Never secrets or personal data.

Django's settings use the same form (kernel/log_lines.py) for the programs that load Django; this is for those
that do not.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from servicehall.kernel import log_lines


def configure() -> None:
    """Send this process's own log lines to standard error."""
    log_lines.know_environment()
    handler = logging.StreamHandler()
    handler.setFormatter(log_lines.Lines())
    logging.basicConfig(handlers=[handler], level=os.environ.get("SERVICEHALL_LOG", "WARNING").upper())
    # What the supervisor does is worth a line always: it is rare.
    logging.getLogger("servicehall.processes").setLevel(logging.INFO)
    for name in log_lines.QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    log_lines.catch_the_rest()


def granian() -> dict[str, Any]:
    """Granian's own messages in the same form."""
    return {
        "formatters": {"line": {"()": log_lines.Lines}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            "_granian": {"handlers": ["console"], "propagate": False},
            "granian.access": {"handlers": ["console"], "propagate": False},
        },
    }
