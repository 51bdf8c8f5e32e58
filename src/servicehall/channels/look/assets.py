"""What every page loads: stylesheets in their order, and modules. Each frame and each channel adds its own."""

from __future__ import annotations

COMPONENTS = (
    "button",
    "field",
    "choice",
    "error-summary",
    "stepper",
    "ticket",
    "pill",
    "counter",
    "table",
    "empty",
    "toast",
    "dialog",
    "timeline",
    "keypad",
    "keyboard",
    "tabs",
    "stat",
    "chart",
    "skeleton",
    "banner",
    "kbd",
    "avatar",
    "switch",
    "flow",
)
SHEETS = (
    "look/fonts.css",
    "look/tokens.css",
    "look/base.css",
    *(f"look/components/{name}.css" for name in COMPONENTS),
)
# All of them in one file, beside fonts.css, whose addresses are relative; made when files are collected.
ALL = "look/all.css"

# What page.js imports: named ahead so that a browser fetches them together, not one after another.
MODULES = (
    "dialog",
    "forms",
    "htmx-setup",
    "keypad",
    "keys",
    "live",
    "prefs",
    "sse",
    "time",
    "toast",
)
