"""Servicehall: one queue from the door to the counter, on one event log."""

__version__ = "0.1.0"
