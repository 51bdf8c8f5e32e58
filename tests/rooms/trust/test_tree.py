"""The tree's arithmetic against the definitions of RFC 6962, and the published vectors against the verifier."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehall import verify_evidence as verifier
from servicehall.rooms.trust import layout, merkle

pytestmark = pytest.mark.one_database
VECTORS = Path(__file__).parents[3] / ".." / "shared" / "vectors" / "transparency-dev-merkle" / "testdata"


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(count)]


def defined(hashes: list[bytes]) -> bytes:
    """The root, word for word as RFC 6962 (2.1) defines it."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + defined(hashes[:split]) + defined(hashes[split:])).digest()


def grown(hashes: list[bytes], batches: list[int]) -> dict[merkle.TileId, bytes]:
    """The tiles of a tree that grew in batches of these sizes, over and over."""
    tiles: dict[merkle.TileId, bytes] = {}
    size, turn = 0, 0
    while size < len(hashes):
        part = hashes[size : size + batches[turn % len(batches)]]
        edge = {tile: tiles[tile] for tile in merkle.edge_tiles(size)}
        tiles.update(merkle.grow(size, edge, part))
        size, turn = size + len(part), turn + 1
    return tiles


ALL = leaves(70_000)
TILES = grown(ALL, [5000])


def test_known_roots() -> None:
    """The empty tree, one empty leaf, and the published tree of eight leaves."""
    data = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    hashes = [merkle.leaf_hash(bytes.fromhex(one)) for one in data]
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert hashes[0].hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    tiles = grown(hashes, [3])
    assert (
        merkle.hash_of((0, 8), tiles).hex()
        == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_the_root_of_every_size_is_the_defined_one(size: int) -> None:
    edge = {tile: TILES[tile][: (size >> 8 * tile[0]) % 256 * 32] for tile in merkle.edge_tiles(size)}
    assert merkle.hash_of((0, size), edge) == defined(ALL[:size])


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6), st.integers(0, 1500))
@settings(max_examples=30, deadline=None)
def test_it_does_not_matter_in_which_batches_a_tree_grows(batches: list[int], size: int) -> None:
    assert grown(ALL[:size], batches) == grown(ALL[:size], [size or 1])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_every_leaf_is_proved_in_every_tree(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(ALL)))
    index = data.draw(st.integers(0, size - 1))
    parts = merkle.inclusion(index, size)
    tiles = {tile: TILES[tile] for tile in merkle.tiles_of(parts)}
    proof = [merkle.hash_of(part, tiles) for part in parts]
    root = merkle.hash_of((0, size), TILES)
    verifier.check_inclusion(ALL[index], index, size, proof, root)
    assert len(tiles) <= 6
    for wrong in (ALL[index - 1] if size > 1 else merkle.EMPTY_ROOT, root if size > 1 else ALL[1]):
        with pytest.raises(verifier.Wrong):
            verifier.check_inclusion(wrong, index, size, proof, root)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_every_tree_is_proved_to_begin_with_every_smaller_one(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, len(ALL)))
    old = data.draw(st.integers(1, new))
    parts = merkle.consistency(old, new)
    tiles = {tile: TILES[tile] for tile in merkle.tiles_of(parts)}
    proof = [merkle.hash_of(part, tiles) for part in parts]
    roots = [merkle.hash_of((0, size), TILES) for size in (old, new)]
    verifier.check_consistency(old, new, proof, *roots)
    with pytest.raises(verifier.Wrong):
        verifier.check_consistency(old, new, [*proof, merkle.EMPTY_ROOT], *roots)
    if old < new:
        with pytest.raises(verifier.Wrong):
            verifier.check_consistency(
                old, new, proof, defined(ALL[1 : old + 1] if old < 99 else ALL[:9]), roots[1]
            )


@pytest.mark.parametrize(
    ("number", "width", "name"),
    [(0, 256, "000"), (273, 256, "273"), (1234067, 256, "x001/x234/067"), (5, 17, "005.p/17")],
)
def test_tiles_have_the_names_of_the_specification(number: int, width: int, name: str) -> None:
    one = layout.Wanted(2, number, width)
    assert one.path == f"2/{name}"
    assert layout.wanted(one.path) == one
    assert f"tile/2/{name}" == verifier.tile_path("2", number, width)
    assert layout.wanted(f"entries/{name}") == layout.Wanted(None, number, width)


@pytest.mark.parametrize(
    "path",
    ["", "0", "0/0", "0/00", "64/000", "0/1000", "0/x000/001", "0/000.p/256", "0/000.p/0", "0/000.p/01", "0/000.p",
     "-1/000", "0/000/", "entries", "data/000", "0/٠٠٠", "0/x1/000", "0/000.p/999"],
)  # fmt: skip
def test_other_names_are_no_tiles(path: str) -> None:
    assert layout.wanted(path) is None


def test_a_trees_files_are_all_named_once() -> None:
    paths = [one.path for one in layout.of_tree(70_000)]
    assert len(paths) == len(set(paths)) == 274 * 2 + 2 + 1
    assert {"0/000", "0/273.p/112", "entries/273.p/112", "1/000", "1/001.p/17", "2/000.p/1"} <= set(paths)


# --- Published vectors -----------------------------------------------------------------------------


def vectors(kind: str) -> list[Any]:
    if not VECTORS.is_dir() and not os.environ.get("CI"):
        return [pytest.param(None, marks=pytest.mark.skip(reason="the vectors are not on this machine"))]
    found = sorted((VECTORS / kind).rglob("*.json"))
    return [pytest.param(path, id="/".join(path.parts[-2:])) for path in found] or [None]


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def outcome(check: Any, *given: Any) -> bool:
    try:
        check(*given)
    except verifier.Wrong:
        return False
    return True


@pytest.mark.parametrize("path", vectors("inclusion"))
def test_inclusion_vectors(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [raw(one) for one in case["proof"] or ()]
    good = outcome(
        verifier.check_inclusion,
        raw(case["leafHash"]),
        case["leafIdx"],
        case["treeSize"],
        proof,
        raw(case["root"]),
    )
    assert good is not case["wantErr"], case["desc"]


@pytest.mark.parametrize("path", vectors("consistency"))
def test_consistency_vectors(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [raw(one) for one in case["proof"] or ()]
    roots = raw(case["root1"]), raw(case["root2"])
    good = outcome(verifier.check_consistency, case["size1"], case["size2"], proof, *roots)
    # One vector takes roots of 12 bytes for equal trees; a root that is no SHA-256 is refused here.
    assert good is (not case["wantErr"] and all(len(root) == 32 for root in roots)), case["desc"]
