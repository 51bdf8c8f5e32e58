"""When somebody who keeps failing is locked out, and what a try counts for. Pure: no clock, no database.

At most ten failures within half an hour lock for half an hour (PCI DSS 4.0.1, 8.3.4). A try counts for
the account (guessing from many addresses), for the account with the address (so that the owner's own
success elsewhere does not give a guesser new tries), and, with a higher limit, for the range of
addresses (one password tried on name after name). What stands in the tables are keyed digests: a name
that was typed may be a password, and an address is personal.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.crypto import salted_hmac

WINDOW = timedelta(minutes=30)
LOCKED_FOR = timedelta(minutes=30)
LIMITS = {"account": 10, "account-address": 10, "range": 100, "token-range": 10}


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that a try counts for."""

    scope: str
    key: str

    @property
    def limit(self) -> int:
        return LIMITS[self.scope]


def digest(*parts: str) -> str:
    """A keyed digest of what must not stand in a table itself."""
    return salted_hmac("servicehall.sign-in", "\n".join(parts), algorithm="sha256").hexdigest()


def account_key(username: str) -> str:
    """The key of an account, whether or not there is one of that name."""
    return digest("account", username.strip().casefold())


def range_of(address: str) -> str:
    """The range that an address is counted with: what one customer of a provider is given (/24, /56)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = mapped or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 56), strict=False))


def is_exempt(address: str, networks: Sequence[str]) -> bool:
    """Whether address rules leave this address alone: kiosks, the machine itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network, strict=False) for network in networks)


def counts_of(username: str, address: str, exempt: Sequence[str]) -> list[Count]:
    """What a try with that name (empty: nobody is named) from that address counts for."""
    found = []
    if username:
        account = account_key(username)
        found += [
            Count("account", account),
            Count("account-address", digest("account-address", account, address)),
        ]
    if not is_exempt(address, exempt):
        found.append(Count("range", digest("range", range_of(address))))
    return found


def counts_of_token(address: str, exempt: Sequence[str]) -> list[Count]:
    """What a wrong API token from that address counts for."""
    return (
        [] if is_exempt(address, exempt) else [Count("token-range", digest("token-range", range_of(address)))]
    )
