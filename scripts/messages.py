"""Translations: collects the texts marked in code and templates, checks them, builds what Django reads.

Each app owns `locale/<language>/LC_MESSAGES/django.po`. No gettext programs are needed.

    messages.py extract [APP …]   adds new texts to the catalogues and drops unused ones
    messages.py check [APP …]     fails where a text is untranslated, doubtful or unused
    messages.py compile           builds the .mo files that are older than their .po

An APP is a folder under src/servicehall, such as `rooms/queueing`. A file that belongs to no app counts
to `channels/look` when it is a channel's, else to `kernel`.
"""

from __future__ import annotations

import argparse
import io
import re
import string
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from servicehall.processes import catalogues

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "servicehall"
LANGUAGES = ("zh_Hans",)
TEMPLATES = {".html", ".txt", ".svg"}
Key = str | tuple[str, str]  # a text, or its singular and plural
Identity = tuple[str | None, Key]  # with its context

CALLS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


@dataclass(frozen=True)
class Text:
    """A marked text and where it stands."""

    key: Key
    context: str | None
    place: str
    line: int
    comments: tuple[str, ...]

    @property
    def identity(self) -> Identity:
        return self.context, self.key


# --- Reading the source ----------------------------------------------------------------------------


def apps() -> dict[str, Path]:
    """Every app by its folder's name under src/servicehall."""
    folders = [SOURCE / "kernel"]
    for floor in ("rooms", "channels"):
        folders += sorted(p.parent for p in (SOURCE / floor).glob("*/__init__.py"))
    return {str(p.relative_to(SOURCE)): p for p in folders if p.is_dir()}


def owner(path: Path) -> str:
    """The app that a source file's texts belong to."""
    parts = path.relative_to(SOURCE).parts
    if parts[0] == "kernel":
        return "kernel"
    if parts[0] in {"rooms", "channels"} and len(parts) > 2:
        return f"{parts[0]}/{parts[1]}"
    return "channels/look" if parts[0] == "channels" else "kernel"


def source_files() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*")):
        inside = path.relative_to(SOURCE).parts
        if "migrations" in inside or "node_modules" in inside or not path.is_file():
            continue
        if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in inside):
            yield path


def as_python(path: Path) -> bytes:
    """The file as something Babel's Python reader understands; a template becomes its gettext calls."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return source.encode()
    calls = templatize(source, origin=str(path))
    return "\n".join(line.strip() for line in calls.splitlines()).encode()


def texts_of(path: Path) -> Iterator[Text]:
    found = extract(
        "python",
        io.BytesIO(as_python(path)),
        keywords=CALLS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for line, key, comments, context in found:
        identity: Key = (key[0], key[1]) if isinstance(key, tuple) else key
        yield Text(identity, context, str(path.relative_to(ROOT)), line, tuple(comments))


def texts_by_app() -> dict[str, list[Text]]:
    found: dict[str, list[Text]] = defaultdict(list)
    for path in source_files():
        found[owner(path)].extend(texts_of(path))
    return found


# --- Catalogues ------------------------------------------------------------------------------------


def catalogue_path(app: str, language: str) -> Path:
    return SOURCE / app / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages(catalogue: Catalog) -> dict[Identity, Message]:
    found: dict[Identity, Message] = {}
    for message in catalogue:
        if not message.id:
            continue  # the header
        key: Key = (message.id[0], message.id[1]) if isinstance(message.id, list | tuple) else message.id
        found[message.context, key] = message
    return found


def translations(message: Message) -> list[str]:
    said = message.string
    return [said] if isinstance(said, str) else list(said or ())


def placeholders(text: str) -> set[str]:
    """What a text leaves open: %(name)s, %s and {name}."""
    named = {f"%({name})" for name in re.findall(r"%\((\w+)\)", text)}
    bare = {"%s"} if re.search(r"(?<!%)%[sd]", text) else set()
    try:
        braces = {f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        braces = set()
    return named | bare | braces


def fault(message: Message) -> str | None:
    """What is wrong with a translation, or None."""
    said = translations(message)
    if not said or not all(said):
        return "not translated"
    if message.fuzzy:
        return "marked as doubtful (fuzzy)"
    wanted = placeholders(message.id if isinstance(message.id, str) else message.id[-1])
    if any(placeholders(text) != wanted for text in said):
        return f"must contain exactly {', '.join(sorted(wanted)) or 'no placeholder'}"
    return None


def show(identity: Identity) -> str:
    context, key = identity
    text = key if isinstance(key, str) else key[0]
    return repr(text) + (f" (context {context!r})" if context else "")


# --- The three commands ----------------------------------------------------------------------------


def faults_of_app(app: str, language: str, used: list[Text]) -> Iterator[str]:
    path = catalogue_path(app, language)
    where = path.relative_to(ROOT)
    there = messages(read_catalogue(path, language))
    wanted = {text.identity: text for text in used}
    for identity, text in wanted.items():
        if identity not in there:
            yield f"{where}: missing {show(identity)}, used in {text.place}:{text.line}"
        elif reason := fault(there[identity]):
            yield f"{where}: {show(identity)}: {reason}"
    for identity in there.keys() - wanted.keys():
        yield f"{where}: unused {show(identity)}"


def contradictions(language: str) -> Iterator[str]:
    """Django merges all catalogues, so one text has one translation; a second one would never be seen."""
    seen: dict[Identity, tuple[str, list[str]]] = {}
    for app in apps():
        for identity, message in messages(read_catalogue(catalogue_path(app, language), language)).items():
            said = translations(message)
            other, before = seen.setdefault(identity, (app, said))
            if before != said:
                yield f"{show(identity)} is {before[0]!r} in {other} but {said[0]!r} in {app}; give one a context"


def check(selected: Iterable[str]) -> int:
    used = texts_by_app()
    faults = [
        line
        for language in LANGUAGES
        for app in selected
        for line in faults_of_app(app, language, used.get(app, []))
    ]
    for language in LANGUAGES:
        faults += contradictions(language)
    for line in faults:
        print(line)
    if faults:
        print(
            f"{len(faults)} texts need a look. `make messages` collects them; translate them in the .po files."
        )
    return 1 if faults else 0


def extract_into_catalogues(selected: Iterable[str]) -> int:
    used = texts_by_app()
    for language in LANGUAGES:
        for app in selected:
            path = catalogue_path(app, language)
            if not used.get(app) and not path.exists():
                continue
            there = messages(read_catalogue(path, language))
            catalogue = Catalog(
                locale=language, fuzzy=False, project="servicehall", version="1", charset="utf-8"
            )
            for text in used.get(app, []):
                before = there.get(text.identity)
                catalogue.add(
                    text.key,
                    before.string if before else None,
                    locations=[(text.place, 0)],
                    flags=before.flags - {"python-format"} if before else (),
                    auto_comments=text.comments,
                    context=text.context,
                )
            write_catalogue(path, catalogue)
            missing = sum(1 for m in messages(catalogue).values() if not all(translations(m)))
            print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {missing} to translate")
    return 0


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    # Only what a reader of the file or Django uses: no dates or names that change at every run.
    catalogue.mime_headers = [
        ("Language", str(catalogue.locale)),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Plural-Forms", "nplurals=1; plural=0;"),
    ]
    catalogue.header_comment = ""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_by_file=True, include_lineno=False)


def compile_catalogues() -> int:
    """Builds the .mo files that are missing or older than their .po. Returns 1 when one cannot be read."""
    try:
        catalogues.build()
    except catalogues.UnreadableCatalogue as problem:
        print(problem)
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["extract", "check", "compile"])
    parser.add_argument("app", nargs="*", help="only these apps, e.g. rooms/queueing")
    options = parser.parse_args()
    known = apps()
    if unknown := [app for app in options.app if app not in known]:
        parser.error(f"no such app: {', '.join(unknown)}; there are {', '.join(known)}")
    selected = options.app or list(known)
    if options.command == "compile":
        return compile_catalogues()
    return check(selected) if options.command == "check" else extract_into_catalogues(selected)


if __name__ == "__main__":
    sys.exit(main())
