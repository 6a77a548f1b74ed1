"""Comparing a chain with digests that were kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from dbtrack.proof.blocks import Block
from dbtrack.proof.digest import Digest
from dbtrack.proof.findings import Finding, Wrong
from dbtrack.proof.strict_json import ProofError


def check_digests(
    digests: list[tuple[Path, Digest]],
    blocks: Mapping[int, Block],
    last_block: int,
    public_key: bytes | None,
) -> Iterator[Finding]:
    """Find digests that nobody signed, that contradict each other, or that the chain does not go through.

    Args:
        digests: with the file of each.
        blocks: those that are verified, by number.
        last_block: the last that the database has; 0 where it has none.
        public_key: None leaves signatures unchecked.
    """
    seen: dict[int, Digest] = {}
    for file, digest in digests:
        if public_key is not None:
            try:
                digest.check_signature(public_key)
            except ProofError as error:
                yield Finding(Wrong.DIGEST, f"{file}: {error.message}", digest.block_number)
                continue
        other = seen.setdefault(digest.block_number, digest)
        if other.block_hash != digest.block_hash:
            yield Finding(Wrong.FORK, f"{file}: another digest has another block here", digest.block_number)
        yield from _against_chain(file, digest, blocks.get(digest.block_number), last_block)


def _against_chain(file: Path, digest: Digest, block: Block | None, last_block: int) -> Iterator[Finding]:
    if digest.block_number > last_block:
        said = f"{file} of {digest.digested_at} is ahead: the database was set back to block {last_block}"
        yield Finding(Wrong.ROLLBACK, said, digest.block_number)
    elif block is not None and block.header.block_hash() != digest.block_hash:
        yield _contradiction(file, digest, block)


def _contradiction(file: Path, digest: Digest, block: Block) -> Finding:
    then = (digest.system_identifier, digest.timeline)
    now = (block.header.system_identifier, block.header.timeline)
    if then == now:
        return Finding(Wrong.DIGEST, f"{file}: the chain was rewritten since", digest.block_number)
    said = f"{file}: the chain forked: system {then[0]} timeline {then[1]}, here {now[0]} timeline {now[1]}"
    return Finding(Wrong.FORK, said, digest.block_number)
