"""Verify a data file without the database: against itself, its document, and digests from outside."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from dbtrack.errors import UsageError
from dbtrack.evidence.data_file import members, plain
from dbtrack.evidence.data_reader import DataReader, Row
from dbtrack.evidence.facts import Tally
from dbtrack.evidence.model import Change, ExceptionKind
from dbtrack.evidence.sampling import Sampler
from dbtrack.evidence.words import counted
from dbtrack.proof.block_header import BlockHeader
from dbtrack.proof.check_proof import checked_leaf, linked_headers
from dbtrack.proof.digest import Digest
from dbtrack.proof.leaf_reader import ProvenRow
from dbtrack.proof.strict_json import ProofError

_MOST_FINDINGS = 20
_HEX = re.compile(r"[0-9a-f]{64}")
_OF_NO_CHANGE = {ExceptionKind.CAPTURE_OFF, ExceptionKind.VERIFICATION_FAILED}
_CHANGE_NAMES = tuple(each.name for each in fields(Change))
# The columns of a change that its leaf has under these names.
_PROVEN = {"script_type": "script_type", "login": "db_session_user", "record_source": "record_source"}

# The members of its metadata that have the names of the columns.
_SAID = ("ticket", "approved_by", "pull_request", "git_commit")


@dataclass
class FileVerification:
    """What the verification of a data file found.

    Args:
        said: what was checked, each a sentence.
        findings: what is wrong; the first twenty.
    """

    said: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def add(self, finding: str) -> None:
        """Add a finding, unless there are very many."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(finding)


def verify_file(
    path: Path,
    digests: Sequence[tuple[Path, Digest]],
    *,
    public_key: bytes | None = None,
    sha256: str | None = None,
) -> FileVerification:
    """Check everything that can be checked without the database.

    Args:
        digests: those that were kept outside, each with its file.
        public_key: of their signer, 32 bytes; None leaves signatures unchecked.
        sha256: what the document says, in hexadecimal, with or without spaces; None: not known.

    Raises:
        UsageError: the file cannot be read, or the SHA-256 is not one.
    """
    stated = None if sha256 is None else re.sub(r"\s", "", sha256).lower()
    if stated is not None and not _HEX.fullmatch(stated):
        raise UsageError(f"{sha256} is not a SHA-256", hint="it has 64 hexadecimal digits")
    result, check = FileVerification(), _Check()
    try:
        with path.open("rb") as stream:
            reader = DataReader(stream)
            for row in reader.rows():
                check.take(row)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ProofError as error:
        result.add(f"{path}: {error.message}")
        return result
    if reader.sections != reader.stated:
        _compare_sections(reader, result)
    _compare_document(reader, stated, result)
    check.finish(result)
    _compare_digests(check.headers(result), digests, public_key, result)
    return result


def _compare_sections(reader: DataReader, result: FileVerification) -> None:
    stated = reader.stated if isinstance(reader.stated, dict) else {}
    for name in sorted({*reader.sections, *stated}):
        if reader.sections.get(name) != stated.get(name):
            result.add(f"the section {name} was altered: it does not match its digest at the end of the file")


def _compare_document(reader: DataReader, stated: str | None, result: FileVerification) -> None:
    result.said.append(f"SHA-256 of the file: {reader.sha256}")
    if stated is None:
        result.said.append("compare it with the one in the document, or give that with --sha256")
    elif stated != reader.sha256:
        result.add("the file is not the one that belongs to the document: its SHA-256 is another one")
    else:
        result.said.append("it is the one that the document has")


class _Check:
    """Collects the rows, and compares what they say with what can be computed from them."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._sampler = Sampler(0, "")
        # Sums of hashes, which are equal if both have the same exceptions, in whatever order: any number of
        # them takes no memory.
        self._of_changes = 0
        self._of_exceptions = 0
        self._found: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._faults: list[str] = []
        self._single: dict[str, Any] = {}
        self._lists: dict[str, list[Any]] = {"kinds": [], "sample": [], "blocks": [], "proofs": []}
        self._takers: Mapping[str, Callable[[Row], None]] = {
            "draw": self._take_draw,
            "population": self._take_change,
            "exceptions": self._take_exception,
        }

    def take(self, row: Row) -> None:
        """Take a row of whatever section."""
        if row.section in self._takers:
            try:
                self._takers[row.section](row)
            except (KeyError, TypeError, ValueError, AttributeError):
                self._faults.append(f"line {row.line}: it is not a row of {row.section}")
        elif row.section in self._lists:
            self._lists[row.section].append(row.value)
        else:
            self._single[row.section] = row.value

    def finish(self, result: FileVerification) -> None:
        """Add what does not agree."""
        for fault in self._faults:
            result.add(fault)
        if self._of_changes != self._of_exceptions:
            result.add("the exceptions that are listed are not those of the rows of the population")
        if plain(members(self._tally.totals())) != self._single.get("totals"):
            result.add("the totals are not those of the rows of the population")
        kinds = {each["kind"]: (each["found"], each["open"]) for each in self._lists["kinds"]}
        counted_kinds = {kind.value: (self._found[kind], self._open[kind]) for kind in ExceptionKind}
        if kinds != counted_kinds:
            result.add("the numbers of exceptions are not those of the rows of the exceptions")
        if [each.key.hex() for each in self._sampler.drawn()] != self._lists["sample"]:
            result.add("the sample is not the one that its seed draws from the population")
        changes = counted(self._tally.totals().changes, "change")
        found = counted(self._found.total(), "exception")
        result.said.append(f"{changes} and {found} counted again; the sample drawn again")

    def headers(self, result: FileVerification) -> Mapping[int, BlockHeader]:
        """Check the chain of seals and the proofs of the sample, and return the headers by number."""
        if not self._lists["blocks"]:
            result.said.append("the file has no seals: nothing in it can be compared with digests")
            return {}
        try:
            headers = linked_headers(self._lists["blocks"])
        except ProofError as error:
            result.add(f"the chain of seals was altered: {error.message}")
            return {}
        shown = {each.key.hex(): each for each in self._sampler.drawn()}
        for proof in self._lists["proofs"]:
            self._check_proof(proof, headers, shown, result)
        proofs = counted(len(self._lists["proofs"]), "change")
        seals = counted(len(headers), "seal")
        result.said.append(f"the chain of {seals} is unbroken; {proofs} of the sample are in it")
        return headers

    def _check_proof(
        self,
        proof: Any,
        headers: Mapping[int, BlockHeader],
        shown: Mapping[str, Change],
        result: FileVerification,
    ) -> None:
        try:
            key = proof["execution_key"]
            change = shown[key]
            rows = [checked_leaf(leaf, headers, bytes.fromhex(key)) for leaf in proof["leaves"]]
        except (ProofError, KeyError, TypeError, ValueError) as error:
            text = error.message if isinstance(error, ProofError) else "its proof is not whole"
            result.add(f"a change of the sample is not proven: {text}")
            return
        version = next((row for row in rows if _is_version(row, change)), None)
        if version is None:
            result.add(f"the proof of {key[:12]} has not the version that the population has")
        elif differs := _difference(version, change):
            result.add(f"the change {key[:12]} is not as it was sealed: {differs} was another one")

    def _take_draw(self, row: Row) -> None:
        value: Any = row.value
        self._sampler = Sampler(int(value["sample"]), str(value["seed"]))

    def _take_change(self, row: Row) -> None:
        change = _change(row.value)
        self._tally.add(change)
        self._sampler.add(change)
        self._of_changes += sum(_hashed(kind, change.key.hex()) for kind in change.exceptions)

    def _take_exception(self, row: Row) -> None:
        value: Any = row.value
        kind = ExceptionKind(value["kind"])
        self._found[kind] += 1
        self._open[kind] += bool(value["is_open"])
        if value["number"] != self._found.total():
            self._faults.append(f"line {row.line}: an exception before it is missing")
        if kind not in _OF_NO_CHANGE:
            self._of_exceptions += _hashed(kind, str(value["key"]))


def _hashed(kind: str, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{kind}:{key}".encode()).digest())


def _change(value: Any) -> Change:
    values = {name: value[name] for name in _CHANGE_NAMES}
    values |= {"key": bytes.fromhex(values["key"]), "exceptions": tuple(values["exceptions"])}
    values |= {name: datetime.fromisoformat(values[name]) for name in ("occurred_at", "recorded_at")}
    return Change(**values)


def _is_version(row: ProvenRow, change: Change) -> bool:
    return row.kind == "version" and row.attributes.get("version_number") == change.version_number


def _difference(row: ProvenRow, change: Change) -> str | None:
    """Return the name of the first value that is not as it was sealed; None if all are."""
    sealed, metadata = row.attributes, row.attributes.get("metadata")
    if datetime.fromisoformat(sealed["execution_timestamp"]) != change.occurred_at:
        return "the time"
    if sealed["execution_status"] != change.status:
        return "the status"
    if not change.subject.startswith(sealed["script_name"]):
        return "the subject"
    differing = [
        name for name, column in _PROVEN.items() if getattr(change, name) not in (None, sealed.get(column))
    ]
    if isinstance(metadata, dict):
        differing += [
            name for name in _SAID if (metadata.get(name) or "").strip() != (getattr(change, name) or "")
        ]
    return differing[0].replace("_", " ") if differing else None


def _compare_digests(
    headers: Mapping[int, BlockHeader],
    digests: Sequence[tuple[Path, Digest]],
    public_key: bytes | None,
    result: FileVerification,
) -> None:
    matching = 0
    for file, digest in digests:
        fault = _digest_fault(digest, headers.get(digest.block_number), public_key)
        if fault:
            result.add(f"{file}: {fault}")
        matching += fault is None and digest.block_number in headers
    if digests and headers and not matching:
        result.add("none of the digests is of a seal that the data file has")
    elif matching:
        signed = ", each signed with the key" if public_key is not None else ""
        result.said.append(f"{counted(matching, 'digest')} from outside match the seals{signed}")
    elif headers:
        result.said.append("no digest from outside was compared: give --digests")


def _digest_fault(digest: Digest, header: BlockHeader | None, public_key: bytes | None) -> str | None:
    """Return what is wrong with a digest; None where nothing is, or where the file has not its seal."""
    if public_key is not None:
        try:
            digest.check_signature(public_key)
        except ProofError as error:
            return error.message
    if header is not None and header.block_hash() != digest.block_hash:
        return f"the seal {digest.block_number} in the data file is not the one of this digest"
    return None
