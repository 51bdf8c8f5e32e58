"""Changing single values of a definition where they stand. Whatever else is in the text, comments and layout too, stays.

Each act gives a new text. It is read again before it is given: what it says is then exactly what was meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml

from . import source as yaml_source
from .findings import Unreadable
from .source import Path

_WIDEST = 400
"""Characters up to which a value that is put in stays plain; longer ones are quoted."""
_DOUBTFUL = re.compile(r"[-+0-9.:_]+|y|n|yes|no|on|off", re.IGNORECASE)
"""What other readers of YAML take for numbers, times and truths: it is quoted."""


class CannotRewrite(ValueError):
    """The text has no such place, or is written in a way that cannot be changed in place."""


def set_value(text: str, path: Path, value: Any) -> str:
    """The text with another value at a path; a name that is missing in its mapping is put at its end.

    Raises:
        CannotRewrite: there is nothing to put it into.
    """
    found = _find(text, path)
    if found is not None:
        return _proved(
            text, _replaced(text, found, value), path, lambda held, key: held.__setitem__(key, value)
        )
    parent = _find(text, path[:-1])
    if not isinstance(parent, yaml.MappingNode) or not parent.value:
        raise CannotRewrite(_told(path))
    line = f"{_scalar(str(path[-1]))}: {one_line(value)}"
    last_key, last_value = parent.value[-1]
    if parent.flow_style:
        at = _end(text, last_value)
        new = f"{text[:at]}, {line}{text[at:]}"
    else:
        new = _line_after(text, last_value, last_key.start_mark.column, line)
    return _proved(text, new, path, lambda held, key: held.__setitem__(key, value))


def insert_item(text: str, path: Path, value: Any) -> str:
    """The text with one item more at the end of the list at a path.

    Raises:
        CannotRewrite: there is no list.
    """
    node = _find(text, path)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise CannotRewrite(_told(path))
    last = node.value[-1]
    if node.flow_style:
        at = _end(text, last)
        new = f"{text[:at]}, {one_line(value)}{text[at:]}"
    else:
        new = _line_after(text, last, node.start_mark.column, f"- {one_line(value)}")
    return _proved(text, new, path, lambda held, key: held[key].append(value))


def remove_item(text: str, path: Path) -> str:
    """The text without the item at a path; a list keeps one at least.

    Raises:
        CannotRewrite: there is none, or it is the last one.
    """
    node, number = _find(text, path[:-1]), path[-1]
    if (
        not isinstance(node, yaml.SequenceNode)
        or not isinstance(number, int)
        or len(node.value) < 2
        or not 0 <= number < len(node.value)
    ):
        raise CannotRewrite(_told(path))
    one = node.value[number]
    if node.flow_style and number:
        start, end = _end(text, node.value[number - 1]), _end(text, one)
    elif node.flow_style:
        start, end = one.start_mark.index, node.value[1].start_mark.index
    else:
        start = text.rfind("\n", 0, one.start_mark.index) + 1
        end = _next_line(text, _end(text, one))
    return _proved(text, text[:start] + text[end:], path, lambda held, key: held.__delitem__(key))


def remove_name(text: str, name: str) -> str:
    """The text without one of its names at the top."""
    root = _find(text, ())
    for key, value in root.value if isinstance(root, yaml.MappingNode) and not root.flow_style else ():
        if key.value == name:
            start, end = key.start_mark.index, _next_line(text, _end(text, value))
            if text[:start].endswith("\n\n") and text[end:].startswith("\n"):
                end += 1
            new = text[:start] + text[end:]
            return _proved(text, new, (name,), lambda held, one: held.__delitem__(one))
    raise CannotRewrite(name)


def add_name(text: str, name: str, items: Iterable[Any], *, before: str) -> str:
    """The text with a list of one line an item under a new name, before another name at the top."""
    root, listed = _find(text, ()), list(items)
    for key, _value in root.value if isinstance(root, yaml.MappingNode) and not root.flow_style else ():
        if key.value == before:
            at = _above_comments(text, key.start_mark.index)
            block = "".join(f"  - {one_line(one)}\n" for one in listed)
            new = f"{text[:at]}{name}:\n{block}\n{text[at:]}"
            return _proved(text, new, (name,), lambda held, one: held.__setitem__(one, listed))
    raise CannotRewrite(before)


def _above_comments(text: str, at: int) -> int:
    """The start of the comments that stand right above a line: they belong to it."""
    while at and (line := text.rfind("\n", 0, at - 1) + 1) < at and text[line:at].startswith("#"):
        at = line
    return at


# --- Places --------------------------------------------------------------------------------------


def _find(text: str, path: Path) -> yaml.Node | None:
    try:
        node: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as problem:
        raise CannotRewrite(str(problem)) from None
    for key in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for name, value in node.value if name.value == str(key)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key] if 0 <= key < len(node.value) else None
        else:
            return None
    return node  # type: ignore[no-any-return]


def _end(text: str, node: yaml.Node) -> int:
    """Where a value ends. A block's mark stands at what comes after it: spaces, lines and comments are no part of it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
        while end > node.start_mark.index and text[end - 1] in " \n":
            end -= 1
    return end


def _next_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _line_after(text: str, node: yaml.Node, column: int, line: str) -> str:
    at = _next_line(text, _end(text, node))
    start = "" if text[:at].endswith("\n") else "\n"
    return f"{text[:at]}{start}{' ' * column}{line}\n{text[at:]}"


# --- Values --------------------------------------------------------------------------------------


def _replaced(text: str, node: yaml.Node, value: Any) -> str:
    start, end = node.start_mark.index, _end(text, node)
    written = one_line(value)
    if (
        isinstance(node, yaml.ScalarNode)
        and node.style == "|"
        and isinstance(value, str)
        and (block := _block(text, node, value))
    ):
        written = block
    elif isinstance(node, yaml.CollectionNode) and not node.flow_style:
        # A block begins on its own line; what takes its place stands behind its name.
        start = text.rindex(":", 0, start) + 1
        written = f" {written}"
    elif start == end:
        written = f"{'' if text[start - 1 : start] == ' ' else ' '}{written}"
    return text[:start] + written + text[end:]


def _block(text: str, node: yaml.ScalarNode, value: str) -> str:
    """A text of several lines in the form that it had: a bar, and lines indented as before."""
    if not value.endswith("\n") or value.endswith("\n\n") or value.startswith((" ", "\n")):
        return ""
    header, _line, body = text[node.start_mark.index : _end(text, node)].partition("\n")
    if header.strip() != "|":
        return ""
    indent = " " * (len(body) - len(body.lstrip(" ")))
    lines = value.rstrip("\n").split("\n")
    return "\n".join([header, *(f"{indent}{line}" if line else "" for line in lines)])


def one_line(value: Any) -> str:
    """A value as it is written on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(name))}: {one_line(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(one_line(one) for one in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int | float) else _scalar(str(value))


def _scalar(value: str) -> str:
    """A text: plain where that says the same, else in quotes."""
    may_be_plain = value and "\n" not in value and len(value) <= _WIDEST and not _DOUBTFUL.fullmatch(value)
    if may_be_plain and _says([value], f"[{value}]"):
        plain_key = _says({"k": value}, f"k: {value}\n")
        if plain_key and _says([{"k": value}], f"[{{k: {value}}}]"):
            return value
    return json.dumps(value, ensure_ascii=False)


def _says(value: Any, text: str) -> bool:
    try:
        return bool(yaml_source.read(text).value == value)
    except Unreadable:
        return False


def _proved(old: str, new: str, path: Path, change: Callable[[Any, Any], None]) -> str:
    """The new text, when it says what the old one did but for the change."""
    meant = yaml_source.read(old).value
    held = meant
    for key in path[:-1]:
        held = held[key]
    change(held, path[-1])
    if not _says(meant, new):
        raise CannotRewrite(_told(path))
    return new


def _told(path: Path) -> str:
    return ".".join(str(one) for one in path)
