"""Trying a service out before it is published: its definition played from answers, with made-up results.

rehearse(program, script)  →  the steps that come, what each shows, what would have been done
"""

from .effects import Effect
from .play import Played, Rehearsal, Stop, glimpse, hindrances, rehearse
from .script import Script, read_script, written_script

__all__ = [
    "Effect",
    "Played",
    "Rehearsal",
    "Script",
    "Stop",
    "glimpse",
    "hindrances",
    "read_script",
    "rehearse",
    "written_script",
]
