"""Checks of an installation, in plain words. Every check works when the others' subjects are broken."""
