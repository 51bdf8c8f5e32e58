"""Progress on standard error, where somebody looks at it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

Progress = Callable[[int, int], object]


@contextlib.contextmanager
def bar(words: str) -> Iterator[Progress]:
    """A bar over things that are counted; it is told how many are done, of how many."""
    from rich.progress import MofNCompleteColumn, TimeRemainingColumn

    with _shown(words, MofNCompleteColumn(), TimeRemainingColumn()) as progress:
        yield progress


@contextlib.contextmanager
def byte_bar(words: str) -> Iterator[Progress]:
    """A bar over bytes."""
    from rich.progress import DownloadColumn, TimeRemainingColumn, TransferSpeedColumn

    with _shown(words, DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()) as progress:
        yield progress


@contextlib.contextmanager
def _shown(words: str, *columns: object) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn

    more = [one for one in columns if isinstance(one, ProgressColumn)]
    first = (TextColumn("{task.description}"), BarColumn())
    with Progress(*first, *more, console=Console(file=sys.stderr)) as shown:
        task = shown.add_task(words, total=None)
        yield lambda done, whole: shown.update(task, completed=done, total=whole)
