"""The product's settings for the tests of proxies: clients on this machine are locked out like any others."""

from servicehall.settings import *  # noqa: F403

LOCKOUT_EXEMPT = []
