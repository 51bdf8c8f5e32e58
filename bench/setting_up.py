"""Sets up the hall that is measured: `python -m bench.setting_up COUNTERS`, prints its ids as JSON."""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")


def main(counters: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.people import actions as people
    from servicehall.rooms.queueing import actions as queue
    from tests.hall import make_site, text

    site, zone = make_site("bench")
    classes = [
        queue.add_class(site_id=site.pk, key="walk-in", names=text("Standard"), is_default=True, by=SYSTEM),
        queue.add_class(
            site_id=site.pk,
            key="elderly",
            names=text("Senior"),
            rate=2,
            head_start=10,
            is_public=True,
            by=SYSTEM,
        ),
    ]
    services = [
        queue.add_service(
            site_id=site.pk, slug=slug, prefix=prefix, names=text(slug), classes=classes, by=SYSTEM
        )
        for slug, prefix in (("consult", "A"), ("pay", "B"))
    ]
    stages = [stage for service in services for stage in service.stages.all()]
    made = [
        queue.add_counter(
            site_id=site.pk, zone_id=zone.pk, label=str(n), names=text(str(n)), stages=stages, by=SYSTEM
        )
        for n in range(1, counters + 1)
    ]
    for counter in made:
        queue.sign_in(site_id=site.pk, counter_id=counter.pk, by=SYSTEM)
    _token, raw = people.create_token(role="desk", site_id=site.pk, name="bench", by=SYSTEM)
    print(
        json.dumps(
            {
                "site": site.slug,
                "token": raw,
                "service": "consult",
                "counters": [str(c.pk) for c in made],
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
