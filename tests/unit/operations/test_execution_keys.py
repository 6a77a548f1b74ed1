from __future__ import annotations

import pytest

from dbtrack.errors import UsageError
from dbtrack.operations.execution_keys import parse_key, parse_key_range

KEY = "0123456789abcdef" * 4


@pytest.mark.parametrize("text", [KEY, KEY.upper(), rf"\x{KEY}", f" {KEY}\n"])
def test_a_whole_key_in_every_spelling(text: str) -> None:
    assert parse_key(text) == bytes.fromhex(KEY)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is not a key"),
        ("zz" * 32, "is not a key"),
        ("0123 567" * 8, "is not a key"),
        (KEY + "0", "too long"),
        (KEY[:12], "not a complete key"),
    ],
)
def test_anything_else_is_refused_by_name(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        parse_key(text)


def test_a_prefix_of_an_odd_length_stands_for_all_keys_that_begin_so() -> None:
    lowest, highest = parse_key_range("123456789")
    assert lowest == bytes.fromhex("1234567890" + "00" * 27)
    assert highest == bytes.fromhex("123456789f" + "ff" * 27)


def test_a_prefix_below_eight_digits_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 8"):
        parse_key_range("1234567")
