"""The rule that a room is entered by its doors only, for import-linter (see pyproject.toml).

A room's doors are its `actions`, `queries` and `events` modules or packages. Nothing else of a room may
be imported by another room, a channel or a program.
"""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """Imports into a room from outside it that do not go through a door."""

    type_name = "doors"

    rooms = fields.StringField()
    doors = fields.SetField(subfield=fields.StringField())
    exceptions = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - theirs
        # The library replaces its field objects by plain values when it reads the configuration.
        allowed: Any = self.exceptions
        exceptions: set[str] = set(allowed or ())
        breaches = []
        seen = set()
        for imported in sorted(graph.modules):
            room = self._room_of(imported)
            if room is None or self._is_door(imported, room):
                continue
            for importer in sorted(graph.find_modules_that_directly_import(imported)):
                if self._room_of(importer) == room:
                    continue
                line = f"{importer} -> {imported}"
                if line in exceptions:
                    seen.add(line)
                else:
                    breaches.append(line)
        unused = sorted(exceptions - seen)
        return ContractCheck(
            kept=not breaches and not unused, metadata={"breaches": breaches, "unused": unused}
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        metadata: dict[str, Any] = check.metadata
        for line in metadata["breaches"]:
            output.print_error(f"{line} (not a door)")
        for line in metadata["unused"]:
            output.print_error(f"{line} (an exception that is no longer needed)")

    def _room_of(self, module: str) -> str | None:
        prefix = f"{self.rooms}."
        return module.removeprefix(prefix).split(".")[0] if module.startswith(prefix) else None

    def _is_door(self, module: str, room: str) -> bool:
        rest = module.removeprefix(f"{self.rooms}.{room}").removeprefix(".")
        return rest == "" or rest.split(".")[0] in self.doors  # type: ignore[operator]
