"""`servicehall flows run`: a definition played in the terminal, step after step, from a file of answers or by asking."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import surroundings

if TYPE_CHECKING:
    from servicehall.rooms.services.queries import Rehearsal, Script

LANGUAGES = ("en", "zh-Hans")
LONGEST_VALUE = 300
CHANNELS = ("kiosk", "phone", "desk")


def add_arguments(acts: Any) -> None:
    run = acts.add_parser(
        "run",
        help="play a definition with answers and made-up results; nothing is really done",
        description="Plays a definition. Nothing is stored, asked, paid or printed. Ends with 1 when no end was reached.",
    )
    run.add_argument("file", metavar="FILE", type=Path)
    run.add_argument(
        "--answers",
        metavar="ANSWERS.yaml",
        type=Path,
        help="answers of the customer and results of other systems; without it, a terminal asks (docs/flows.md)",
    )
    run.add_argument(
        "--channel", choices=CHANNELS, help="default: what the answers say, else the flow's first"
    )
    run.add_argument("--language", choices=LANGUAGES, help="default: what the answers say, else en")
    surroundings.add_data_argument(run)


def run(options: argparse.Namespace, text: str) -> int:
    from django.utils import translation

    from servicehall.kernel.languages import tag
    from servicehall.rooms.services import queries

    with translation.override((options.language or "en").lower()):
        try:
            program = queries.playable(text)
        except ValueError as problem:
            return _told(options.file, problem)
        given = {"channel": options.channel or "", "language": options.language or ""}
        told = sys.stdin.isatty() and not options.answers
        if not options.answers and not told:
            return surroundings.complain("There are no answers: --answers ANSWERS.yaml")
        try:
            source = options.answers.read_text(encoding="utf-8") if options.answers else "{}"
            script = queries.read_script(source, program, **given)
        except (OSError, UnicodeDecodeError) as problem:
            return surroundings.complain(f"{options.answers} cannot be read: {problem}")
        except ValueError as problem:
            return _told(options.answers, problem)
        language = tag(str(script.given["language"]))
        with translation.override(language.lower()):
            play: Callable[[Script], Rehearsal] = lambda one: queries.rehearse(program, one)  # noqa: E731
            if told:
                return _asked(play, replace(script, assumes=False))
            return _played(play(script), script, options.answers)


def _told(file: Path, problem: ValueError) -> int:
    """The findings of a definition or a script, at their lines."""
    for one in getattr(problem, "findings", ()):
        print(f"{file}:{one.place.line}:{one.place.column}: {one.words} [{one.code}]")
    return 1


def _played(found: Rehearsal, script: Script, file: Path) -> int:
    print(f"On the {script.given['channel']}, in {script.given['language']}.")
    for number in range(len(found.steps)):
        _print_step(found, number)
    stop = found.stop
    if stop.errors:
        for name, words in stop.errors.items():
            place = script.place(stop.step, "" if name == stop.step else name)
            print(f"{file}:{place.line}:{place.column}: {stop.step}: {_of(stop.step, name)}{words}")
    elif stop.why == "unfit-result":
        place = script.place(stop.step)
        print(f"{file}:{place.line}:{place.column}: {stop.step}: {stop.words}")
    for name in found.off if found.has_ended else ():
        place = script.place(name)
        print(
            f"{file}:{place.line}:{place.column}: “{name}” did not come, so what is said of it was not used."
        )
    return _print_end(found, script)


def _of(step: str, name: str) -> str:
    return "" if name == step else f"{name}: "


def _print_step(found: Rehearsal, number: int) -> None:
    one = found.steps[number]
    shown, effect = one.screen, one.effect
    if one.passed:
        print(f"   (passed over: {', '.join(one.passed)})")
    asks = one.step.kind == "book" and shown.get("working")
    title = (not asks and shown.get("title")) or (str(effect.words) if effect else one.step.id)
    print(f"{number + 1}. {title}  [{one.step.kind}: {one.step.id}]")
    if shown.get("text"):
        print(_indented(shown["text"]))
    for answer in shown.get("answers", ()):
        print(f"   {answer['label']}: {answer['value']}")
    if shown.get("amount_words"):
        print(f"   {shown['amount_words']} – {shown['for']}")
    _print_offer(shown)
    labels = {field["id"]: field["label"] for field in shown.get("fields", ())}
    for name, value in one.gives.items():
        print(f"   {labels.get(name, name)} = {_written(value)}")
    for name, value in one.computed.items():
        print(f"   value.{name} = {_written(value)}")
    if shown.get("kind") == "waiting":
        print("   A person has to look.")


def _print_offer(shown: Mapping[str, Any]) -> None:
    """What can be chosen, and of a time on which days."""
    if shown.get("days"):
        print(f"   {shown['day']} ({', '.join(day['value'] for day in shown['days'])})")
    if shown.get("lost"):
        print(f"   The time is gone. {shown['said']}".rstrip())
    for option in shown.get("options", ()):
        print(f"   ○ {option['value']}: {option['label']}{_after(option['detail'])}")


def _after(detail: str) -> str:
    return f" – {detail}" if detail else ""


def _indented(text: str, by: int = 3) -> str:
    return "\n".join(f"{' ' * by}{line}" for line in text.rstrip("\n").split("\n"))


def _written(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _print_end(found: Rehearsal, script: Script) -> int:
    print()
    if found.effects:
        print("What would have been done:")
        for effect in found.effects:
            once = " (once; it cannot be taken back)" if effect.once else ""
            print(f"  - {effect.words}{once}")
            for name, value in effect.facts.items():
                print(_indented(f"{name}: {_written(value)}", 6))
    else:
        print("Nothing would have been done outside.")
    stop = found.stop
    if not found.has_ended:
        at = f" at “{stop.step}”" if stop.step else ""
        print(f"It did not reach an end: it stops{at}. {stop.words}".rstrip())
        return 1
    print(f"It ends at “{stop.step}” ({getattr(found.steps[-1].step, 'outcome', 'done')}).")
    if script.ends and script.ends != stop.step:
        print(f"It was meant to end at “{script.ends}”.")
        return 1
    return 0


# --- Asking --------------------------------------------------------------------------------------


def _asked(play: Callable[[Script], Rehearsal], script: Script) -> int:
    """Asks for what is missing until it ends; ends too when nothing more is typed."""
    print("Nothing is really done. Leave with Ctrl-D.")
    shown = 0
    while True:
        found = play(script)
        stop = found.stop
        asks = stop.why in {"unanswered", "unfit", "no-result", "unfit-result"}
        for number in range(shown, len(found.steps)):
            _print_step(found, number)
        shown = len(found.steps) - 1 if asks else len(found.steps)
        if not asks:
            return _print_end(found, script)
        for name, words in stop.errors.items():
            print(f"   ! {_of(stop.step, name)}{words}")
        if stop.words:
            print(f"   {stop.words}")
        try:
            script = _with_answer(found, script)
        except EOFError:
            print()
            return _print_end(found, script)


def _with_answer(found: Rehearsal, script: Script) -> Script:
    step, shown = found.steps[-1].step, found.steps[-1].screen
    if found.stop.why in {"no-result", "unfit-result"}:
        value = _read(_typed(f"   {step.id} → ").strip() or "paid")
        return replace(script, results={**script.results, step.id: value})
    return replace(script, answers={**script.answers, step.id: _answer(found, script, shown)})


def _answer(found: Rehearsal, script: Script, shown: Mapping[str, Any]) -> Any:
    step, kind = found.steps[-1].step, shown["kind"]
    if kind == "form":
        held = dict(script.answers.get(step.id) or {})
        labels = {one["id"]: one for one in shown["fields"]}
        # At first all that is asked; then only what does not fit, or what is asked because of an answer.
        for name in found.stop.errors or labels:
            field = labels.get(name, {"label": name})
            offered = ", ".join(one["value"] for one in field.get("options", ()))
            typed = _typed(f"   {field['label']}{f' ({offered})' if offered else ''}: ").strip()
            many = field.get("type") == "choices"
            held[name] = [one.strip() for one in typed.split(",") if one.strip()] if many else typed
        return held
    if kind == "book":
        from servicehall.rooms.services import queries

        typed = _typed("   Which time, or which day? ").strip()
        is_day = any(day["value"] == typed for day in shown["days"])
        return queries.and_then(
            script.answers.get(step.id) if found.stop.why == "unanswered" else None,
            {"day": typed} if is_day else typed,
        )
    if kind == "choose":
        return _typed("   Which? ").strip()
    if kind in {"review", "confirm"}:
        return _typed("   Yes? [yes/no] ").strip().lower() in {"", "y", "yes"}
    if kind == "survey":
        typed = _typed("   1 to 5, or nothing: ").strip()
        return int(typed) if typed.isdigit() else None
    _typed("   (Enter) ")
    return True


def _typed(words: str) -> str:
    """What is typed after these words.

    Raises:
        EOFError: nothing more is.
    """
    print(words, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def _read(typed: str) -> Any:
    """What was typed as YAML: a word, or names with values."""
    from servicehall.rooms.services import queries

    try:
        return queries.read_value(typed)
    except ValueError:
        return typed
