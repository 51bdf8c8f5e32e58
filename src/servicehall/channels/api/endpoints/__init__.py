"""The endpoints, one module a noun. Importing this declares all of them."""

from . import acts, counters, me, queue, sites, tickets

__all__ = ["acts", "counters", "me", "queue", "sites", "tickets"]
