"""What can be tried out: the demo, a real log, and plans of a day. (Imports nothing that needs Django before it is called.)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servicehall.rooms.simulation.day.findings import UnusablePlan
from servicehall.rooms.simulation.replay.call_log import UnreadableLog
from servicehall.rooms.simulation.replay.running import (
    AS_IT_HAPPENED,
    MODES,
    CannotReplay,
    Plan,
    Report,
    parse_day,
    replay,
)

if TYPE_CHECKING:
    from servicehall.rooms.queueing.queries import Trial
    from servicehall.rooms.simulation.day.check import Agreement
    from servicehall.rooms.simulation.day.findings import Finding
    from servicehall.rooms.simulation.demo import SignIn


class NotEmpty(Exception):
    """Other halls are set up here already; the demo would mix with them."""


def ensure_demo() -> list[SignIn]:
    """Make the demo when nothing is set up yet; its sign-ins, also when it is there already.

    Raises:
        NotEmpty: other halls are set up in this installation.
    """
    from servicehall.rooms.simulation import demo

    if demo.is_empty():
        return demo.seed()
    if not demo.is_demo():
        raise NotEmpty
    return demo.sign_ins()


def connect_back_office(address: str, description: dict[str, Any]) -> Path:
    """Let the demo's organisations call the sample back office, now at this address; the file with its secret.

    Raises:
        OSError: the secret cannot be written.
        ValidationError: the address may not be called.
    """
    from servicehall.rooms.simulation import demo_connectors

    return demo_connectors.connect(address, description)


def try_waits_on_log(path: Path, *, train_share: float = 0.5) -> Trial:
    """How good the predictions of waits are on a log: learned from the first share of its days, told of the rest.

    Raises:
        UnreadableLog: the file cannot be read, or is no such log.
        TooLittle: too few waits to learn from, or none left to predict (of queueing's queries).
    """
    from servicehall.rooms.simulation import wait_trial

    return wait_trial.try_on_log(path, train_share=train_share)


def usual_day(slug: str) -> dict[str, Any]:
    """The plan of a usual day of a site, from its own history.

    Raises:
        NotFound: there is no such site in use.
    """
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.simulation.day.trying import document_of_site

    site = hall.site(slug)
    return document_of_site(site.pk, actor=SYSTEM, name=slug)


def plan_in(path: Path) -> dict[str, Any]:
    """The plan that a file holds (docs/simulation.md).

    Raises:
        UnusablePlan: the file cannot be read, or holds no plan.
    """
    from servicehall.rooms.simulation.day.trying import document_of_file

    return document_of_file(path)


def plan_of_text(text: str) -> dict[str, Any]:
    """The plan that is written as YAML or JSON, also with its figures as they are exported.

    Raises:
        UnusablePlan: it is neither.
    """
    from servicehall.rooms.simulation.day.reading import document_of

    found = document_of(text)
    return (
        dict(found["plan"])
        if set(found) == {"plan", "figures"} and isinstance(found["plan"], dict)
        else found
    )


def remarks_on(plan: Mapping[str, Any]) -> list[Finding]:
    """What is worth knowing about a plan before its figures are believed.

    Raises:
        UnusablePlan: it cannot be tried out; everything that is wrong with it.
    """
    from servicehall.rooms.simulation.day.reading import read

    return read(plan)[1]


def try_day(plan: Mapping[str, Any], **how: Any) -> dict[str, Any]:
    """The figures of days of a plan; ``how`` as in :func:`day.trying.try_out`.

    Raises:
        UnusablePlan: it cannot be tried out.
    """
    from servicehall.rooms.simulation.day.trying import try_out

    return try_out(plan, **how)


def compare_days(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What the other plan's figures are above the one's, with the interval of the difference."""
    from servicehall.rooms.simulation.day.ranges import differences

    return differences(one, other)


def check_theory(*, days: int, seed: int, progress: Callable[[int, int], object]) -> list[Agreement]:
    """The simulated day beside queueing theory, in halls simple enough for a formula; progress: days done, of all."""
    from itertools import count

    from servicehall.rooms.simulation.day.check import CASES, against_theory

    done = count(1)

    def passed() -> None:
        progress(next(done), days * len(CASES))

    return [one for case in CASES for one in against_theory(case, days=days, seed=seed, progress=passed)]


__all__ = [
    "AS_IT_HAPPENED",
    "MODES",
    "CannotReplay",
    "NotEmpty",
    "Plan",
    "Report",
    "UnreadableLog",
    "UnusablePlan",
    "check_theory",
    "compare_days",
    "connect_back_office",
    "ensure_demo",
    "parse_day",
    "plan_in",
    "plan_of_text",
    "remarks_on",
    "replay",
    "try_day",
    "try_waits_on_log",
    "usual_day",
]
