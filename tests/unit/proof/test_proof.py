"""A proof that somebody hostile wrote does not hold, whatever is wrong with it."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dbtrack.proof.block_header import NO_BLOCK, BlockHeader
from dbtrack.proof.check_proof import check_proof
from dbtrack.proof.digest import Digest
from dbtrack.proof.digest_file import sign_digest
from dbtrack.proof.merkle import inclusion_path, leaf_hash, node_hash, root_from_path, root_hash
from dbtrack.proof.signing import SigningKey
from dbtrack.proof.strict_json import ProofError, canonical

ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")

BUSINESS_KEY = "run_2026-01-15_14:30:25.123456_abc123"
KEY = hashlib.sha256(BUSINESS_KEY.encode()).digest()
SALT = bytes(range(16))
PERSON = '["alice", "10.0.0.1", null, null, null, null, null, null, null, "00"]'
SIZE = 7
Document = dict[str, Any]


def content(number: int) -> bytes:
    head = [
        "dbtrack version 1", KEY.hex(), 1_768_487_425_123_456, number, None, "run", "MANUAL", "COMPLETED",
        1_768_487_425_000_000, 5, "tracker_api@local:5432", BUSINESS_KEY, None, "tracker_api@local:5432",
    ]  # fmt: skip
    person = hashlib.sha256(SALT + PERSON.encode()).hexdigest()
    return b"\n".join([canonical(head), person.encode(), hashlib.sha256(b"text").hexdigest().encode()])


def header(number: int, previous: bytes, root: bytes) -> BlockHeader:
    return BlockHeader(number, 1, "7000", 1, "shop", "UTF8", previous, root, SIZE, 700, 707, 1, 2, 3)


KEYPAIR = SigningKey(ed25519.Ed25519PrivateKey.generate())
STRANGER = SigningKey(ed25519.Ed25519PrivateKey.generate())
LEAVES = [leaf_hash(content(number)) for number in range(SIZE)]
FIRST = header(1, NO_BLOCK, root_hash(LEAVES))
SECOND = header(2, FIRST.block_hash(), root_hash(LEAVES[::-1]))


def digest_of(last: BlockHeader, key: SigningKey | None = KEYPAIR) -> Digest:
    unsigned = Digest(
        last.block_number,
        last.block_hash(),
        last.root_hash,
        SIZE,
        14,
        1,
        "7000",
        1,
        "shop",
        "2026-01-15T15:00:00Z",
    )
    return sign_digest(unsigned, key)


def proof(index: int = 4) -> Document:
    leaf = {
        "block_number": 1,
        "leaf_index": index,
        "content": content(index).decode(),
        "person": {"salt": SALT.hex(), "value": PERSON},
        "text": None,
        "path": [sibling.hex() for sibling in inclusion_path(LEAVES, index)],
    }
    return {
        "format": "dbtrack proof 1",
        "execution_key": KEY.hex(),
        "leaves": [leaf],
        "blocks": [FIRST.as_json(), SECOND.as_json()],
        "digest": digest_of(SECOND).as_json(),
    }


def checked(document: Document | bytes, key: bytes | None = KEYPAIR.public_key) -> Any:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return check_proof(data, key)


@pytest.mark.parametrize("index", range(SIZE))
def test_an_honest_proof_holds_and_says_what_it_proves(index: int) -> None:
    (row,) = checked(proof(index)).rows
    assert row.attributes["version_number"] == index
    assert row.attributes["load_date"] == "2026-01-15T14:30:25.123456+00:00"
    assert row.attributes["db_session_user"] == "alice"


def leaf_change(**changes: Any) -> Callable[[Document], None]:
    return lambda document: document["leaves"][0].update(changes)


def block_change(number: int, **changes: Any) -> Callable[[Document], None]:
    return lambda document: document["blocks"][number].update(changes)


def swap_sides(document: Document) -> None:
    document["leaves"][0]["leaf_index"] ^= 1


def reverse_path(document: Document) -> None:
    document["leaves"][0]["path"].reverse()


def truncate(document: Document) -> None:
    document["leaves"][0]["path"].pop()


def extend(document: Document) -> None:
    document["leaves"][0]["path"].append("00" * 32)


def no_path(document: Document) -> None:
    # The root itself passed off as a leaf of a tree of one.
    document["leaves"][0]["path"] = []
    document["leaves"][0]["leaf_index"] = 0
    document["blocks"][0]["leaf_count"] = 1


def node_as_leaf(document: Document) -> None:
    leaf = document["leaves"][0]
    pair = LEAVES[4] + LEAVES[5]
    leaf["content"] = pair.decode("utf-8", "surrogateescape")
    leaf["leaf_index"], leaf["path"] = 2, leaf["path"][1:]


def duplicate_last(document: Document) -> None:
    # As Bitcoin's trees took it: the odd leaf paired with itself.
    leaf = document["leaves"][0]
    leaf["leaf_index"] = SIZE
    leaf["content"] = content(SIZE - 1).decode()
    leaf["path"] = [LEAVES[-1].hex(), node_hash(LEAVES[4], LEAVES[5]).hex(), leaf["path"][-1]]


def other_chain(document: Document) -> None:
    document["digest"] = digest_of(replace(SECOND, system_identifier="7001")).as_json()


def other_block(document: Document) -> None:
    document["digest"] = digest_of(FIRST).as_json()


def no_first_block(document: Document) -> None:
    del document["blocks"][0]


def gap(document: Document) -> None:
    third = header(3, SECOND.block_hash(), NO_BLOCK)
    document["blocks"] = [document["blocks"][0], third.as_json()]
    document["digest"] = digest_of(third).as_json()


def unsigned(document: Document) -> None:
    document["digest"] = digest_of(SECOND, None).as_json()


def of_a_stranger(document: Document) -> None:
    document["digest"] = digest_of(SECOND, STRANGER).as_json()


def claims_the_key(document: Document) -> None:
    document["digest"] = digest_of(SECOND, STRANGER).as_json() | {"public_key": KEYPAIR.public_key.hex()}


def redated(document: Document) -> None:
    document["digest"]["digested_at"] = "2020-01-01T00:00:00Z"


def wrong_salt(document: Document) -> None:
    document["leaves"][0]["person"]["salt"] = "00" * 16


def wrong_person(document: Document) -> None:
    document["leaves"][0]["person"]["value"] = PERSON.replace("alice", "bob")


MALICE = {
    "wrong index": leaf_change(leaf_index=3),
    "negative index": leaf_change(leaf_index=-1),
    "index beyond the tree": leaf_change(leaf_index=SIZE),
    "huge index": leaf_change(leaf_index=2**64 + 4),
    "very huge index": leaf_change(leaf_index=10**4000),
    "true as index": leaf_change(leaf_index=True),
    "text as index": leaf_change(leaf_index="4"),
    "null as index": leaf_change(leaf_index=None),
    "another content": leaf_change(content=content(5).decode()),
    "content with a byte more": leaf_change(content=content(4).decode() + " "),
    "content of no bytes": leaf_change(content=""),
    "content with a lone surrogate": leaf_change(content="\ud800"),
    "content that is not a text": leaf_change(content=["dbtrack version 1"]),
    "another block": leaf_change(block_number=2),
    "a block that is not there": leaf_change(block_number=3),
    "a path that is not a list": leaf_change(path="00" * 32),
    "a path of no hashes": leaf_change(path=[None]),
    "a path in capitals": leaf_change(path=["AB" * 32] * 3),
    "a path without end": leaf_change(path=["00" * 32] * 100_000),
    "swapped sides": swap_sides,
    "reversed path": reverse_path,
    "truncated path": truncate,
    "extended path": extend,
    "no path": no_path,
    "a node as leaf": node_as_leaf,
    "a duplicated leaf": duplicate_last,
    "a smaller tree": block_change(0, leaf_count=5),
    "a larger tree": block_change(0, leaf_count=8),
    "no tree": block_change(0, leaf_count=0),
    "another root": block_change(0, root_hash="00" * 32),
    "an altered header": block_change(0, sealed_at_us=4),
    "another database's name": block_change(1, database="other"),
    "another chain's digest": other_chain,
    "a digest of another block": other_block,
    "a chain that begins later": no_first_block,
    "a chain with a gap": gap,
    "an unsigned digest": unsigned,
    "a stranger's digest": of_a_stranger,
    "a stranger's digest under our key": claims_the_key,
    "a digest with another date": redated,
    "a wrong salt": wrong_salt,
    "another person": wrong_person,
    "no leaves": lambda document: document.update(leaves=[]),
    "leaves that are numbers": lambda document: document.update(leaves=[1]),
    "no blocks": lambda document: document.update(blocks=[]),
    "blocks that are lists": lambda document: document.update(blocks=[[]]),
    "no digest": lambda document: document.update(digest=None),
    "another key": lambda document: document.update(execution_key="00" * 32),
    "another format": lambda document: document.update(format="dbtrack proof 2"),
    "no person": lambda document: document["leaves"][0].pop("person"),
    "a person that is a number": leaf_change(person=1),
}


@pytest.mark.parametrize("name", MALICE)
def test_a_malicious_proof_does_not_hold(name: str) -> None:
    document = copy.deepcopy(proof())
    MALICE[name](document)
    with pytest.raises(ProofError):
        checked(document)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"null", b"[]", b"{", b"\xff", b'"proof"', b"1", b"[" * 1_000_000, b'{"a":' * 100_000, b"9" * 10_000,
        b'{"format": NaN}', b'{"format": 1e999}', b'{"format": "x", "format": "dbtrack proof 1"}',
    ],
)  # fmt: skip
def test_what_is_not_a_proof_is_refused(data: bytes) -> None:
    with pytest.raises(ProofError):
        checked(data)


def test_content_nested_deeply_does_not_hold() -> None:
    deep = "[" * 200_000
    root = leaf_hash(deep.encode())
    only = replace(FIRST, root_hash=root, leaf_count=1)
    document = proof()
    document["blocks"], document["digest"] = [only.as_json()], digest_of(only).as_json()
    document["leaves"][0].update(leaf_index=0, path=[], content=deep)
    with pytest.raises(ProofError):
        checked(document)


def test_an_unsigned_proof_holds_only_where_nobody_asks() -> None:
    document = proof()
    unsigned(document)
    assert checked(document, None).rows
    with pytest.raises(ProofError, match="not signed"):
        checked(document)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 9, 31, 33])
def test_every_leaf_of_every_tree_has_its_path_and_no_other_index_has_it(size: int) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    root = root_hash(leaves)
    for index in range(size):
        path = inclusion_path(leaves, index)
        assert root_from_path(leaves[index], index, size, path) == root
        for other in range(size + 2):
            if other != index:
                assert root_from_path(leaves[index], other, size, path) != root


def test_the_root_is_that_of_rfc_6962() -> None:
    # The tree of seven leaves of RFC 6962, section 2.1.3, put together by hand.
    a, b, c, d, e, f, j = (leaf_hash(bytes([number])) for number in range(7))
    left = node_hash(node_hash(a, b), node_hash(c, d))
    right = node_hash(node_hash(e, f), j)
    assert root_hash([a, b, c, d, e, f, j]) == node_hash(left, right)
