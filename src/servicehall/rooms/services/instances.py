"""Instances as paths: what is stored becomes answers, and answers become what is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from servicehall.kernel.protection.fields import is_erased

from . import programs
from .experiments import variant_of
from .language.program import Program
from .models import Instance
from .path import Answer, Path, derive


def hashed(code: str) -> str:
    """What is kept of a code that somebody holds."""
    return hashlib.sha256(code.encode()).hexdigest()


def program_of(instance: Instance) -> Program:
    """The program of the version that the instance is pinned to."""
    return programs.of_version(instance.version_id)


def answers_of(instance: Instance) -> dict[str, Answer]:
    """The answers by step, those off the path too; none after they were forgotten."""
    held = instance.answers
    if not held or is_erased(held):
        return {}
    return {
        step: Answer(one["value"], one.get("basis", ""), one.get("settled", False), one.get("draft", False))
        for step, one in json.loads(held).items()
    }


def keep_answers(instance: Instance, answers: Mapping[str, Answer]) -> None:
    """Puts the answers into the row, which is yet to be saved."""
    stored = {step: one.stored() for step, one in answers.items()}
    instance.answers = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def path_of(instance: Instance, answers: Mapping[str, Answer] | None = None) -> Path:
    """Where the instance is.

    Raises:
        FlowFault: the definition cannot go on with its answers.
    """
    return along(program_of(instance), instance, answers_of(instance) if answers is None else answers)


def variant(instance: Instance) -> str:
    """The variant of its flow's experiment that the instance has; nothing without an experiment."""
    return variant_of(program_of(instance).flow.experiment, instance.pk)


def along(program: Program, instance: Instance, answers: Mapping[str, Answer]) -> Path:
    """Where the instance would be by a program: its own, or that of another version.

    Raises:
        FlowFault: the definition cannot go on with these answers.
    """
    drawn = variant_of(program.flow.experiment, instance.pk)
    given: dict[str, Any] = {**instance.given, "channel": instance.channel, "variant": drawn}
    return derive(program, given, answers)
