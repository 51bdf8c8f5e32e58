"""From the text of a definition to a :class:`~.definition.Flow`, or to what is wrong with its form.

Names, types and branches are looked at afterwards (../checking): here only what makes it a flow at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import source as yaml_source
from .definition import (
    NOTHING,
    STEPS,
    Book,
    Call,
    Case,
    Choose,
    Code,
    Confirm,
    End,
    Experiment,
    Field,
    Flow,
    Form,
    HandOver,
    Jump,
    Listed,
    Message,
    Opening,
    Option,
    Part,
    Pay,
    Print,
    Step,
    Ticket,
    Undo,
    Words,
)
from .findings import Finding, Unreadable, filled
from .fitting import misfits
from .kinds import Kind
from .schema import DAYS
from .source import Path, Source

ALL = "all"
"""The language of a text that is the same in all of them."""


def read(text: str) -> Flow:
    """The flow that a definition describes.

    Raises:
        Unreadable: it is not YAML, or does not have the form of a definition.
    """
    source = yaml_source.read(text)
    if not isinstance(source.value, dict):
        raise Unreadable(
            [Finding("not-a-flow", _("A definition begins with “flow: its-short-name”."), source.place(()))]
        )
    findings = misfits(source, source.value, "top")
    if not findings:
        findings = [*_step_misfits(source)]
    if findings:
        raise Unreadable(findings)
    return _Builder(source).flow()


def _listed_steps(source: Source) -> Iterator[tuple[Path, Any]]:
    for name, steps in (source.value.get("parts") or {}).items():
        yield from ((("parts", name, index), one) for index, one in enumerate(steps))
    yield from ((("steps", index), one) for index, one in enumerate(source.value["steps"]))


def _step_misfits(source: Source) -> Iterator[Finding]:
    for path, one in _listed_steps(source):
        kinds = [kind for kind in (*STEPS, "use") if isinstance(one, dict) and kind in one]
        # `then: end` and the like are no kinds: a step's kind is the first of its names.
        kind = next((name for name in one if name in kinds), None) if isinstance(one, dict) else None
        if kind is None:
            words = filled(
                _("A step begins with its kind and its name, such as “form: account”. Kinds are: %(kinds)s."),
                kinds=", ".join(STEPS),
            )
            yield Finding("unknown-step", words, source.place(path))
        else:
            yield from misfits(source, one, kind, path)


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source, self.value = source, source.value
        self.findings: list[Finding] = []

    def flow(self) -> Flow:
        value = self.value
        steps = tuple(self._expanded())
        if self.findings:
            raise Unreadable(self.findings)
        return Flow(
            slug=value["flow"],
            name=self.words(("name",)),
            summary=self.words(("summary",)),
            category=value["category"],
            channels=tuple(value["channels"]),
            steps=steps,
            offline=value.get("offline", "refused"),
            versions=value.get("versions", "pinned"),
            longer=value.get("longer", ""),
            purposes=tuple(value.get("purposes", ())),
            opening=tuple(
                Opening(tuple(sorted(DAYS.index(day) for day in one["days"])), one["from"], one["to"])
                for one in value.get("open", ())
            ),
            prices=dict(value.get("prices") or {}),
            currency=value.get("currency", "CNY"),
            values=self.codes(("values",)),
            keeps_days=value.get("keeps-days", 30),
            experiment=self.experiment(),
        )

    def experiment(self) -> Experiment | None:
        value = self.value.get("experiment")
        if value is None:
            return None
        return Experiment(value["name"], dict(value["variants"]), self.source.place(("experiment",)))

    def _expanded(self) -> Iterator[Step]:
        parts, used = self.value.get("parts") or {}, set()
        for index, one in enumerate(self.value["steps"]):
            if "use" not in one:
                yield self.step(("steps", index))
                continue
            name, place = one["use"], self.source.place(("steps", index, "use"))
            if name not in parts:
                self.findings.append(
                    Finding(
                        "unknown-part", filled(_("There is no part called “%(name)s”."), name=name), place
                    )
                )
            elif name in used:
                self.findings.append(
                    Finding("part-twice", filled(_("The part “%(name)s” is used twice."), name=name), place)
                )
            else:
                used.add(name)
                for inner, step in enumerate(parts[name]):
                    if "use" in step:
                        self.findings.append(
                            Finding(
                                "part-in-part",
                                _("A part does not use another part."),
                                self.source.place(("parts", name, inner)),
                            )
                        )
                    else:
                        yield self.step(("parts", name, inner))

    def at(self, path: Path) -> Any:
        """The value at a path; None where there is nothing."""
        value: Any = self.value
        for key in path:
            if isinstance(value, dict):
                value = value.get(str(key))
            elif isinstance(value, list) and isinstance(key, int):
                value = value[key]
            if value is None:
                return None
        return value

    def words(self, path: Path) -> Words:
        value = self.at(path)
        if value is None:
            return NOTHING
        text = {ALL: value} if isinstance(value, str) else dict(value)
        return Words(text, self.source.place(path))

    def code(self, path: Path) -> Code | None:
        value = self.at(path)
        if value is None:
            return None
        if isinstance(value, bool):
            value = "true" if value else "false"
        return Code(str(value), self.source.place(path))

    def codes(self, path: Path) -> dict[str, Code]:
        return {name: code for name in self.at(path) or () if (code := self.code((*path, name)))}

    def jumps(self, path: Path) -> tuple[Jump, ...]:
        value = self.at(path)
        if value is None:
            return ()
        if isinstance(value, str):
            return (Jump(value, None, self.source.place(path)),)
        return tuple(
            Jump(one["go"], self.code((*path, index, "when")), self.source.place((*path, index, "go")))
            for index, one in enumerate(value)
        )

    def options(self, path: Path) -> tuple[Option, ...]:
        return tuple(
            Option(str(one["value"]), self.words((*path, index, "label")), self.code((*path, index, "when")))
            for index, one in enumerate(self.at(path) or ())
        )

    def listed(self, path: Path) -> Listed | None:
        items = self.code((*path, "from"))
        if items is None:
            return None
        return Listed(
            items,
            str(self.at((*path, "value")) or "id"),
            self.words((*path, "label")),
            self.words((*path, "detail")),
        )

    def field(self, path: Path) -> Field:
        value: Mapping[str, Any] = self.at(path)
        return Field(
            id=value["id"],
            type=value["type"],
            place=self.source.place(path),
            label=self.words((*path, "label")),
            help=self.words((*path, "help")),
            speak=self.words((*path, "speak")),
            optional=bool(value.get("optional", False)),
            when=self.code((*path, "when")),
            default=self.code((*path, "default")),
            options=self.options((*path, "options")),
            listed=self.listed((*path, "choices")),
            least=value.get("least"),
            most=value.get("most"),
            pattern=value.get("pattern", ""),
            pattern_says=self.words((*path, "pattern-says")),
            personal=value.get("personal", ""),
            secret=bool(value.get("secret", False)),
            kinds=tuple(value.get("kinds", ())),
            megabytes=value.get("megabytes", 10),
        )

    def step(self, path: Path) -> Step:
        value: Mapping[str, Any] = self.at(path)
        kind = next(name for name in value if name in STEPS)
        shared: dict[str, Any] = {
            "id": value[kind],
            "place": self.source.place((*path, kind)),
            **{name: self.words((*path, name)) for name in ("title", "text", "help", "speak")},
            "when": self.code((*path, "when")),
            "then": self.jumps((*path, "then")),
            "channels": tuple(value.get("channels", ())),
            "variants": {
                one: {name: self.words((*path, "variants", one, name)) for name in said}
                for one, said in (value.get("variants") or {}).items()
            },
        }
        return STEPS[kind](**shared, **self.own(STEPS[kind], path, value))

    def undo(self, path: Path, value: Any) -> Undo | None:
        return Undo(value["operation"], self.codes((*path, "undo", "with"))) if value else None

    def part(self, path: Path, results: Mapping[str, Kind]) -> Part:
        """An operation that a step asks for."""
        more = {name: Kind(kind) for name, kind in (self.at((*path, "gives")) or {}).items()}
        return Part(self.at((*path, "operation")), self.codes((*path, "with")), {**results, **more})

    def book(self, path: Path, value: Mapping[str, Any]) -> dict[str, Any]:
        """What a step has that takes a time."""
        listed, reference = value["slots"]["list"], value["take"]["reference"]
        found: dict[str, Any] = {
            "slots": self.part((*path, "slots"), {listed: Kind.LIST}),
            "offered": listed,
            "take": self.part((*path, "take"), {reference: Kind.ANY}),
            "reference": reference,
            "release": self.part((*path, "release"), {}) if "release" in value else None,
            "free": self.code((*path, "free")),
            **{name: self.words((*path, name)) for name in ("label", "detail", "empty")},
        }
        return found | {
            name: value[name] for name in ("connector", "ahead", "value", "starts", "hold") if name in value
        }

    def own(self, kind: type[Step], path: Path, value: Mapping[str, Any]) -> dict[str, Any]:
        """What only this kind of step has."""
        if issubclass(kind, Call):
            return {
                "connector": value["connector"],
                "operation": value["operation"],
                "inputs": self.codes((*path, "with")),
                "results": {name: Kind(kind) for name, kind in (value.get("gives") or {}).items()},
                "once": kind is Call,
                "failed": value.get("failed", ""),
                "undo": self.undo(path, value.get("undo")),
            }
        if kind is Book:
            return self.book(path, value)
        readers: dict[type[Step], dict[str, Any]] = {
            Form: {
                "fields": lambda: tuple(self.field((*path, "fields", n)) for n in range(len(value["fields"])))
            },
            Choose: {
                "options": lambda: self.options((*path, "options")),
                "listed": lambda: self.listed(path),
                "empty": lambda: self.words((*path, "empty")),
            },
            Confirm: {"button": lambda: self.words((*path, "button"))},
            Pay: {
                "amount": lambda: self.code((*path, "amount")),
                "currency": lambda: value.get("currency", self.value.get("currency", "CNY")),
                "purpose": lambda: self.words((*path, "for")),
            },
            Ticket: {"service": lambda: value["service"], "priority": lambda: value.get("priority", "")},
            Case: {"group": lambda: value["group"]},
            Print: {"slip": lambda: self.words((*path, "slip"))},
            Message: {"to": lambda: self.code((*path, "to"))},
            HandOver: {"service": lambda: value["service"]},
            End: {"outcome": lambda: value.get("outcome", "done")},
        }
        return {name: reader() for name, reader in readers.get(kind, {}).items()}
