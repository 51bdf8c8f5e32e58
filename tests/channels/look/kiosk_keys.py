"""The keyboard's specimen page, and pressing its keys."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

KIOSK = (1080, 1920)
Stand = Callable[..., "Keys"]


class Keys:
    """The specimen page and its keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator("[data-keyboard-panel]")

    def field(self, name: str) -> Locator:
        return self.page.locator(f"#kb-{name}")

    def into(self, name: str) -> Keys:
        self.field(name).tap()
        expect(self.panel).to_be_visible()
        return self

    def press(self, *texts: str) -> Keys:
        for text in texts:
            self.panel.locator(f'[data-text="{text}"]').tap()
        return self

    def act(self, *names: str) -> Keys:
        for name in names:
            self.panel.locator(f"[data-act={name}]").filter(visible=True).tap()
        return self

    def compose(self, letters: str) -> Keys:
        """Type pinyin, once the lexicon is there."""
        self.ready()
        return self.press(*letters)

    def ready(self) -> None:
        expect(self.panel.locator("[data-keyboard-note]")).to_have_text("")

    @property
    def choices(self) -> list[str]:
        texts = self.panel.locator("[data-choice]").all_inner_texts()
        return [re.sub(r"[\d\s]", "", text) for text in texts]

    def choose(self, text: str) -> Keys:
        self.panel.locator("[data-choice]").nth(self.choices.index(text)).tap()
        return self

    @property
    def composing(self) -> str:
        return self.panel.locator("[data-keyboard-composing]").inner_text()
