"""Verify a data file without the database: against itself, its document, and digests from outside."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dbtrack.errors import UsageError
from dbtrack.evidence.data_file import canonical, members
from dbtrack.evidence.data_reader import DataReader, Row
from dbtrack.evidence.facts import Tally
from dbtrack.evidence.model import Change, ExceptionKind, KindCount
from dbtrack.evidence.sampling import Sampler
from dbtrack.evidence.sealed_row import check_is_shown, difference, is_hidden
from dbtrack.proof.block_header import BlockHeader
from dbtrack.proof.check_proof import checked_leaf, linked_headers
from dbtrack.proof.digest import Digest
from dbtrack.proof.leaf_reader import ProvenRow
from dbtrack.proof.strict_json import MOST_BYTES, ProofError
from dbtrack.render.readable import counted

_MOST_FINDINGS = 20
_HEX = re.compile(r"[0-9a-f]{64}")
_OF_NO_CHANGE = {ExceptionKind.CAPTURE_OFF, ExceptionKind.VERIFICATION_FAILED}
_CHANGE_NAMES = tuple(each.name for each in fields(Change))
# Files that were drawn before there were classes have neither.
_LATER_NAME, _LATER_TOTAL = "classes", "classified"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "bool": (bool,),
    "int": (int,),
}
_CHANGE_TYPES = {each.name: _TYPES[str(each.type)] for each in fields(Change) if str(each.type) in _TYPES}
_MOST_SAMPLED = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What a value of the wrong type or size raises, wherever it is used.
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)


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
    digests: Sequence[tuple[Path | str, Digest]],
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
        result.findings.extend(check.faults)
        result.findings.append(f"{path}: {error.message}")
        return result
    if canonical(reader.sections) != canonical(reader.stated):
        _compare_sections(reader, result)
    _compare_document(reader, stated, result)
    check.finish(result)
    headers = check.headers(result)
    covered = _compare_digests(headers, digests, public_key, check.drawn_at, result)
    if digests:
        check.say_uncovered(covered, result)
    return result


def _compare_sections(reader: DataReader, result: FileVerification) -> None:
    if not isinstance(reader.stated, dict):
        result.add("the digests of the sections are not an object")
    stated = reader.stated if isinstance(reader.stated, dict) else {}
    for name in sorted({*reader.sections, *stated}):
        if canonical(reader.sections.get(name)) != canonical(stated.get(name)):
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
        self._faults = FileVerification()
        self._single: dict[str, Any] = {}
        self._lists: dict[str, list[Any]] = {"kinds": [], "sample": [], "blocks": [], "proofs": []}
        self._kept_bytes = 0
        # The seal of each proven change.
        self._proven: dict[str, int] = {}
        self._hidden = 0
        self._takers: Mapping[str, Callable[[Row], None]] = {
            "draw": self._take_draw,
            "population": self._take_change,
            "exceptions": self._take_exception,
        }

    @property
    def faults(self) -> Sequence[str]:
        """The rows that are not what their section has, each a finding; the first twenty."""
        return self._faults.findings

    @property
    def drawn_at(self) -> datetime | None:
        """When the file says that it was drawn; None if it does not."""
        try:
            return _moment(self._single["scope"]["drawn_at"])
        except _MALFORMED:
            return None

    def take(self, row: Row) -> None:
        """Take a row of whatever section.

        Raises:
            ProofError: a section has more rows than it can have.
        """
        if row.section in self._takers:
            try:
                self._takers[row.section](row)
            except _MALFORMED:
                self._faults.add(f"line {row.line}: it is not a row of {row.section}")
        elif row.section in self._lists:
            self._keep(row)
        elif row.section in ("scope", "totals"):
            self._single[row.section] = row.value

    def _keep(self, row: Row) -> None:
        kept = self._lists[row.section]
        # There are as many seals as the server made: only their size is limited.
        limits = {"kinds": len(ExceptionKind), "blocks": None}
        allowed = limits.get(row.section, self._sampler.size)
        self._kept_bytes += len(canonical(row.value))
        if (allowed is not None and len(kept) >= allowed) or self._kept_bytes > MOST_BYTES:
            raise ProofError(f"line {row.line}: the section {row.section} has more rows than it can have")
        kept.append(row.value)

    def finish(self, result: FileVerification) -> None:
        """Add what does not agree."""
        for fault in self.faults:
            result.add(fault)
        if self._of_changes != self._of_exceptions:
            result.add("the exceptions that are listed are not those of the rows of the population")
        said = self._single.get("totals")
        if canonical(_as_in(members(self._tally.totals()), said, _LATER_TOTAL)) != canonical(said):
            result.add("the totals are not those of the rows of the population")
        if not self._are_kinds():
            result.add("the numbers of exceptions are not those of the rows of the exceptions")
        if [each.key.hex() for each in self._sampler.drawn()] != self._lists["sample"]:
            result.add("the sample is not the one that its seed draws from the population")
        changes = counted(self._tally.totals().changes, "change")
        found = counted(self._found.total(), "exception")
        result.said.append(f"{changes} and {found} counted again; the sample drawn again")

    def _are_kinds(self) -> bool:
        """Return whether each kind is there once, in order, with the numbers of the listed exceptions."""
        said, counted_kinds = self._lists["kinds"], []
        for kind, row in zip(ExceptionKind, said, strict=False):
            looked = row.get("was_looked_for") if isinstance(row, dict) else None
            if not isinstance(looked, bool) or (self._found[kind] and not looked):
                return False
            counted_kinds.append(members(KindCount(kind, self._found[kind], self._open[kind], looked)))
        return len(said) == len(ExceptionKind) and canonical(counted_kinds) == canonical(said)

    def headers(self, result: FileVerification) -> Mapping[int, BlockHeader]:
        """Check the chain of seals and the proofs of the sample, and return the headers by number."""
        if not self._lists["blocks"]:
            if self._lists["proofs"]:
                result.add("the file has proofs of the sample, and no seals")
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
        self._check_all_are_proven(headers, shown, result)
        proofs, seals = counted(len(self._proven), "change"), counted(len(headers), "seal")
        verb = "is" if len(self._proven) == 1 else "are"
        result.said.append(f"the chain of {seals} is unbroken; {proofs} of the sample {verb} in it")
        if self._hidden:
            result.said.append(f"an erasure hides values of {counted(self._hidden, 'change')} of the sample")
        return headers

    def _check_all_are_proven(
        self, headers: Mapping[int, BlockHeader], shown: Mapping[str, Change], result: FileVerification
    ) -> None:
        """Add the sampled changes without a proof that are older than what the newest seal was made for."""
        newest = headers[max(headers)]
        before = newest.last_load_date_us if newest.sealed_before_us is None else newest.sealed_before_us
        given = {
            str(proof.get("execution_key")) for proof in self._lists["proofs"] if isinstance(proof, dict)
        }
        missing = sorted(shown.keys() - given)
        for key in missing:
            if (shown[key].recorded_at - _EPOCH) // timedelta(microseconds=1) < before:
                result.add(f"the change {key[:12]} was recorded before the newest seal, and has no proof")
        if missing:
            result.said.append(f"{counted(len(missing), 'change')} of the sample without a proof")

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
            if key in self._proven:
                result.add(f"the change {key[:12]} has more than one proof")
                return
            leaves = proof["leaves"]
            rows = [(leaf, checked_leaf(leaf, headers, bytes.fromhex(key))) for leaf in leaves]
            found = next(((leaf, row) for leaf, row in rows if _is_version(row, change)), None)
            if found is None:
                result.add(f"the proof of {key[:12]} has not the version that the population has")
                return
            check_is_shown(*found)
            differs = difference(found[1], change)
        except (ProofError, *_MALFORMED) as error:
            text = error.message if isinstance(error, ProofError) else "its proof is not whole"
            result.add(f"a change of the sample is not proven: {text}")
            return
        self._proven[key] = found[0]["block_number"]
        self._hidden += is_hidden(found[1])
        if differs:
            result.add(f"the change {key[:12]} is not as it was sealed: {differs} was another one")

    def say_uncovered(self, covered: int | None, result: FileVerification) -> None:
        """Say how many changes of the sample no digest proves.

        Args:
            covered: the newest seal that a digest is of; None: there is none.
        """
        proven = sum(1 for number in self._proven.values() if covered is not None and number <= covered)
        changes = len(self._sampler.drawn())
        result.said.append(f"the digests prove {proven} of {counted(changes, 'change')} of the sample")
        if proven < changes:
            result.said.append(f"no digest covers {counted(changes - proven, 'change')} of the sample")

    def _take_draw(self, row: Row) -> None:
        value: Any = row.value
        size, seed = value["sample"], value["seed"]
        if type(size) is not int or not 0 <= size <= _MOST_SAMPLED or not isinstance(seed, str):
            raise ValueError("it is not a sample")
        seed.encode()
        self._sampler = Sampler(size, seed)

    def _take_change(self, row: Row) -> None:
        change = _change(row.value)
        self._tally.add(change)
        self._sampler.add(change)
        self._of_changes += sum(_hashed(kind, change.key.hex()) for kind in change.exceptions)

    def _take_exception(self, row: Row) -> None:
        value: Any = row.value
        kind, key = ExceptionKind(value["kind"]), value["key"]
        if not isinstance(value["is_open"], bool) or not isinstance(key, str | None):
            raise TypeError("it is not an exception")
        self._found[kind] += 1
        self._open[kind] += value["is_open"]
        if value["number"] != self._found.total():
            self._faults.add(f"line {row.line}: an exception before it is missing")
        if kind not in _OF_NO_CHANGE:
            self._of_exceptions += _hashed(kind, str(key))


def _hashed(kind: str, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{kind}:{key}".encode()).digest())


def _change(value: Any) -> Change:
    """Return a row of the population; raise one of _MALFORMED if it is not as it is written."""
    values = {name: value[name] for name in _CHANGE_NAMES if name in value or name != _LATER_NAME}
    if any(type(values[name]) not in types for name, types in _CHANGE_TYPES.items()):
        raise TypeError("a value has another type")
    kinds = tuple(ExceptionKind(each).value for each in values["exceptions"])
    classes = tuple(str(each) for each in values.get(_LATER_NAME, ()))
    values |= {"key": bytes.fromhex(values["key"]), "exceptions": kinds, _LATER_NAME: classes}
    values |= {name: _moment(values[name]) for name in ("occurred_at", "recorded_at")}
    change = Change(**values)
    if canonical(_as_in(members(change), value, _LATER_NAME)) != canonical(value):
        raise ValueError("it is not as it is written")
    return change


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("it has no time zone")
    return moment


def _as_in(written: Mapping[str, object], said: Any, later: str) -> dict[str, object]:
    """Return the members without the later one, if an older file does not have it."""
    has_it = not isinstance(said, dict) or later in said
    return {name: value for name, value in written.items() if has_it or name != later}


def _is_version(row: ProvenRow, change: Change) -> bool:
    return row.kind == "version" and row.attributes.get("version_number") == change.version_number


def _compare_digests(
    headers: Mapping[int, BlockHeader],
    digests: Sequence[tuple[Path | str, Digest]],
    public_key: bytes | None,
    drawn_at: datetime | None,
    result: FileVerification,
) -> int | None:
    """Compare the seals with the digests, and return the newest that a digest is of; None: none is."""
    matching = []
    for file, digest in digests:
        fault = _digest_fault(digest, headers.get(digest.block_number), public_key)
        fault = fault or _missing_seal(digest, headers, drawn_at)
        if fault:
            result.add(f"{file}: {fault}")
        elif digest.block_number in headers:
            matching.append(digest.block_number)
    if matching:
        _say_matching(len(matching), max(headers) - max(matching), public_key, result)
        return max(matching)
    if not digests:
        result.said.extend(["no digest from outside was compared: give --digests"] if headers else [])
        return None
    what = "none of the digests is of a seal that the data file has"
    result.add(what if headers else "no seals in the file to compare with the digests")
    return None


def _say_matching(matching: int, newer: int, public_key: bytes | None, result: FileVerification) -> None:
    signed = ", each signed with the key" if public_key is not None else ""
    verb = "matches" if matching == 1 else "match"
    result.said.append(f"{counted(matching, 'digest')} from outside {verb} the seals{signed}")
    if newer:
        verb = "is" if newer == 1 else "are"
        result.said.append(f"{counted(newer, 'seal')} {verb} newer than the newest digest: not covered by it")


def _missing_seal(
    digest: Digest, headers: Mapping[int, BlockHeader], drawn_at: datetime | None
) -> str | None:
    """Return what is wrong if the file ends before a seal that existed when it was drawn."""
    if not headers or digest.block_number <= max(headers) or drawn_at is None:
        return None
    try:
        if _moment(digest.digested_at) > drawn_at:
            return None
    except ValueError:
        return "its time is not one"
    return f"the data file was drawn later, and does not have the seal {digest.block_number}"


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
