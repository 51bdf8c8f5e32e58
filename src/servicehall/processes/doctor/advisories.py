"""Known weaknesses in the packages that the hall stands on: an export of advisories, read without the network.

The export is in the OSV format (ossf.github.io/osv-schema): one advisory or a list of them as JSON, or a ZIP of such
files, as osv.dev gives out for each ecosystem. What counts is what is installed (Python) and locked (npm), against
the time frames of docs/security.md.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from .findings import Finding, ok, problem, warning

FRAMES = {True: timedelta(days=7), False: timedelta(days=30)}
"""How long a weakness may stay: usable from the network (or nobody says), or not."""
OLD = timedelta(days=7)
"""An export whose newest word is older says little about this week."""
MOST = 16 * 1024 * 1024
"""Bytes of one file in an export; larger ones are not read."""
_SEMVER = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+.*)?")

Package = tuple[str, str]
"""(ecosystem, name) as OSV writes them."""


class UnusableExport(Exception):
    """The file cannot be read as advisories; the message says why."""


@dataclass(frozen=True, slots=True)
class Export:
    """What a file says: its advisories, how many of its entries could not be read."""

    advisories: list[dict[str, Any]]
    unread: int


def advisories(files: Iterable[Path], lock: Path, now: datetime | None = None) -> Iterator[Finding]:
    """What each export says about the packages of this installation."""
    there = installed() | locked(lock)
    for file in files:
        yield from _of_file(file, there, now or datetime.now(UTC))


def _of_file(file: Path, there: dict[Package, set[str]], now: datetime) -> Iterator[Finding]:
    try:
        export = read(file)
    except UnusableExport as error:
        yield problem(
            f"Advisories in {file}: {error}",
            "Give an export in the OSV format: a JSON file, or a ZIP of them as osv.dev gives out.",
        )
        return
    if export.unread:
        yield warning(
            f"{export.unread} entries of {file} could not be read",
            "Fetch the export again; it may be damaged.",
        )
    newest = max((_moment(one.get("modified")) for one in export.advisories), default=_moment(None))
    covered = {name for one in export.advisories for name, _package in _ecosystems(one)}
    known = sorted({ecosystem for ecosystem, _name in there} & covered)
    if not known:
        yield problem(
            f"{file} has no advisories on packages of PyPI or npm",
            "Give the exports of these two ecosystems (--advisories may be given twice).",
        )
        return
    if now - newest > OLD:
        yield warning(
            f"The newest advisory in {file} is of {newest:%Y-%m-%d}",
            "Fetch the export again, at least weekly.",
        )
    hits = 0
    for advisory in export.advisories:
        for (ecosystem, name), version in affected(advisory, there):
            hits += 1
            yield _said(advisory, f"{ecosystem} {name} {version}", now)
    if not hits:
        count = sum(1 for ecosystem, _name in there if ecosystem in known)
        yield ok(
            f"No known weakness in {count} packages ({', '.join(known)}), by {file} of {newest:%Y-%m-%d}"
        )


def _said(advisory: dict[str, Any], what: str, now: datetime) -> Finding:
    network = from_the_network(advisory)
    end = _moment(advisory.get("published") or advisory.get("modified")) + FRAMES[network]
    ids = ", ".join(str(one) for one in [advisory.get("id"), *(advisory.get("aliases") or [])] if one)
    about = re.sub(r"\s+", " ", str(advisory.get("summary") or "")).strip()[:160]
    said = f"{what}: {ids}{f' ({about})' if about else ''}"
    fixed = ", ".join(sorted(_fixes(advisory)))
    advice = f"Go to a version without it{f' ({fixed})' if fixed else ''}"
    if now > end:
        return problem(f"{said}; past its time frame since {end:%Y-%m-%d}", f"{advice} now.")
    return warning(said, f"{advice} by {end:%Y-%m-%d}.")


# --- What is there ---------------------------------------------------------------------------------


def installed() -> dict[Package, set[str]]:
    """The Python packages of this environment."""
    found: dict[Package, set[str]] = {}
    for one in metadata.distributions():
        if name := one.metadata["Name"]:
            found.setdefault(("PyPI", _plain(name)), set()).add(one.version)
    return found


def locked(lock: Path) -> dict[Package, set[str]]:
    """The npm packages that pages load; those of tests are not served."""
    if not lock.is_file():
        return {}
    found: dict[Package, set[str]] = {}
    for place, package in json.loads(lock.read_text(encoding="utf-8")).get("packages", {}).items():
        name = place.rpartition("node_modules/")[2]
        if name and not package.get("dev") and (version := package.get("version")):
            found.setdefault(("npm", name), set()).add(version)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# --- What an export says ---------------------------------------------------------------------------


def read(file: Path) -> Export:
    """All advisories of a file that are not withdrawn.

    Raises:
        UnusableExport: it is no export.
    """
    try:
        if zipfile.is_zipfile(file):
            return _read_zip(file)
        found = json.loads(file.read_bytes())
    except OSError as error:
        raise UnusableExport(error.strerror or "cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise UnusableExport("it is neither JSON nor a ZIP") from error
    entries = found if isinstance(found, list) else [found]
    return _sorted_out(entries, 0)


def _read_zip(file: Path) -> Export:
    entries: list[Any] = []
    unread = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if not info.filename.endswith(".json"):
                    continue
                if info.file_size > MOST:
                    unread += 1
                    continue
                try:
                    entries.append(json.loads(archive.read(info)))
                # An entry of any sender's making may be no JSON, damaged, encrypted or packed otherwise: it is
                # counted, and the finding says how many could not be read.
                except (ValueError, RecursionError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
                    unread += 1
    except zipfile.BadZipFile as error:
        raise UnusableExport("the ZIP is damaged") from error
    return _sorted_out(entries, unread)


def _sorted_out(entries: list[Any], unread: int) -> Export:
    kept = [one for one in entries if isinstance(one, dict) and one.get("id")]
    return Export([one for one in kept if not one.get("withdrawn")], unread + len(entries) - len(kept))


def _ecosystems(advisory: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in advisory.get("affected") or []:
        if isinstance(one, dict) and isinstance(package := one.get("package"), dict):
            yield str(package.get("ecosystem", "")).partition(":")[0], one


def affected(advisory: dict[str, Any], there: dict[Package, set[str]]) -> Iterator[tuple[Package, str]]:
    """The packages and versions here that an advisory is about."""
    seen: set[tuple[Package, str]] = set()
    for ecosystem, one in _ecosystems(advisory):
        name = str(one["package"].get("name", ""))
        key = (ecosystem, _plain(name) if ecosystem == "PyPI" else name)
        for version in sorted(there.get(key, ())):
            if (key, version) not in seen and _is_affected(version, one, ecosystem):
                seen.add((key, version))
                yield key, version


def _is_affected(version: str, one: dict[str, Any], ecosystem: str) -> bool:
    """As OSV evaluates it: listed, or inside a range; a version that cannot be compared counts as inside."""
    if version in (one.get("versions") or []):
        return True
    ranges = [r for r in one.get("ranges") or [] if r.get("type") in {"ECOSYSTEM", "SEMVER"}]
    return any(_in_range(version, r.get("events") or [], ecosystem) for r in ranges)


def _in_range(version: str, events: list[dict[str, str]], ecosystem: str) -> bool:
    inside = False
    try:
        here = _key(version, ecosystem)
        turns = [
            (None if at == "0" else _key(at, ecosystem), kind) for one in events for kind, at in one.items()
        ]
        for at, kind in sorted(turns, key=lambda turn: (turn[0] is not None, turn[0])):
            if kind == "introduced" and (at is None or here >= at):
                inside = True
            elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
                inside = False
    except (ValueError, TypeError, AttributeError):
        return True
    return inside


def _key(version: str, ecosystem: str) -> Any:
    """Something that orders versions as their ecosystem does."""
    if ecosystem == "PyPI":
        try:
            return Version(version)
        except InvalidVersion as error:
            raise ValueError(version) from error
    found = _SEMVER.fullmatch(version)
    if found is None:
        raise ValueError(version)
    numbers = tuple(int(part or 0) for part in found.groups()[:3])
    before = found[4]
    # Semantic Versioning 2.0.0, 11: without a pre-release is later; numbers come before words.
    parts = (
        tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in before.split(".")) if before else ()
    )
    return (numbers, not before, parts)


def from_the_network(advisory: dict[str, Any]) -> bool:
    """Whether it can be used from the network, by its CVSS vectors; True when it has none."""
    vectors = [str(one.get("score", "")) for one in advisory.get("severity") or [] if isinstance(one, dict)]
    said = [found[1] for vector in vectors if (found := re.search(r"(?:^|/)AV:([NALP])", vector))]
    return "N" in said or not said


def _fixes(advisory: dict[str, Any]) -> set[str]:
    return {
        str(event["fixed"])
        for _ecosystem, one in _ecosystems(advisory)
        for found in one.get("ranges") or []
        if found.get("type") in {"ECOSYSTEM", "SEMVER"}
        for event in found.get("events") or []
        if event.get("fixed")
    }


def _moment(text: object) -> datetime:
    """A time of the export; the beginning of time when it says none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
