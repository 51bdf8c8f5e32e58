"""The endpoints, one module a noun. Importing this declares all of them."""

from . import acts, counters, evidence, me, queue, sites, tickets, webhooks

__all__ = ["acts", "counters", "evidence", "me", "queue", "sites", "tickets", "webhooks"]
