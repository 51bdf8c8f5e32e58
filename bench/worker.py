"""A worker without some followers: `python -m bench.worker NAME …`, to measure what they cost."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")


def main(without: list[str]) -> int:
    import django

    django.setup()
    from servicehall.kernel import chores, followers
    from servicehall.processes import worker

    for name in without:
        followers.forget(name)
        chores.forget(name)
    return worker.run()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
