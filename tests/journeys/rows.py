"""A row of the table of pages, and touching one thing after another on one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Row:
    """A page: the view behind it, its address with names of things in it, and what is done there first."""

    view: str
    path: str
    size: tuple[int, int]
    user: str = ""
    steps: Callable[[Page], object] | None = None
    what: str = ""

    @property
    def id(self) -> str:
        return f"{self.view}{f' ({self.what})' if self.what else ''}"


def click(*selectors: str) -> Callable[[Page], object]:
    """Touch one thing after another."""

    def steps(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()

    return steps
