"""Takes away what a limit's measurement left in the tables: `python -m bench.emptying`."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")


def main() -> None:
    import django

    django.setup()
    from servicehall.kernel.models import Event, KeptAnswer
    from servicehall.rooms.queueing.models import Ticket

    for model in (Event, KeptAnswer, Ticket):
        model.objects.all().delete()


if __name__ == "__main__":
    main()
