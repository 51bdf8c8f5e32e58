"""Trying plans out: from a file or a site's history to figures with ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queue

from . import ranges, repeating
from .findings import Finding, UnusablePlan
from .history import plan_of
from .reading import LARGEST, document_of, read

DAYS, SEED = 20, 1


def document_of_file(path: Path) -> dict[str, Any]:
    """The document in a file.

    Raises:
        UnusablePlan: the file cannot be read, or holds no plan.
    """
    try:
        if path.stat().st_size > LARGEST * 4:
            raise UnusablePlan([Finding("too-long", str(path), {"most": LARGEST})])
        return document_of(path.read_text("utf-8"))
    except OSError as problem:
        raise UnusablePlan([Finding("no-file", str(path), {"value": problem.strerror})]) from None
    except UnicodeDecodeError:
        raise UnusablePlan([Finding("not-utf-8", str(path))]) from None


def document_of_site(site_id: Any, *, actor: Actor, name: str = "") -> dict[str, Any]:
    """The plan of a usual day of the site, from its last days with visits.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    skills = {ref: slug for slug, ref in people.skill_ids().items()}
    return plan_of(queue.past(site_id, actor=actor), skills=skills, name=name, today=clock.now().date())


def try_out(
    document: Mapping[str, Any],
    *,
    days: int = DAYS,
    seed: int = SEED,
    processes: int | None = None,
    behind: int = 0,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
    is_unwanted: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """The figures of so many days of the plan, as :func:`ranges.put_together` has them.

    Raises:
        UnusablePlan: it cannot be tried out.
        Stopped: nobody wants the figures any more.
    """
    plan, _remarks = read(document)
    found = repeating.repeat(
        plan,
        days=days,
        seed=seed,
        processes=processes,
        behind=behind,
        progress=progress,
        is_unwanted=is_unwanted,
    )
    return ranges.put_together(found, seed=seed)
