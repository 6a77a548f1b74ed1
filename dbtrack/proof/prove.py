"""Make a proof of inclusion that can be checked without the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.db import Database, Row
from dbtrack.errors import DbtrackError
from dbtrack.proof.blocks import Block, read_blocks
from dbtrack.proof.check_proof import PROOF_FORMAT
from dbtrack.proof.commitments import Slot, slots_of
from dbtrack.proof.digest import Digest
from dbtrack.proof.leaf import Leaf, whole_part
from dbtrack.proof.merkle import inclusion_path
from dbtrack.proof.strict_json import decoded


@dataclass(frozen=True)
class Proof:
    """A proof as a document.

    Args:
        unsealed: how many rows of the execution are missing in it, because they are not sealed or newer than
            the digest.
    """

    document: dict[str, object]
    unsealed: int

    def text(self) -> str:
        """Return the document as JSON text."""
        return json.dumps(self.document, indent=1) + "\n"


def prove(database: Database, key: bytes, digests: Sequence[Digest], *, reveal: bool) -> Proof:
    """Return a proof that an execution's rows were in the record when a digest was taken.

    Args:
        database: connected as an administrator of dbtrack or an auditor of everything.
        key: the execution's hash key, 32 bytes.
        digests: the first one that covers all its rows is used, else the last.
        reveal: include who acted and the statement, which otherwise are only committed to.

    Raises:
        DbtrackError: there is no such execution, or none of its rows is sealed.
    """
    database.execute(sql_files.query("verify/note_auditor"), {"command": "prove"})
    found = database.rows(sql_files.query("verify/prove_leaves"), {"key": key})
    if not found:
        raise DbtrackError(f"there is no execution {key.hex()}", hint="run: dbtrack history")
    sealed = [row for row in found if row[2] is not None]
    if not sealed:
        raise DbtrackError(f"execution {key.hex()} is not sealed yet", hint="run: dbtrack seal")
    digest = _covering_digest(digests, max(row[2] for row in sealed))
    covered = [row for row in sealed if row[2] <= digest.block_number]
    if not covered:
        raise DbtrackError("the digests are older than this execution", hint="run: dbtrack digest")
    blocks = _blocks(database, min(row[2] for row in covered), digest.block_number)
    document: dict[str, object] = {
        "format": PROOF_FORMAT,
        "execution_key": key.hex(),
        "leaves": [leaf_document(database, row, blocks, reveal=reveal) for row in covered],
        "blocks": [block.header.as_json() for block in blocks.values()],
        "digest": digest.as_json(),
    }
    return Proof(document, len(found) - len(covered))


def _covering_digest(digests: Sequence[Digest], last_block: int) -> Digest:
    in_order = sorted(digests, key=lambda digest: digest.block_number)
    return next((digest for digest in in_order if digest.block_number >= last_block), in_order[-1])


def _blocks(database: Database, first: int, last: int) -> dict[int, Block]:
    encoding = database.value(sql_files.query("verify/hashed_encoding"))
    return {block.number: block for block in read_blocks(database, encoding, first, last)}


def leaf_document(
    database: Database, found: Row, blocks: Mapping[int, Block], *, reveal: bool
) -> dict[str, object]:
    """Return a leaf with the path from it to the root of its block's tree.

    Args:
        found: a row of the query verify/prove_leaves that is sealed in one of the blocks.
        reveal: include who acted and the statement.
    """
    load_date, record_key, number, index = found
    block = blocks[number]
    window = {"block": number, "from": block.first_load_date, "to": block.last_load_date}
    hashes = [row[0] for row in database.rows(sql_files.query("verify/leaf_hashes"), window)]
    encoding = database.value(sql_files.query("verify/hashed_encoding"))
    rows = database.rows(
        sql_files.query("verify/leaves"),
        {"block": number, "from": load_date, "to": load_date, "encoding": encoding},
    )
    leaf = next(each for each in map(Leaf.from_row, rows) if each.key == record_key)
    return {
        "block_number": number,
        "leaf_index": index,
        "content": decoded(leaf.content()),
        "person": _revealed(leaf, leaf.person_salt, leaf.person_values) if reveal else None,
        "text": _revealed(leaf, leaf.text_salt, leaf.text_values) if reveal else None,
        "path": [sibling.hex() for sibling in inclusion_path(hashes, index)],
    }


def _revealed(leaf: Leaf, salt: bytes | None, values: Sequence[bytes]) -> dict[str, object] | None:
    if salt is None or leaf.kind == "link":
        return None
    if leaf.leaf_format == 1:
        return {"salt": salt.hex(), "value": decoded(whole_part(values))}
    slots = slots_of(salt, len(values))
    return {"values": [_revealed_value(slot, value) for slot, value in zip(slots, values, strict=True)]}


def _revealed_value(slot: Slot, value: bytes) -> dict[str, str]:
    if slot.salt is None:
        return {"commitment": (slot.commitment or b"").hex()}
    return {"salt": slot.salt.hex(), "value": decoded(value)}
