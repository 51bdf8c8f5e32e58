"""The palette keeps WCAG's contrast in every theme: computed from tokens.css itself."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from servicehall.channels import look

pytestmark = pytest.mark.one_database

SHEET = (Path(look.__file__).parent / "static" / "look" / "tokens.css").read_text(encoding="utf-8")
BLOCKS = {
    selector.strip(): dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6})", body))
    for selector, body in re.findall(
        r"^([^@{}/]+)\{([^{}]+)\}", re.sub(r"/\*.*?\*/", "", SHEET, flags=re.S), re.M
    )
}
LIGHT = BLOCKS[':root,\n[data-theme="light"]']
DARK = {**LIGHT, **BLOCKS['[data-theme="dark"]']}
MORE = BLOCKS['[data-contrast="more"]']
DARK_MORE = BLOCKS['[data-theme="dark"][data-contrast="more"],\n[data-theme="dark"] [data-contrast="more"]']
LOOKS = {
    "light": (LIGHT, 4.5),
    "dark": (DARK, 4.5),
    "light, high contrast": ({**LIGHT, **MORE}, 7.0),
    "dark, high contrast": ({**DARK, **MORE, **DARK_MORE}, 7.0),
}
ROLES = ("brand", "call", "good", "warn", "bad", "info", "held")
GROUNDS = ("--ground", "--surface", "--surface-raised")


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_pairs() -> list[tuple[str, str]]:
    """Every text colour with every ground that it may stand on."""
    pairs = list(product(("--ink", "--ink-soft", "--ink-faint"), (*GROUNDS, "--surface-sunk")))
    pairs += [(f"--{role}-text", ground) for role in ROLES for ground in (*GROUNDS, f"--{role}-soft")]
    pairs += [("--ink", f"--{role}-soft") for role in ROLES]
    pairs += [("--ink-soft", "--brand-soft"), ("--ink-soft", "--neutral-soft")]
    pairs += [
        ("--on-brand", "--brand"),
        ("--on-call", "--call"),
        ("--on-bad", "--bad"),
        ("--on-bar", "--bar"),
    ]
    return [*pairs, ("--on-ink", "--ink")]


@pytest.mark.parametrize("name", LOOKS)
def test_text_can_be_read(name: str) -> None:
    look, least = LOOKS[name]
    weak = {
        f"{text} on {ground}": round(contrast(look[text], look[ground]), 2)
        for text, ground in text_pairs()
        if contrast(look[text], look[ground]) < least
    }
    assert weak == {}


@pytest.mark.parametrize("name", LOOKS)
def test_edges_of_controls_and_the_focus_ring_can_be_seen(name: str) -> None:
    look, _ = LOOKS[name]
    marks = ("--line-strong", "--focus", *(f"--{role}" for role in ROLES))
    weak = {
        f"{mark} on {ground}": round(contrast(look[mark], look[ground]), 2)
        for mark, ground in product(marks, GROUNDS)
        if contrast(look[mark], look[ground]) < 3
    }
    assert weak == {}


def test_dark_answers_every_colour_of_light() -> None:
    assert set(BLOCKS['[data-theme="dark"]']) == set(LIGHT)


def test_components_take_colours_from_tokens_only() -> None:
    folder = Path(look.__file__).parent / "static" / "look"
    # Avatars keep their six pastels in every theme; a QR code is black on white or no scanner reads it.
    allowed = {"avatar.css", "ticket.css", "base.css"}
    found = {
        path.name
        for path in [*folder.glob("components/*.css"), *folder.glob("*.css")]
        if path.name not in {*allowed, "tokens.css"}
        and re.search(r"#[0-9a-f]{3,6}\b", path.read_text("utf-8"))
    }
    assert found == set()
