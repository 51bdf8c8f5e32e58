"""Writes the table of rights for people to read: `python -m scripts.rights` makes docs/rights.md anew."""

from __future__ import annotations

from pathlib import Path

from servicehall.kernel.rights import RIGHTS, ROLES, STAFF_ROLES, TOKEN_ROLES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rights.md"
HEAD = """# Who may do what

Made from `servicehall/kernel/rights.py` by `python -m scripts.rights`; a test fails when it differs. A right
comes from a role that is granted at a site, a region or an organisation, and holds there only: another
site's things are not there (404). What no role has is refused. Every page and endpoint with every role:
[tests/rights/answers.txt](../tests/rights/answers.txt).

"""


def table(title: str, roles: tuple[str, ...]) -> str:
    """The rights of these roles, a line each."""
    lines = [
        f"## {title}",
        "",
        f"| right | {' | '.join(roles)} | allows to |",
        f"|---|{':-:|' * len(roles)}---|",
    ]
    for right, meaning in RIGHTS.items():
        marks = ["✓" if right in ROLES[role] else "" for role in roles]
        if any(marks):
            lines.append(f"| `{right}` | {' | '.join(marks)} | {meaning} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page."""
    return HEAD + table("Staff", STAFF_ROLES) + "\n" + table("API tokens", TOKEN_ROLES)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
