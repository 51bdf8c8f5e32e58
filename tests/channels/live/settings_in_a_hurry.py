"""The product's settings with short times and small numbers for live push, so that tests need not wait."""

import os

from servicehall.settings import *  # noqa: F403

LIVE_BEAT = 1.0
LIVE_TICK = 0.5
LIVE_RECHECK = 0.5
LIVE_KEPT = 20
LIVE_PAGE = 10
LIVE_RESET_AFTER = 100
LIVE_MAX_STREAMS = 250
LIVE_STUCK = float(os.environ.get("TEST_LIVE_STUCK", "60"))
