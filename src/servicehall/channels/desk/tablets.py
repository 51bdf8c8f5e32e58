"""The rating tablet's address: the counter's id, signed, because ids of counters are public."""

from __future__ import annotations

from uuid import UUID

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from servicehall.kernel import tampering


def _mark(counter_id: UUID) -> str:
    return Signer(salt="servicehall.desk.tablet").signature(counter_id.hex)[:16]


class TabletConverter:
    """``<tablet:counter_id>`` in an address: 32 hexadecimal digits and 96 bits of the signature."""

    regex = r"[0-9a-f]{32}\.[A-Za-z0-9_-]{16}"

    def to_python(self, value: str) -> UUID:
        """The counter's id.

        Raises:
            ValueError: it was not this installation that made the address.
        """
        counter, _dot, mark = value.partition(".")
        found = UUID(counter)
        if not constant_time_compare(mark, _mark(found)):
            tampering.tell("tablet-address")
            raise ValueError
        return found

    def to_url(self, value: UUID | str) -> str:
        """The address's part for a counter."""
        counter = UUID(str(value))
        return f"{counter.hex}.{_mark(counter)}"
