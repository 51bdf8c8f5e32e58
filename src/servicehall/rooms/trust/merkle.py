"""The tree's arithmetic: hashes as in RFC 6962, kept in tiles of 256 as in C2SP tlog-tiles. Pure.

A tile at level L holds up to 256 hashes of perfect subtrees of 256**L leaves each. Everything that a
proof needs is the hash of a perfect subtree, and each of those is found within one tile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

HEIGHT = 8
WIDTH = 1 << HEIGHT
SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Range = tuple[int, int]
"""Leaves from, up to but not including."""
TileId = tuple[int, int]
"""(level, number)."""
Tiles = Mapping[TileId, bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\0" + entry).digest()


def fold(hashes: bytes) -> bytes:
    """The root of a perfect subtree, from the hashes of its lowest level one after another."""
    while len(hashes) > SIZE:
        hashes = b"".join(
            sha256(b"\1" + hashes[at : at + 2 * SIZE]).digest() for at in range(0, len(hashes), 2 * SIZE)
        )
    return hashes


def _joined(left_to_right: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees of falling sizes."""
    root = left_to_right[-1]
    for left in reversed(left_to_right[:-1]):
        root = sha256(b"\1" + left + root).digest()
    return root


def edge_tiles(size: int) -> list[TileId]:
    """The partial tiles at the right edge of a tree, lowest level first."""
    found, level = [], 0
    while size >> (HEIGHT * level):
        count = size >> (HEIGHT * level)
        if count % WIDTH:
            found.append((level, count // WIDTH))
        level += 1
    return found


def edge_lengths(size: int) -> dict[TileId, int]:
    """How many bytes each of the partial tiles has."""
    return {tile: (size >> HEIGHT * tile[0]) % WIDTH * SIZE for tile in edge_tiles(size)}


def grow(size: int, edge: Tiles, hashes: Sequence[bytes]) -> dict[TileId, bytes]:
    """The tiles that change when these leaves are added to a tree whose partial tiles are ``edge``."""
    changed: dict[TileId, bytes] = {}
    level, start, new = 0, size, list(hashes)
    while new:
        number, full = start // WIDTH, []
        held = edge[level, number] if start % WIDTH else b""
        while new:
            room = WIDTH - len(held) // SIZE
            held += b"".join(new[:room])
            new = new[room:]
            changed[level, number] = held
            if len(held) == WIDTH * SIZE:
                full.append(fold(held))
                held, number = b"", number + 1
        level, start, new = level + 1, start // WIDTH, full
    return changed


def pieces(part: Range) -> list[tuple[int, int]]:
    """A range of leaves that a proof names, as perfect subtrees (height, position) from left to right."""
    low, high = part
    found = []
    while low < high:
        height = (high - low).bit_length() - 1
        found.append((height, low >> height))
        low += 1 << height
    return found


def _place(height: int, position: int) -> tuple[TileId, int, int]:
    """Where the lowest hashes of a perfect subtree are: (tile, first, count)."""
    level, rest = divmod(height, HEIGHT)
    first = position << rest
    return (level, first // WIDTH), first % WIDTH, 1 << rest


def tiles_of(parts: Iterable[Range]) -> set[TileId]:
    """The tiles that hold these ranges."""
    return {_place(*piece)[0] for part in parts for piece in pieces(part)}


def hash_of(part: Range, tiles: Tiles) -> bytes:
    """The root over a range of leaves that a proof names.

    Raises:
        KeyError, IndexError: the tiles do not hold it.
    """
    found = []
    for piece in pieces(part):
        tile, first, count = _place(*piece)
        hashes = tiles[tile][first * SIZE : (first + count) * SIZE]
        if len(hashes) != count * SIZE:
            raise IndexError(tile)
        found.append(fold(hashes))
    return _joined(found) if found else EMPTY_ROOT


def _split(low: int, high: int) -> int:
    """The largest power of two below the number of leaves, from ``low`` on."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def inclusion(index: int, size: int) -> list[Range]:
    """What proves that a leaf is in a tree, the leaf's sibling first (RFC 6962, 2.1.1)."""
    low, high = 0, size
    found = []
    while high - low > 1:
        middle = _split(low, high)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """What proves that a tree grew out of a smaller one (RFC 6962, 2.1.2); nothing for an empty one."""
    if old in {0, new}:
        return []
    low, high, whole = 0, new, True
    found = []
    while old != high:
        middle = _split(low, high)
        if old <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low, whole = middle, False
    if not whole:
        found.append((low, high))
    return found[::-1]
