"""`servicehall evaluate wait FILE`: how good the predictions of waits are on a real log, beside simpler rules."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from rich.console import Console

    from servicehall.rooms.queueing.queries import Trial


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    wait = what.add_parser("wait", help="predicted waits against actual ones")
    wait.add_argument("file", metavar="FILE", type=Path, help="a month of the Anonymous Bank's call log")
    wait.add_argument(
        "--train-share", metavar="X", type=_share, default=0.5,
        help="the share of the days that is learned from; the rest is predicted (default: %(default)s)",
    )  # fmt: skip
    surroundings.add_data_argument(wait)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError("the share lies between 0 and 1")
    return share


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    from rich.console import Console

    from servicehall.rooms.queueing.queries import TooLittle
    from servicehall.rooms.simulation.actions import UnreadableLog, try_waits_on_log

    try:
        with Console(stderr=True).status("Learning from the first part, predicting the rest"):
            trial = try_waits_on_log(options.file, train_share=options.train_share)
    except UnreadableLog as problem:
        return surroundings.complain(str(problem))
    except TooLittle:
        return surroundings.complain(
            f"{options.file} has too few waits to learn from, or none left to predict. Try another --train-share."
        )
    _tell(Console(), trial)
    return 0


def _tell(console: Console, trial: Trial) -> None:
    from rich.table import Table

    table = Table(title="Waits that were predicted on joining, seconds", title_justify="left")
    for column in ("", "RMSE", "MAE", "bias"):
        table.add_column(column, justify="left" if not column else "right")
    rows = {"Servicehall": trial.ours, **trial.baselines}
    rows |= {f"first day: {name}": score for name, score in trial.first_day.items()}
    for name, score in rows.items():
        table.add_row(name, f"{score.rmse:.1f}", f"{score.mae:.1f}", f"{score.bias:+.1f}")
    console.print(f"Learned from {trial.trained_on} waits, predicted {trial.judged}.")
    console.print(table)
    hours = Table(title="Waits that fell into their range, wanted: 80 %", title_justify="left")
    for column in ("hour", "waits", "in range"):
        hours.add_column(column, justify="right")
    hours.add_row("all", str(trial.judged), f"{trial.coverage:.1%}")
    for hour, (count, share) in trial.by_hour.items():
        hours.add_row(f"{hour}", str(count), f"{share:.1%}")
    console.print(hours)
    console.print(
        f"Below the range {trial.below:.1%}, above {trial.above:.1%}; the range is {trial.width:.0f} s wide on the mean;"
        f" one prediction takes {trial.milliseconds:.2f} ms."
    )
