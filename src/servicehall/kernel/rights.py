"""Who may do what, where. Deny by default: a right comes from a role granted at a site.

Rooms name rights when they act; ``people`` turns staff and tokens into actors. Which role
holds which right is written here, in one table, and nowhere else; docs/rights.md is made from it
(`python -m scripts.rights`), and tests/rights walks every page and endpoint with every role.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from .errors import NotAllowed, NotFound

ActorKind = Literal["staff", "token", "customer", "device", "system"]

RIGHTS: dict[str, str] = {
    "site.see": "see that the site exists, its services, hours and boards",
    "queue.see": "see who waits, and the counters",
    "queue.call": "sit at a counter and call customers",
    "ticket.issue": "take a ticket for a customer",
    "ticket.serve": "start, hold, transfer and finish a visit",
    "ticket.own": "look after a ticket whose code one holds",
    "feedback.rate": "rate a visit, or hand over the tablet for it",
    "booking.use": "book a time, and look after a booking whose link one holds",
    "booking.see": "see the calendar and who is booked",
    "booking.change": "book, move and cancel for customers, say who came and who did not",
    "queue.supervise": "move, merge and reclass tickets, sit others down and stand them up",
    "ops.see": "watch figures, tickets and their stories",
    "events.read": "read the site's events",
    "service.close": "close a service for the day and reopen it",
    "staff.unlock": "unlock accounts of the site's staff (confirmed by step-up)",
    "ops.export": "take figures and, confirmed by step-up, single tickets out as files",
    "setup.see": "see how the site is set up",
    "setup.change": "change how the site is set up",
    "staff.change": "add and change people and, confirmed by step-up, their roles up to one's own",
    "token.change": "make and revoke API tokens (confirmed by step-up)",
    "customer.see": "see customers' records, masked (of the organisation)",
    "customer.change": "change customers' records, verify an identity document",
    "customer.unmask": "read a masked value, with a reason",
    "customer.merge": "join two records of one customer, and undo it",
    "customer.erase": "decide on wishes to be erased or corrected, lift a restriction when asked to",
    "mailbox.see": "read the messages to customers in the local mailbox",
    "payment.open": "have something paid: open a payment, show its QR code, ask how it stands, close it",
    "payment.cash": "say that cash was taken at the counter",
    "payment.see": "see the site's payments and refunds",
    "payment.refund": "give money back (confirmed by step-up for exactly this payment and amount)",
    "payment.reconcile": "compare a day with a provider's statement, take payments out as a file",
    "evidence.read": "read who did what, with proofs",
    "evidence.unlink": "make an act's commitment unlinkable for ever",
    "alert.handle": "see alerts about attacks and faults (of the organisation), and take them in hand",
    "webhook.change": "say where events are sent outside, and see what was sent (confirmed by step-up)",
    "connector.see": "see which other systems are called, and how that goes (of the organisation)",
    "connector.change": "say which other systems are called and how (confirmed by step-up), and try them out",
    "flow.use": "begin a service for oneself or for a customer, and go on with it",
    "flow.help": "see what a customer entered, take a request over, do its tasks",
    "flow.see": "see how services are defined, and their versions",
    "flow.change": "write and publish definitions of services (of the organisation)",
    "plan.change": "make plans of a day and try them out",
    "clock.set": "say what time it is, at rehearsal sites",
}
# Customers' records belong to the organisation: whoever holds one of these at a site holds it for its customers.
_MEET = frozenset({"customer.see", "customer.change"})
_KNOW = frozenset({"customer.unmask", "customer.merge", "customer.erase", "mailbox.see"})
# Money is given back by people, never by a program's token.
_TAKE_MONEY = frozenset({"payment.open", "payment.cash", "payment.see"})
_GIVE_BACK = frozenset({"payment.refund", "payment.reconcile"})
_SERVE = (
    _MEET
    | _TAKE_MONEY
    | frozenset({"site.see", "queue.see", "queue.call", "ticket.issue", "ticket.serve", "feedback.rate"})
    | frozenset({"flow.use", "flow.help", "booking.use", "booking.see", "booking.change"})
)
_SUPERVISE = _SERVE | {"queue.supervise", "ops.see", "events.read", "service.close", "staff.unlock"}
_SET_UP = frozenset({"setup.see", "setup.change", "flow.see", "flow.change"})
_MANAGE = _SUPERVISE | _KNOW | _GIVE_BACK | _SET_UP | {"ops.export", "evidence.read", "plan.change"}
ROLES: dict[str, frozenset[str]] = {
    "agent": _SERVE,
    "supervisor": _SUPERVISE,
    "manager": _MANAGE | {"staff.change", "alert.handle", "connector.see"},
    "admin": _MANAGE
    | {"staff.change", "token.change", "evidence.unlink", "alert.handle", "webhook.change"}
    | {"connector.see", "connector.change"},
    # roles of API tokens
    "desk": (_SERVE - _MEET - {"payment.cash"}) | {"events.read"},
    "kiosk": frozenset(
        {
            "site.see",
            "queue.see",
            "ticket.issue",
            "ticket.own",
            "feedback.rate",
            "payment.open",
            "flow.use",
            "booking.use",
        }
    ),
    "integration": (_MANAGE - _MEET - _KNOW - _GIVE_BACK - {"payment.cash"})
    | {"clock.set", "webhook.change"},
}
STAFF_ROLES = ("agent", "supervisor", "manager", "admin")
TOKEN_ROLES = ("desk", "kiosk", "manager", "integration")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at a set of places, by id: sites, and the regions and organisations above (None: everywhere)."""

    role: str
    sites: frozenset[UUID] | None

    def covers(self, site_id: UUID) -> bool:
        return self.sites is None or site_id in self.sites


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, on which channel, with which grants."""

    kind: ActorKind
    id: UUID | None
    channel: str
    name: str = ""
    grants: tuple[Grant, ...] = ()
    extra: frozenset[str] = field(default=frozenset())

    def may(self, right: str, site_id: UUID) -> bool:
        """Whether a role of this actor at that site holds the right."""
        if right in self.extra:
            return True
        return any(g.covers(site_id) and right in ROLES.get(g.role, ()) for g in self.grants)

    def sees(self, site_id: UUID) -> bool:
        """Whether the site exists at all for this actor."""
        return bool(self.extra) or any(g.covers(site_id) for g in self.grants)

    def sites(self, right: str) -> frozenset[UUID] | None:
        """The sites at which the actor holds the right; None: all of them."""
        found: set[UUID] = set()
        for grant in self.grants:
            if right in ROLES.get(grant.role, ()):
                if grant.sites is None:
                    return None
                found |= grant.sites
        return frozenset(found)


SYSTEM = Actor(
    "system", None, "system", extra=frozenset(right for rights in ROLES.values() for right in rights)
)


def customer(channel: str) -> Actor:
    """Somebody in the hall or on the phone: may take a ticket and look after their own."""
    return Actor(
        "customer",
        None,
        channel,
        extra=frozenset(
            {
                "site.see",
                "ticket.issue",
                "ticket.own",
                "feedback.rate",
                "payment.open",
                "flow.use",
                "booking.use",
            }
        ),
    )


def allow(actor: Actor, right: str, site_id: UUID) -> None:
    """Let the act go on.

    Raises:
        NotFound: the actor has nothing to do with that site, so it is not there.
        NotAllowed: the actor is known at the site and lacks the right.
    """
    if actor.may(right, site_id):
        return
    if not actor.sees(site_id):
        raise NotFound
    raise NotAllowed(right=right)
