"""What the hall's tables hold: `python -m bench.stored SITE [LEAVE]`, as JSON.

With LEAVE, all but so many waiting tickets are first taken out of the queue.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")


def main(site: str, leave: int | None) -> None:
    import django

    django.setup()
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.queueing import actions
    from servicehall.rooms.queueing.models import Ticket

    tickets = Ticket.objects.filter(site__slug=site)
    if leave is not None:
        for ticket in tickets.filter(state="waiting").order_by("order_key")[leave:]:
            actions.cancel(ticket_id=ticket.pk, by=SYSTEM)
    print(
        json.dumps(
            {
                "numbers": list(tickets.values_list("number", flat=True)),
                "called": tickets.filter(calls__gt=0).count(),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None)
