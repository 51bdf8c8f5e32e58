"""What can be tried out: the demo. (Imports nothing that needs Django before it is called.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .demo import SignIn


class NotEmpty(Exception):
    """Other halls are set up here already; the demo would mix with them."""


def ensure_demo() -> list[SignIn]:
    """Make the demo when nothing is set up yet; its sign-ins, also when it is there already.

    Raises:
        NotEmpty: other halls are set up in this installation.
    """
    from . import demo

    if demo.is_empty():
        return demo.seed()
    if not demo.is_demo():
        raise NotEmpty
    return demo.sign_ins()
