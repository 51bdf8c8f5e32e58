"""The stand-alone verifier finds every change of a log, and refuses everything malformed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehall import verify_evidence as verifier
from servicehall.rooms.trust import entries as leaf_texts
from servicehall.rooms.trust import merkle, notes
from tests.rooms.trust.archive import KEY, LOG, entry, signed, tiles_of, write

pytestmark = pytest.mark.one_database
FILE = Path(verifier.__file__)
COUNT = 700
ENTRIES = [entry(n) for n in range(COUNT)]
CHECKPOINT = signed(ENTRIES)
OLDER = [signed(ENTRIES, size) for size in (1, 255, 256, 300, 699)]


def verdict(folder: Path) -> str:
    """What is wrong; "": nothing."""
    try:
        verifier.LogCheck(folder, KEY).run()
    except verifier.Wrong as wrong:
        return str(wrong)
    return ""


# --- Whole logs --------------------------------------------------------------------------------------


def test_an_honest_log_is_right_with_progress(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    told = verifier.LogCheck(write(tmp_path, ENTRIES, CHECKPOINT, OLDER), KEY).run(
        lambda done, whole: seen.append((done, whole))
    )
    assert told == [
        "700 leaves make the root that hall.example/evidence signed",
        "5 older checkpoints are of the same log",
    ]
    assert seen == [(256, 700), (512, 700), (700, 700)]


def test_old_entries_may_be_let_go_and_their_hashes_still_count(tmp_path: Path) -> None:
    write(tmp_path, ENTRIES, CHECKPOINT, OLDER)
    (tmp_path / "tile" / "entries" / "000").unlink()
    told = verifier.LogCheck(tmp_path, KEY).run()
    assert told[0].endswith("256 of them without their entries")
    tile = tmp_path / "tile" / "0" / "000"
    tile.write_bytes(tile.read_bytes()[:-1] + b"\0")
    assert verdict(tmp_path)


def changed(how: str, index: int, other: int) -> list[bytes]:
    """The log with one leaf changed, as by somebody who numbers the rest anew so that it looks right."""
    found = list(ENTRIES)
    if how == "change":
        found[index] = entry(index, commitment="f" * 64)
    elif how == "back-date":
        found[index] = entry(index, at="2025-01-01T00:00:00+00:00")
    elif how == "remove":
        del found[index]
    elif how == "reorder":
        found[index], found[other] = found[other], found[index]
    else:
        found.insert(index, entry(index, kind="ticket.cancelled"))
    return found


@given(
    st.sampled_from(["change", "back-date", "remove", "reorder", "insert"]),
    st.integers(0, COUNT - 1),
    st.integers(0, COUNT - 1),
)
@settings(max_examples=60, deadline=None)
def test_no_single_leaf_can_be_changed(how: str, index: int, other: int) -> None:
    if how == "reorder" and index == other:
        other = (index + 1) % COUNT
    forged = changed(how, index, other)
    with tempfile.TemporaryDirectory() as name:
        # All files are made anew over the change; only the signature cannot be.
        assert verdict(write(Path(name), forged, CHECKPOINT))
    # With the key too, everything signed before tells: an older checkpoint that somebody kept, ...
    resigned = signed(forged)
    old, new = verifier.checkpoint_of(CHECKPOINT), verifier.checkpoint_of(resigned)
    first, second = (old, new) if old.size <= new.size else (new, old)
    tiles = tiles_of(forged if second is new else ENTRIES)
    proof = [merkle.hash_of(part, tiles) for part in merkle.consistency(first.size, second.size)]
    if forged != ENTRIES[: len(forged)]:  # without its last leaf it is what it was a moment before
        with pytest.raises(verifier.Wrong):
            verifier.check_consistency(first.size, second.size, proof, first.root, second.root)
    # ... or that the archive itself has.
    with tempfile.TemporaryDirectory() as name:
        assert verdict(write(Path(name), forged, resigned, [CHECKPOINT]))


@given(st.integers(1, COUNT), st.integers(0, COUNT - 1), st.integers(0, 80))
@settings(max_examples=60, deadline=None)
def test_a_fork_shown_to_two_readers_is_found_when_they_compare(size: int, fork: int, more: int) -> None:
    fork = fork % size
    other = [*ENTRIES[:fork], *(entry(n, commitment="e" * 64) for n in range(fork, size + more))]
    mine, theirs = signed(ENTRIES, size), signed(other)
    for tiles in (tiles_of(ENTRIES), tiles_of(other)):
        new = size + more
        try:
            proof = [notes.b64(merkle.hash_of(part, tiles)) for part in merkle.consistency(size, new)]
        except LookupError:  # my log was never so large
            continue
        with pytest.raises(verifier.Wrong):
            verifier.check_pair(mine, theirs, proof, KEY)


def test_files_that_are_missing_cut_or_of_another_are_found(tmp_path: Path) -> None:
    for name, content in (
        ("checkpoint", None),
        ("checkpoint", CHECKPOINT[:-3]),
        ("checkpoint", CHECKPOINT.replace("700", "699")),
        ("checkpoint", OLDER[-1]),
        ("checkpoints/300", OLDER[1]),
        ("checkpoints/800", CHECKPOINT),
        ("tile/0/001", None),
        ("tile/0/001", b"\0" * 8192),
        ("tile/1/000.p/2", b""),
        ("tile/entries/001", b"\xff\xff"),
        ("tile/entries/002.p/188", b""),
        ("records/0.jsonl", b'{"index": 1}'),
        ("records/0.jsonl", b"\xff"),
        ("records/0.jsonl", b"[" * 100_000),
        ("records/0.jsonl", b'{"index": -1, "record": "{}", "salt": ""}'),
        ("records/0.jsonl", b'{"index": "0", "record": "{}", "salt": ""}'),
        ("checkpoints/7x", OLDER[1]),
        ("checkpoints/0300", OLDER[1]),
    ):
        folder = tmp_path / str(abs(hash((name, content))))
        write(folder, ENTRIES, CHECKPOINT, OLDER)
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert verdict(folder), (name, content)


@pytest.mark.parametrize(
    "hostile",
    [b"[" * 60_000, b'{"site": [], "seq": 1}', b'{"site": "a", "seq": "1"}', b'{"site": "a", "seq": 1e999}',
     b'{"site": "a", "seq": true}', b'{"seq": 1}', b"null", b"\xff", b"9" * 5000],
)  # fmt: skip
def test_a_hall_that_signs_nonsense_is_found_wrong_and_stops_nobody(hostile: bytes, tmp_path: Path) -> None:
    entries = [hostile, *ENTRIES[:3]]
    assert verdict(write(tmp_path, entries, signed(entries))) == "an entry cannot be read"


def test_a_folder_where_a_file_should_be_is_wrong(tmp_path: Path) -> None:
    for name in ("tile/entries/001", "tile/0/001"):
        folder = write(tmp_path / name.replace("/", "-"), ENTRIES, CHECKPOINT, OLDER)
        (folder / name).unlink()
        (folder / name).mkdir()
        assert "cannot be read" in verdict(folder)


# --- Receipts ----------------------------------------------------------------------------------------

RECORD = '{"at":"2026-03-03T02:00:00Z","data":{"n":1},"kind":"test.noted","seq":1,"site":"a"}'
SALT = b"\3" * 32
LEAF = json.dumps(
    {"at": "2026-03-03T02:00:00Z", "commitment": leaf_texts.commitment(SALT, RECORD.encode()), "kind": "test.noted",
     "seq": 1, "site": "a", "type": "servicehall.event.v1"}
)  # fmt: skip
MANY = [*ENTRIES[:300], LEAF.encode(), *ENTRIES[300:]]
PROOF_TILES = tiles_of(MANY)


def receipt(**other: Any) -> dict[str, Any]:
    proof = [notes.b64(merkle.hash_of(part, PROOF_TILES)) for part in merkle.inclusion(300, len(MANY))]
    text = "c2sp.org/tlog-proof@v1\nindex 300\n" + "".join(f"{one}\n" for one in proof) + f"\n{signed(MANY)}"
    found = {
        "format": "servicehall.receipt.v1", "record": RECORD, "salt": SALT.hex(), "leaf": LEAF, "proof": text,
        "key": LOG.verifier_key,
    }  # fmt: skip
    return {**found, **other}


def test_a_receipt_is_right_and_may_carry_extra_data() -> None:
    record, told = verifier.check_receipt(receipt(), KEY)
    assert (record["data"], told) == ({"n": 1}, ["leaf 300 of 701 in the log hall.example/evidence"])
    with_extra = receipt()["proof"].replace("index", "extra AAAA\nindex", 1)
    verifier.check_receipt(receipt(proof=with_extra), KEY)


@given(st.sampled_from(["record", "leaf", "proof", "salt"]), st.data())
@settings(max_examples=150, deadline=None)
def test_no_byte_of_a_receipt_can_be_changed(part: str, data: st.DataObject) -> None:
    text = receipt()[part]
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from(["", "A", "0", "\n", "=", " ", "\u00e9"]))
    other = text[:at] + put + text[at + 1 :]
    if other in {text, text.upper()} or (part == "salt" and bytes_of(other) == SALT):
        return
    with pytest.raises(verifier.Wrong):
        verifier.check_receipt(receipt(**{part: other}), KEY)


def bytes_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


@pytest.mark.parametrize(
    "wrong",
    [None, [], 1, "x", {}, receipt(format="other"), receipt(record=1), receipt(leaf="[]"), receipt(salt="00"),
     receipt(proof="c2sp.org/tlog-proof@v1\n\n"), receipt(proof="c2sp.org/tlog-proof@v1\nindex 1\n"),
     receipt(record="[]"), receipt(leaf="{}"), receipt(record="[" * 100_000), receipt(leaf='"\ud800"'),
     receipt(record=RECORD.replace("a", "\ud800")), receipt(proof="\ud800")],
)  # fmt: skip
def test_what_is_no_receipt_is_refused(wrong: Any) -> None:
    with pytest.raises(verifier.Wrong):
        verifier.check_receipt(wrong, KEY)


def test_a_record_writes_nothing_but_text_on_a_terminal() -> None:
    shown = verifier._shown({"a": "\u202eright: 1\x9b2J", "b": "王\ud800"})
    assert shown == '{\n  "a": "\\u202eright: 1\\u009b2J",\n  "b": "王\\ud800"\n}'


def test_another_key_name_or_witness_is_refused() -> None:
    public = b"\1" * 32
    for key in (
        verifier.key_of(notes.verifier_key(LOG.origin, notes.ED25519, public)),
        verifier.key_of(notes.verifier_key("other.example", notes.ED25519, LOG.public)),
    ):
        with pytest.raises(verifier.Wrong):
            verifier.check_receipt(receipt(), key)
    witness = verifier.key_of(notes.verifier_key("w", notes.COSIGNATURE, public))
    with pytest.raises(verifier.Wrong):
        verifier.check_receipt(receipt(), KEY, [witness])
    for text in (
        "",
        "a",
        "a+b",
        "a+00000000+AAAA",
        LOG.verifier_key[:-1],
        LOG.verifier_key.replace("+", "+1", 1),
    ):
        with pytest.raises(verifier.Wrong):
            verifier.key_of(text)


def test_a_checkpoint_from_the_notes_of_others_is_read_as_the_specification_says() -> None:
    """The example of C2SP signed-note: its signature is by another kind of text, its form is right."""
    text = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    found = verifier.checkpoint_of(text)
    assert (found.origin, found.size, len(found.root), len(found.signatures)) == (
        "example.com/behind-the-sofa", 20852163, 32, 1,
    )  # fmt: skip
    for wrong in ("", "\n\n", text[:-1], text.replace("20852163", "020852163"), text.replace("—", "-"),
                  text.replace("q2I=", "q2I"), text.replace("\n\n", "\n"), text + "x"):  # fmt: skip
        with pytest.raises(verifier.Wrong):
            verifier.checkpoint_of(wrong)


# --- The file itself ---------------------------------------------------------------------------------


def test_the_file_needs_nothing_but_the_standard_library_and_cryptography() -> None:
    imported = set()
    for node in ast.walk(ast.parse(FILE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
    assert FILE.read_bytes() == (FILE.parents[2] / "tools" / "verify_evidence.py").read_bytes()


def alone(folder: Path, *arguments: object) -> tuple[int, str]:
    """Run a copy of the file in a folder where there is nothing else of ours."""
    copy = folder / "verify.py"
    copy.write_bytes(FILE.read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", str(copy), *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_the_command_line_says_right_or_wrong(tmp_path: Path) -> None:
    log = write(tmp_path / "log", ENTRIES, CHECKPOINT, OLDER)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(receipt()))
    bad.write_text(json.dumps(receipt(record=RECORD.replace("1}", "2}"))))
    proof = tmp_path / "proof.json"
    tiles = tiles_of(ENTRIES)
    hashes = [notes.b64(merkle.hash_of(part, tiles)) for part in merkle.consistency(300, 700)]
    proof.write_text(json.dumps({"proof": hashes}))
    key = ("--key", LOG.verifier_key)
    old, new = log / "checkpoints" / "300", log / "checkpoint"
    for arguments, code, words in (
        (("receipt", good, *key), 0, "right: leaf 300 of 701"),
        (("receipt", bad, *key), 1, "WRONG: the record was changed"),
        (("receipt", tmp_path / "none.json", *key), 1, "WRONG"),
        (("receipt", good, "--key", "nonsense"), 1, "WRONG: this is not a key"),
        (
            ("checkpoint", old, new, "--proof", proof, *key),
            0,
            "right: 700 leaves begin with the 300 of before",
        ),
        (("checkpoint", new, old, "--proof", proof, *key), 1, "WRONG"),
        (("checkpoint", old, new, *key), 1, "WRONG: the proof is empty"),
        (("log", log, *key), 0, "right: 700 leaves"),
    ):
        found = alone(tmp_path, *arguments)
        assert found[0] == code, found
        assert words in found[1]
