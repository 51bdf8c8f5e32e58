"""Two engines in one process, turn by turn: ours and SpiffWorkflow (when it is there), on the same five-step process.

`python -m bench.engines` prints steps a second as JSON. A step is: the answer is taken, checked as far as the engine
checks, and the next step is found. In memory both keep what they have between steps. Stored: the state is written to
JSON after each step and read again before the next, as a server does that does not know which process answers next.
On our side the next screen is made too, in both; the other engine has none.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .five_steps import ANSWERS, FLOW, bpmn

PEERS = Path(__file__).resolve().parent.parent / "build" / "peers"
"""Where bench/README.md says to put what is compared with; it is no part of the product."""
ROUNDS = 5
SECONDS = 0.6
GIVEN = {"channel": "kiosk", "language": "en", "date": "2026-11-26", "site": "bench", "level": "guest"}
Round = Callable[[], None]


def ours() -> tuple[Round, Round]:
    """A way through, in memory and stored, with the room's own walking, checking and screens."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")
    os.environ.setdefault("SERVICEHALL_DATA", tempfile.mkdtemp(prefix="servicehall-bench-"))
    import django

    django.setup()
    from servicehall.rooms.services import answering, screen
    from servicehall.rooms.services import path as paths
    from servicehall.rooms.services.language.definition import Form
    from servicehall.rooms.services.language.program import program
    from servicehall.rooms.services.path import Answer, derive

    made = program(FLOW)

    def after(answers: dict[str, Answer], name: str, said: Any) -> paths.Path:
        path = derive(made, GIVEN, answers)
        step = path.step
        assert step is not None
        assert step.id == name
        if isinstance(step, Form):
            checked = answering.check(made, step, said, path.values)
            assert not checked.wrong
            answers[name] = Answer(checked.values)
        else:
            answers[name] = Answer(said, basis=path.basis)
        path = derive(made, GIVEN, answers)
        shown = path.step or path.end
        assert shown is not None
        screen.of_step(made, path, shown, "en")
        return path

    def in_memory() -> None:
        answers: dict[str, Answer] = {}
        for name, said in ANSWERS:
            path = after(answers, name, said)
        assert path.end is not None

    def stored() -> None:
        kept = "{}"
        for name, said in ANSWERS:
            answers = {
                step: Answer(one["value"], one["basis"], one["settled"])
                for step, one in json.loads(kept).items()
            }
            path = after(answers, name, said)
            kept = json.dumps(
                {step: one.stored() for step, one in answers.items()},
                ensure_ascii=False,
                separators=(",", ":"),
            )
        assert path.end is not None

    return in_memory, stored


def spiff() -> tuple[Round, Round] | None:
    """The same with SpiffWorkflow; None where it is not installed."""
    sys.path.append(str(PEERS))
    with contextlib.suppress(ImportError):
        return _spiff()
    return None


def _spiff() -> tuple[Round, Round]:
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    with tempfile.NamedTemporaryFile("w", suffix=".bpmn", encoding="utf-8") as file:
        file.write(bpmn())
        file.flush()
        parser.add_bpmn_file(file.name)
    spec = parser.get_spec("five_steps")
    serializer = BpmnWorkflowSerializer()

    def begun() -> Any:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        return workflow

    def after(workflow: Any, name: str, said: Any) -> None:
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        assert task.task_spec.bpmn_id == name
        task.set_data(**(said if isinstance(said, dict) else {name: said}))
        task.run()
        workflow.do_engine_steps()

    def in_memory() -> None:
        workflow = begun()
        for name, said in ANSWERS:
            after(workflow, name, said)
        assert workflow.is_completed()

    def stored() -> None:
        workflow = begun()
        kept = serializer.serialize_json(workflow)
        for name, said in ANSWERS:
            workflow = serializer.deserialize_json(kept)
            after(workflow, name, said)
            kept = serializer.serialize_json(workflow)
        assert workflow.is_completed()

    return in_memory, stored


def rate(one: Round) -> float:
    """Steps a second."""
    end, done, start = time.perf_counter() + SECONDS, 0, time.perf_counter()
    while time.perf_counter() < end:
        one()
        done += 1
    return done * len(ANSWERS) / (time.perf_counter() - start)


def main() -> None:
    engines: dict[str, Round] = {}
    for name, found in (("ours", ours()), ("spiff", spiff())):
        if found:
            engines |= {f"{name} in memory": found[0], f"{name} stored": found[1]}
    for one in engines.values():
        one()  # warm
    found_rates: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):  # in turns, so that what else the machine does hits both
        for name, one in engines.items():
            found_rates[name].append(rate(one))
    print(json.dumps({name: statistics.median(rates) for name, rates in found_rates.items()}))


if __name__ == "__main__":
    main()
