"""Merkle trees as in RFC 6962, in which leaves and inner nodes are hashed differently."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf's content."""
    return hashlib.sha256(_LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(_NODE + left + right).digest()


def root_hash(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root hash over one or more leaf hashes."""
    level = list(leaf_hashes)
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the sibling hashes from a leaf up to the root."""
    path: list[bytes] = []
    level = list(leaf_hashes)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _level_above(level)
        index //= 2
    return path


def root_from_path(leaf: bytes, index: int, leaf_count: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that the path leads to; None if a tree of that size has no such path.

    Args:
        leaf: the leaf's hash.
        index: the leaf's position, from 0.
        leaf_count: of the whole tree; with the index it determines every step of the path.
    """
    if not 0 <= index < leaf_count:
        return None
    siblings = iter(path)
    current, last = leaf, leaf_count - 1
    while last:
        if index % 2 or index < last:
            sibling = next(siblings, None)
            if sibling is None:
                return None
            current = node_hash(sibling, current) if index % 2 else node_hash(current, sibling)
        index //= 2
        last //= 2
    return current if next(siblings, None) is None else None


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    above = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return above + list(level[-1:]) if len(level) % 2 else above
