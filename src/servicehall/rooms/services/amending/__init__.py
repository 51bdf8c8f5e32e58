"""What people change in a definition without writing YAML.

amendable(text)  →  texts, options, prices and hours that are in it
amend(text, changes)  →  the definition with the changes in it, everything else as it was
"""

from .changing import Amendment, Unamendable, amend
from .listing import Amendable, Choice, Group, Hours, Wording, amendable

__all__ = [
    "Amendable",
    "Amendment",
    "Choice",
    "Group",
    "Hours",
    "Unamendable",
    "Wording",
    "amend",
    "amendable",
]
