"""Trying a service out before it is published: its definition played from answers, with made-up results.

rehearse(program, script)  →  the steps that come, what each shows, what would have been done
"""

from .booked import and_then
from .effects import Effect
from .play import Played, Rehearsal, glimpse, hindrances, rehearse
from .script import Script, read_script, written_script
from .stops import Stop

__all__ = [
    "Effect",
    "Played",
    "Rehearsal",
    "Script",
    "Stop",
    "and_then",
    "glimpse",
    "hindrances",
    "read_script",
    "rehearse",
    "written_script",
]
