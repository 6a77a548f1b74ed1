"""Comparing a chain with digests that were kept elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dbtrack.proof.blocks import Block, Finding, FindingKind
from dbtrack.proof.digest import Digest
from dbtrack.proof.strict_json import ProofError


@dataclass
class DigestComparison:
    """What the digests say.

    Args:
        accepted: how many are of forks that somebody accepted.
        forks: those that another branch of the chain goes through, or that the database does not reach.
    """

    accepted: int = 0
    forks: list[Digest] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def compare_digests(
    digests: list[tuple[Path, Digest]],
    blocks: Mapping[int, Block],
    last_block: int,
    public_key: bytes | None,
    accepted: Collection[bytes] = frozenset(),
) -> DigestComparison:
    """Find digests that nobody signed, that contradict each other, or that the chain does not go through.

    Args:
        digests: with the file of each.
        blocks: those that are verified, by number.
        last_block: the last that the database has; 0 where it has none.
        public_key: None leaves signatures unchecked.
        accepted: the blocks of forks that are known, by hash.
    """
    result = DigestComparison()
    seen: dict[int, Digest] = {}
    for file, digest in digests:
        if public_key is not None:
            try:
                digest.check_signature(public_key)
            except ProofError as error:
                message = f"{file}: {error.message}"
                result.findings.append(Finding(FindingKind.DIGEST, message, digest.block_number))
                continue
        if digest.block_hash in accepted:
            result.accepted += 1
            continue
        other = seen.setdefault(digest.block_number, digest)
        if other.block_hash != digest.block_hash:
            message = f"{file}: another digest has a different block here"
            result.findings.append(Finding(FindingKind.FORK, message, digest.block_number))
        for finding in _against_chain(file, digest, blocks.get(digest.block_number), last_block):
            result.findings.append(finding)
            if finding.kind in (FindingKind.FORK, FindingKind.ROLLBACK):
                result.forks.append(digest)
    return result


def _against_chain(file: Path, digest: Digest, block: Block | None, last_block: int) -> Iterator[Finding]:
    if digest.block_number > last_block:
        message = f"{file} of {digest.digested_at} is ahead: the database was set back to block {last_block}"
        yield Finding(FindingKind.ROLLBACK, message, digest.block_number)
    elif block is not None and block.header.block_hash() != digest.block_hash:
        yield _contradiction(file, digest, block)


def _contradiction(file: Path, digest: Digest, block: Block) -> Finding:
    then = (digest.system_identifier, digest.timeline, digest.segment_number)
    now = (block.header.system_identifier, block.header.timeline, block.header.segment_number)
    if then == now:
        return Finding(FindingKind.DIGEST, f"{file}: the chain was rewritten since", digest.block_number)
    message = f"{file}: the chain forked: {_branch(*then)}, here {_branch(*now)}"
    return Finding(FindingKind.FORK, message, digest.block_number)


def _branch(system: str, timeline: int, segment: int) -> str:
    return f"system {system} timeline {timeline} segment {segment}"
