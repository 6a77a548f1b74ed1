"""Check a proof of inclusion without a database, and without trust in its author.

This module and its imports need only the standard library, and `cryptography` for the signature.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dbtrack.proof.block_header import BlockHeader
from dbtrack.proof.commitments import SALT_BYTES, VALUE_SALT_BYTES, Slot, part_commitment
from dbtrack.proof.digest import Digest
from dbtrack.proof.leaf_reader import VALUES, ProvenRow, read_leaf
from dbtrack.proof.merkle import HASH_BYTES, leaf_hash, root_from_path
from dbtrack.proof.strict_json import (
    ProofError,
    bytes_of,
    encoded,
    hexadecimal,
    list_of,
    member,
    number_of,
    object_in,
    object_of,
    read_object,
    text_of,
)

PROOF_FORMAT = "dbtrack proof 1"

_LONGEST_PATH = 64


@dataclass(frozen=True)
class CheckedProof:
    """What a checked proof shows.

    Args:
        rows: the execution's versions and links that were in the record when the digest was taken.
    """

    execution_key: bytes
    rows: list[ProvenRow]
    digest: Digest


def check_proof(data: bytes, public_key: bytes | None) -> CheckedProof:
    """Verify a proof from its rows up to the digest.

    Args:
        data: the JSON document.
        public_key: of the signer of the digests, 32 bytes; None accepts an unsigned digest.

    Raises:
        ProofError: it is invalid; the message says why.
    """
    document = read_object(data)
    if member(document, "format") != PROOF_FORMAT:
        raise ProofError(f"its format is not {PROOF_FORMAT!r}")
    key = bytes_of(document, "execution_key", HASH_BYTES)
    digest = Digest.read(object_of(document, "digest"))
    if public_key is not None:
        digest.check_signature(public_key)
    headers = _chain(list_of(document, "blocks"), digest)
    leaves = list_of(document, "leaves")
    if not leaves:
        raise ProofError("it shows no row")
    return CheckedProof(key, [checked_leaf(leaf, headers, key) for leaf in leaves], digest)


def linked_headers(documents: list[Any]) -> dict[int, BlockHeader]:
    """Return the headers by number, after checking that each follows the one before.

    Raises:
        ProofError: there is none, or they are not a chain.
    """
    headers = [BlockHeader.read(document) for document in documents]
    if not headers:
        raise ProofError("it has no block")
    for earlier, later in pairwise(headers):
        follows = later.block_number == earlier.block_number + 1
        if not follows or later.previous_hash != earlier.block_hash():
            raise ProofError(f"block {later.block_number} does not follow block {earlier.block_number}")
    return {header.block_number: header for header in headers}


def _chain(documents: list[Any], digest: Digest) -> dict[int, BlockHeader]:
    """Return the headers by number, after checking that they are a chain that ends at the digest."""
    headers = linked_headers(documents)
    last = next(reversed(headers.values()))
    if (last.block_number, last.block_hash()) != (digest.block_number, digest.block_hash):
        raise ProofError("the chain of blocks does not end at the digest")
    return headers


def checked_leaf(document: Any, headers: Mapping[int, BlockHeader], key: bytes) -> ProvenRow:
    """Return the row of a leaf, after checking that it is in the tree of one of these blocks.

    Args:
        document: what `prove.leaf_document` returned.
        key: of the execution that the row belongs to, 32 bytes.

    Raises:
        ProofError: it is not, or what it reveals does not match its commitment.
    """
    header = headers.get(number_of(document, "block_number"))
    if header is None:
        raise ProofError("a row belongs to a block that is not in the chain")
    content = encoded(text_of(document, "content"))
    path = list_of(document, "path")
    if len(path) > _LONGEST_PATH:
        raise ProofError("a path is longer than the height of any tree")
    siblings = [hexadecimal(sibling, "path", HASH_BYTES) for sibling in path]
    index = number_of(document, "leaf_index")
    root = root_from_path(leaf_hash(content), index, header.leaf_count, siblings)
    if root is None or not hmac.compare_digest(root, header.root_hash):
        raise ProofError(f"leaf {index} is not in the tree of block {header.block_number}")
    row = read_leaf(content, key)
    for part, commitment in (("person", row.person_commitment), ("text", row.text_commitment)):
        shown = member(document, part)
        if shown is not None:
            read = _whole_part if row.leaf_format == 1 else _each_value
            row = row.with_revealed(part, read(shown, part, commitment))
    return row


def _whole_part(document: Any, part: str, commitment: bytes | None) -> list[bytes | None]:
    """Return the value that format 1 reveals for a part, after checking its commitment."""
    salt = hexadecimal(member(document, "salt"), f"the salt of {part}", SALT_BYTES)
    value = encoded(text_of(document, "value"))
    if commitment is None or hashlib.sha256(salt + value).digest() != commitment:
        raise ProofError(f"the value of {part} does not match its commitment")
    return [value]


def _each_value(document: Any, part: str, commitment: bytes | None) -> list[bytes | None]:
    """Return the values that format 2 reveals for a part, None if erased, after checking the commitment."""
    shown = list_of(document, "values")
    if len(shown) != len(VALUES[part]):
        raise ProofError(f"{part} does not have the expected number of values")
    values = [
        None if "commitment" in each else encoded(text_of(each, "value")) for each in map(object_in, shown)
    ]
    slots = [_slot(each, part) for each in shown]
    if part_commitment(slots, [value or b"" for value in values]) != commitment:
        raise ProofError(f"the value of {part} does not match its commitment")
    return values


def _slot(document: Mapping[str, Any], part: str) -> Slot:
    if "commitment" in document:
        return Slot(None, bytes_of(document, "commitment", HASH_BYTES))
    return Slot(hexadecimal(member(document, "salt"), f"a salt of {part}", VALUE_SALT_BYTES))
