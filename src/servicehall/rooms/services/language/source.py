"""YAML as people write it: plain values, each with its place in the text.

Only the core of YAML is read: no anchors (a text of a kilobyte must not become a gigabyte), no tags, no key twice.
``yes``, ``no``, ``on`` and dates stay texts, as everybody expects who did not read YAML 1.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from .findings import TOO_MUCH, Finding, Place, Unreadable, filled

LONGEST = 200_000
"""Characters of a definition."""
DEEPEST = 30

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Source:
    """A text that was read: its value, and where each part of it stands."""

    value: Any
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Where the part, or else the nearest thing around it, stands."""
        for length in range(len(path), -1, -1):
            if found := self.places.get(path[:length]):
                return found
        return Place()

    def key(self, path: Path) -> Place:
        """Where the name of the part stands; the part itself when it has none."""
        return self.keys.get(path) or self.place(path)


_CORE = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"})
"""Kinds of nodes that YAML finds by itself; any other was written as a tag."""
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?")


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style in {'"', "'", "|", ">"}:  # quoted, or a block: a text whatever it looks like
        return text
    if text in {"true", "false"}:
        return text == "true"
    if text in {"", "null", "~"}:
        return None
    if _WHOLE.fullmatch(text) and len(text) < 18:
        return int(text)
    if _DECIMAL.fullmatch(text) and len(text) < 40:
        return float(text)
    return text


def _at(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


class _Reader:
    def __init__(self) -> None:
        self.source = Source(None)
        self.findings: list[Finding] = []

    def find(self, code: str, words: Any, mark: Any) -> None:
        self.findings.append(Finding(code, words, _at(mark)))

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.source.places[path] = _at(node.start_mark)
        if len(path) > DEEPEST:
            self.find("too-deep", _("This is nested too deeply."), node.start_mark)
            return None
        if node.tag and node.tag.removeprefix("tag:yaml.org,2002:") not in _CORE:
            self.find("tag", _("YAML tags (!…) are not used here."), node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(one, (*path, index)) for index, one in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.find("key", _("A name is a single word."), key.start_mark)
                continue
            name = str(key.value)
            if name in found:
                self.find("twice", filled(_("“%(name)s” stands here twice."), name=name), key.start_mark)
                continue
            self.source.keys[*path, name] = _at(key.start_mark)
            found[name] = self.read(value, (*path, name))
        return found


def read(text: str) -> Source:
    """The values of a YAML text, with their places.

    Raises:
        Unreadable: it is not YAML, uses anchors or tags, names something twice, or is too long.
    """
    if len(text) > LONGEST:
        raise Unreadable([Finding("too-long", filled(TOO_MUCH, most=LONGEST), Place())])
    try:
        _refuse_anchors(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        words = filled(_("This is not valid YAML: %(problem)s."), problem=problem.problem or problem.context)
        raise Unreadable([Finding("yaml", words, _at(mark) if mark else Place())]) from None
    except Unreadable:
        raise
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Unreadable([Finding("yaml", _("This is not valid YAML."), Place())]) from None
    if node is None:
        raise Unreadable([Finding("empty", _("There is nothing here yet."), Place())])
    reader = _Reader()
    reader.source.value = reader.read(node, ())
    if reader.findings:
        raise Unreadable(reader.findings)
    return reader.source


def _refuse_anchors(text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            words = _("Anchors and aliases (& and *) are not used here: write a part and “use” it.")
            raise Unreadable([Finding("anchor", words, _at(event.start_mark))])
