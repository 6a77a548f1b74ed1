"""Compare a chain with digests that were kept elsewhere, and accept the forks that this finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from dbtrack.db import Database, Jsonb
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.proof.blocks import Block, Finding, FindingKind
from dbtrack.proof.digest import Digest
from dbtrack.proof.seal import seal
from dbtrack.proof.strict_json import ProofError


@dataclass
class DigestComparison:
    """The result of comparing digests with the chain.

    Args:
        accepted: how many digests belong to accepted forks.
        forks: the digests that are on another branch of the chain, or ahead of it.
        rewrites: the digests that the chain contradicts on its own branch.
        accepted_rewrites: how many digests belong to rewrites that were accepted.
    """

    accepted: int = 0
    forks: list[Digest] = field(default_factory=list)
    rewrites: list[Digest] = field(default_factory=list)
    accepted_rewrites: int = 0
    findings: list[Finding] = field(default_factory=list)


def compare_digests(
    digests: Sequence[tuple[Path | str, Digest]],
    blocks: Mapping[int, Block],
    last_block: int,
    public_key: bytes | None,
    accepted: Mapping[bytes, bool] = MappingProxyType({}),
) -> DigestComparison:
    """Find digests that are not signed, contradict each other, or are not on the chain.

    Args:
        digests: each with its file.
        blocks: the verified blocks, by number.
        last_block: the number of the last block in the database; 0 if there is none.
        public_key: 32 bytes; None leaves signatures unchecked.
        accepted: the block hashes of accepted forks, and whether each was a rewrite.
    """
    result = DigestComparison()
    seen: dict[int, Digest] = {}
    for file, digest in digests:
        if public_key is not None and (fault := _signature_fault(file, digest, public_key)):
            result.findings.append(fault)
            continue
        if digest.block_hash in accepted:
            result.accepted += not accepted[digest.block_hash]
            result.accepted_rewrites += accepted[digest.block_hash]
            continue
        other = seen.setdefault(digest.block_number, digest)
        if other.block_hash != digest.block_hash:
            message = f"{file}: another digest has a different block here"
            result.findings.append(Finding(FindingKind.FORK, message, digest.block_number))
        for finding in _against_chain(file, digest, blocks.get(digest.block_number), last_block):
            result.findings.append(finding)
            if finding.kind in (FindingKind.FORK, FindingKind.ROLLBACK):
                result.forks.append(digest)
            else:
                result.rewrites.append(digest)
    return result


def accept_forks(
    database: Database, forks: Sequence[Digest], reason: str, rewrites: Sequence[Digest] = ()
) -> None:
    """Record that these digests belong to a known fork, and seal; it takes effect once it is sealed.

    Args:
        rewrites: digests that the chain contradicts on its own branch, which are accepted as such.

    Raises:
        UsageError: there is nothing to accept, or the reason is empty.
        LockedError: another seal is running; the acceptance takes effect with the next seal.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    if not forks and not rewrites:
        raise UsageError(
            "there is no fork to accept, and no rewrite",
            hint="give the digests that verify reports, and --accept-fork or --accept-rewrite",
        )
    if database.in_recovery:
        raise DbtrackError("this server is a standby: it cannot record", hint="connect to the primary server")
    digests = [
        {
            "block_number": digest.block_number,
            "block_hash": digest.block_hash.hex(),
            "system_identifier": digest.system_identifier,
            "timeline": digest.timeline,
            "segment_number": digest.segment_number,
            **({"rewritten": True} if is_rewrite else {}),
        }
        for digest, is_rewrite in (*((each, False) for each in forks), *((each, True) for each in rewrites))
    ]
    database.call("accept_fork", p_digests=Jsonb(digests), p_reason=reason)
    seal(database)


def _signature_fault(file: Path | str, digest: Digest, public_key: bytes) -> Finding | None:
    try:
        digest.check_signature(public_key)
    except ProofError as error:
        return Finding(FindingKind.DIGEST, f"{file}: {error.message}", digest.block_number)
    return None


def _against_chain(
    file: Path | str, digest: Digest, block: Block | None, last_block: int
) -> Iterator[Finding]:
    if digest.block_number > last_block:
        message = f"{file} of {digest.digested_at} is ahead: the database was set back to block {last_block}"
        yield Finding(FindingKind.ROLLBACK, message, digest.block_number)
    elif block is not None and block.header.block_hash() != digest.block_hash:
        yield _contradiction(file, digest, block)


def _contradiction(file: Path | str, digest: Digest, block: Block) -> Finding:
    then = (digest.system_identifier, digest.timeline, digest.segment_number)
    now = (block.header.system_identifier, block.header.timeline, block.header.segment_number)
    if then == now:
        return Finding(FindingKind.DIGEST, f"{file}: the chain was rewritten since", digest.block_number)
    message = f"{file}: the chain forked: {_branch(*then)}, here {_branch(*now)}"
    return Finding(FindingKind.FORK, message, digest.block_number)


def _branch(system: str, timeline: int, segment: int) -> str:
    return f"system {system} timeline {timeline} segment {segment}"
