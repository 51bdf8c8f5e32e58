"""`make bench`: the figures, on both databases. `python -m bench hot|once|live|big|evidence|protection|steps|moves|charges|walks|simulate|booking [sqlite|postgresql]` for one of them."""

from __future__ import annotations

import json
import subprocess
import sys

from rich.console import Console
from rich.table import Table

from . import at_once, big_hall, bookings, charges, days, evidence, hot_path, live, steps, walks
from . import moves as moving
from . import protection as protected
from .running_hall import PYTHON, ROOT, stopped_by_alarm

DATABASES = ("sqlite", "postgresql")


def _table(title: str, *columns: str) -> Table:
    made = Table(title=title, title_justify="left")
    for column in columns:
        made.add_column(column, justify="right")
    return made


def hot(database: str) -> Table:
    """Take a ticket, call next, finish, against the bare driver."""
    with stopped_by_alarm(600):
        one = hot_path.measure(database)
    made = _table(
        "Take a ticket, call next, finish: 16 HTTP clients against the bare driver with the same statements",
        *(
            "database",
            "statements a round",
            "limit req/s",
            "HTTP req/s",
            "ratio",
            "p50 ms, half rate",
            "p99 ms",
        ),
    )
    made.add_row(
        one.database,
        str(one.statements),
        f"{one.limit:.0f}",
        f"{one.rate:.0f}",
        f"{one.ratio:.2f}",
        f"{one.half_p50:.1f}",
        f"{one.half_p99:.1f}",
    )
    return made


def once(database: str) -> Table:
    """Many at once, quiet and with the web role killed."""
    made = _table(
        "32 clients: 1,000 tickets, then 300 waiting called from 32 counters",
        *("database", "killed", "tickets", "distinct", "consecutive", "called", "each once"),
        *("missing", "doubled", "retries"),
    )
    for kills in (0, 3):
        with stopped_by_alarm(400):
            one = at_once.measure(database, kills=kills)
        made.add_row(
            one.database,
            str(one.killed),
            str(one.tickets),
            str(one.distinct),
            "yes" if one.consecutive else "NO",
            str(one.called),
            "yes" if one.called_once else "NO",
            str(one.missing),
            str(one.doubled),
            str(one.retries),
        )
    return made


def calls(database: str) -> Table:
    """Call to board and phone."""
    with stopped_by_alarm(600):
        return live.table([live.measure(database)])


def big(database: str) -> Table:
    """A full hall against an empty one."""
    with stopped_by_alarm(1200):
        figures = big_hall.measure(database)
    made = _table(
        f"{database}: 10,000 waiting and 1,000,000 past tickets against an empty hall, median of {big_hall.ROUNDS}",
        *("page or call", "empty ms", "full ms", "ratio"),
    )
    for one in figures:
        made.add_row(one.what, f"{one.empty:.1f}", f"{one.full:.1f}", f"{one.ratio:.2f}")
    return made


def proofs(database: str) -> Table:
    """The evidence: a long tree, and its cost."""
    with stopped_by_alarm(1200):
        tree, cost = evidence.tree(database), evidence.cost(database)
        found, made = evidence.changes() if database == "sqlite" else (0, 0)
    made_table = _table(
        f"{database}: a tree of {tree['leaves']:,} leaves, and the ticket rate with and without it",
        *(
            "appended/s",
            "audit s",
            "of it processor",
            "faults",
            "proof p50 ms",
            "proof p99 ms",
            "of it processor",
        ),
        *("without req/s", "with req/s", "cost", "worker ms/req", "changes found (100,000 leaves)"),
    )
    made_table.add_row(
        f"{tree['appended_a_second']:.0f}",
        f"{tree['audit_seconds']:.1f}",
        f"{tree['audit_processor_seconds']:.1f}",
        str(len(tree["faults"])),
        f"{tree['proof_p50_ms']:.2f}",
        f"{tree['proof_p99_ms']:.2f}",
        f"{tree['proof_p99_processor_ms']:.2f}",
        " ".join(f"{rate:.0f}" for rate in cost.without),
        " ".join(f"{rate:.0f}" for rate in cost.with_it),
        f"{cost.share:.1%}",
        "{:.1f} {:.1f}".format(*cost.processor_ms),
        f"{found} of {made}" if made else "–",
    )
    return made_table


def protection(database: str) -> Table:
    """Protected fields."""
    with stopped_by_alarm(600):
        one = protected.measure(database)
    made = _table(f"{database}: protected fields, {one.customers:,} customers", "what", "goal", "measured")
    for suite, taken in one.fields.items():
        for act in ("seal", "open"):
            made.add_row(f"{act} a field of 64 bytes, {suite}", "≤ 40 µs", f"{taken[act]:.1f} µs")
    made.add_row("find by phone and decrypt, p50", "", f"{one.p50:.2f} ms")
    made.add_row("find by phone and decrypt, p99", "≤ 10 ms", f"{one.p99:.2f} ms")
    made.add_row("list of 50, six fields each, no key cached", "≤ 100 ms", f"{one.list_cold:.1f} ms")
    made.add_row("list of 50, six fields each", "≤ 100 ms", f"{one.list_warm:.1f} ms")
    return made


def moves(database: str) -> Table:
    """A request between a kiosk and a phone."""
    with stopped_by_alarm(900):
        return moving.table(moving.measure(database))


def flow_steps(database: str) -> Table:
    """Steps of services that customers do by themselves."""
    with stopped_by_alarm(400):
        one = steps.measure(database)
        out = subprocess.run(
            [PYTHON, "-m", "bench.engines"], cwd=ROOT, check=True, stdout=subprocess.PIPE
        ).stdout
    engines = json.loads(out)
    made = _table(
        f"{database}: {steps.KIOSKS} kiosks in use, a step each {steps.EACH:.0f} s",
        "what",
        "goal",
        "measured",
    )
    made.add_row("steps, a second", "", f"{one.steps:,}, {one.rate:.1f}")
    made.add_row("step over HTTP, p50", "", f"{one.p50:.1f} ms")
    made.add_row("step over HTTP, p99", f"≤ {steps.P99_MS:.0f} ms", f"{one.p99:.1f} ms")
    made.add_row("slowest step", "", f"{one.most:.1f} ms")
    made.add_row("refused or unanswered", "0", str(one.others))
    made.add_row("statements of a step, at most", f"≤ {steps.STATEMENTS}", str(one.statements))
    made.add_row("engine's share of a step, p50", "", f"{one.engine_p50:.2f} ms")
    made.add_row("engine's share of a step, p99", f"≤ {steps.ENGINE_MS:.0f} ms", f"{one.engine_p99:.2f} ms")
    for kept in ("in memory", "stored"):
        rate = engines[f"ours {kept}"]
        peer = engines.get(f"spiff {kept}")
        told = (
            f"{rate:,.0f} ÷ {peer:,.0f} = {rate / peer:.1f}"
            if peer
            else f"{rate:,.0f} (it is not there: README)"
        )
        goal = f"≥ {steps.RATIO:.0f}" if kept == "stored" else ""
        made.add_row(f"steps a second ÷ SpiffWorkflow's, state {kept}", goal, told)
    return made


def charged(database: str) -> Table:
    """Money is taken once, whoever dies."""
    with stopped_by_alarm(7200):
        one = charges.measure(database)
    made = _table(
        "Customers pay their bills while the product's processes are killed at every point of the ledger",
        *(
            "database",
            "requests",
            "killed",
            "charges",
            "charged twice",
            "done",
            "with a person",
            "seconds",
            "faults",
        ),
    )
    done = one.standing["instances"].get("ended:done", 0)
    made.add_row(
        one.database,
        str(one.instances),
        str(sum(one.crashes.values())),
        str(one.charges),
        str(one.twice),
        str(done),
        str(one.standing["instances"].get("waiting:", 0)),
        f"{one.seconds:.0f}",
        "; ".join(one.faults) or "none",
    )
    return made


def walked(database: str) -> Table:
    """Back and forth never leads elsewhere. No database is asked, so it is done once."""
    made = _table(
        "Random walks of back, change, leave and come again",
        *("flows", "walks", "moves", "seconds", "differ"),
    )
    if database == "sqlite":
        one = walks.measure()
        made.add_row(
            str(one.flows),
            f"{one.walks:,}",
            f"{one.moves:,}",
            f"{one.seconds:.0f}",
            "; ".join(one.differ[:3]) or "none",
        )
    return made


def booked(database: str) -> Table:
    """The last place, free times, bookings a second."""
    with stopped_by_alarm(1800):
        one = bookings.measure(database)
    made = _table(f"{database}: booking", "what", "goal", "measured")
    made.add_row(
        "64 clients want the last place: rounds in which exactly one gets it",
        f"{one.rounds}",
        f"{one.once}",
    )
    made.add_row(
        "free times of one offer, 60 days, 50 resources half full, p50", "", f"{one.look_p50:.1f} ms"
    )
    made.add_row("the same, p99", "≤ 100 ms", f"{one.look_p99:.1f} ms")
    made.add_row("processor time of it, p50", "", f"{one.look_processor:.1f} ms")
    made.add_row(
        f"held and booked, a second ({one.bookings:,}, {one.refused} refused)", "≥ 30", f"{one.rate:.0f}"
    )
    made.add_row("processor time of one", "", f"{one.booking_processor:.1f} ms")
    return made


def simulated(_database: str) -> Table:
    """Simulated days of a big hall; no database has a part in it."""
    with stopped_by_alarm(1200):
        one = days.measure()
    made = _table(
        "Simulated days by the queue's own rules",
        *("visits a day", "one day s", "100 days s", "processors"),
    )
    made.add_row(
        f"{one['visits']:.0f}", f"{one['one']:.2f}", f"{one['hundred']:.1f}", f"{one['processors']:.0f}"
    )
    return made


PARTS = {
    "hot": hot,
    "once": once,
    "live": calls,
    "big": big,
    "evidence": proofs,
    "protection": protection,
    "steps": flow_steps,
    "moves": moves,
    "charges": charged,
    "walks": walked,
    "booking": booked,
    "simulate": simulated,
}


WITHOUT = {"simulate"}
"""Parts in which no database has a share."""


def main(arguments: list[str]) -> int:
    """Print the tables that were asked for, or all."""
    parts = [a for a in arguments if a in PARTS] or list(PARTS)
    databases = [a for a in arguments if a in DATABASES] or list(DATABASES)
    console = Console(width=150)
    for part in parts:
        for database in databases[:1] if part in WITHOUT else databases:
            console.print(PARTS[part](database))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
