"""Adds a manager and a token to the hall that is measured: `python -m bench.staff SITE`."""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")


def main(slug: str) -> None:
    import django

    django.setup()
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.people import actions as people

    site = hall.site(slug)
    password = "a long enough password"
    people.add_staff(
        username="bench-manager",
        names={"en": "Manager"},
        password=password,
        by=SYSTEM,
        roles=[people.RoleAt("manager", site=site.pk)],
        check_password=False,
    )
    _token, raw = people.create_token(role="manager", site_id=site.pk, name="bench", by=SYSTEM)
    print(json.dumps({"username": "bench-manager", "password": password, "token": raw}))


if __name__ == "__main__":
    main(sys.argv[1])
