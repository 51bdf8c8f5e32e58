"""The examples of docs/api.md, run in order against the demo: every answer has at least what the guide shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.cast import Program
from tests.processes.running import Hall

pytestmark = [pytest.mark.one_database, pytest.mark.processes, pytest.mark.timeout(240)]

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(curl .*?)```\n```json\n(.*?)```", GUIDE, re.DOTALL)


def missing(shown: Any, given: Any, path: str = "") -> list[str]:
    """What the guide shows and the answer does not have."""
    if isinstance(shown, dict) and isinstance(given, dict):
        return [
            m
            for key, value in shown.items()
            for m in missing(value, given.get(key, "nothing"), f"{path}.{key}")
        ]
    if isinstance(shown, list) and isinstance(given, list) and len(given) >= len(shown):
        return [m for i, value in enumerate(shown) for m in missing(value, given[i], f"{path}[{i}]")]
    return [] if shown == given else [f"{path}: {given!r}, not {shown!r}"]


def test_every_example_answers_as_the_guide_says(demo: Hall, program: Program) -> None:
    assert len(EXAMPLES) > 10
    with Program(demo, role="desk") as desk:
        token = desk.client.headers["Authorization"].removeprefix("Bearer ")
        surroundings = {"PATH": os.environ["PATH"], "HALL": demo.url, "TOKEN": token}
        for command, answer in EXAMPLES:
            done = subprocess.run(
                ["bash", "-ec", command], env=surroundings, capture_output=True, text=True, check=True
            )
            given = json.loads(done.stdout)
            assert missing(json.loads(answer), given) == [], command
            if (
                "code" in given and "request" in given
            ):  # the request, and the ticket, that the guide goes on with
                surroundings |= {"REQUEST": given["code"]}
            elif "code" in given:
                surroundings |= {"TICKET": given["id"], "CODE": given["code"]}
    program.clear_the_hall()
