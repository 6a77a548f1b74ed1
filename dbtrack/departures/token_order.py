"""Put the certificates of a timestamp token into the order that DER asks for.

Authorities that use OpenSSL send them as they come, and the strict parser of `rfc3161_client` refuses them.
The set of certificates is not signed, so its order means nothing; what is kept of a token stays as it came.
"""

from __future__ import annotations

from collections.abc import Iterator

# In TimeStampResp the token comes second, and in the token the content; in SignedData this tag is the set's.
_TOKEN, _CONTENT, _CERTIFICATES = 1, 1, 0xA0


def with_sorted_certificates(data: bytes) -> bytes:
    """Return a response (RFC 3161, DER) with its certificates in order; unchanged if it is malformed."""
    try:
        token = _member(data, _whole(data), _TOKEN)
        signed_data = _member(data, _member(data, token, _CONTENT), 0)
        for start, inside, end in _members(data, signed_data):
            if data[start] == _CERTIFICATES:
                certificates = [data[first:last] for first, _, last in _members(data, (start, inside, end))]
                return data[:inside] + b"".join(sorted(certificates)) + data[end:]
    except IndexError:
        pass
    return data


def _whole(data: bytes) -> tuple[int, int, int]:
    return _element(data, 0, len(data))


def _member(data: bytes, parent: tuple[int, int, int], index: int) -> tuple[int, int, int]:
    return list(_members(data, parent))[index]


def _members(data: bytes, parent: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
    position = parent[1]
    while position < parent[2]:
        element = _element(data, position, parent[2])
        yield element
        position = element[2]


def _element(data: bytes, start: int, limit: int) -> tuple[int, int, int]:
    """Return where an element starts, where its content does, and where it ends."""
    length, inside = data[start + 1], start + 2
    if length & 0x80:
        count = length & 0x7F
        length, inside = int.from_bytes(data[inside : inside + count], "big"), inside + count
    if inside + length > limit:
        raise IndexError
    return start, inside, inside + length
