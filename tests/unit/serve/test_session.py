"""The cookie of a browser: sealed, bounded in time, without the token."""

from __future__ import annotations

import pytest

from dbtrack.serve.pages.session import LIFETIME_SECONDS, Session, local_path, seal, unseal

SERVER_KEY = b"s" * 32
KEPT = Session("0123456789ab", b"k" * 32)


def test_a_cookie_gives_back_what_was_kept() -> None:
    assert unseal(seal(KEPT, SERVER_KEY, 1000), SERVER_KEY, 1001) == KEPT


def test_a_cookie_ends() -> None:
    value = seal(KEPT, SERVER_KEY, 1000)
    assert unseal(value, SERVER_KEY, 1000 + LIFETIME_SECONDS - 1) == KEPT
    assert unseal(value, SERVER_KEY, 1000 + LIFETIME_SECONDS) is None


def test_a_cookie_of_another_server_is_worth_nothing() -> None:
    assert unseal(seal(KEPT, SERVER_KEY, 1000), b"t" * 32, 1001) is None


def test_a_cookie_hides_the_key_and_is_never_the_same_twice() -> None:
    import base64

    first, second = seal(KEPT, SERVER_KEY, 1000), seal(KEPT, SERVER_KEY, 1000)
    assert first != second
    assert KEPT.key not in base64.urlsafe_b64decode(first)


def test_every_changed_character_is_noticed() -> None:
    value = seal(KEPT, SERVER_KEY, 1000)
    for place, character in enumerate(value.rstrip("=")):
        changed = value[:place] + ("A" if character != "A" else "B") + value[place + 1 :]
        assert unseal(changed, SERVER_KEY, 1001) in (None, KEPT)
        if place < len(value) - 4:
            assert unseal(changed, SERVER_KEY, 1001) is None


@pytest.mark.parametrize("value", ["", "x", "é", "=" * 200, "A" * 184, "dbt_0123456789ab_" + "0" * 64])
def test_what_is_no_cookie_is_no_session(value: str) -> None:
    assert unseal(value, SERVER_KEY, 1001) is None


@pytest.mark.parametrize(
    "path",
    [None, "", "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\nb"],
)
def test_nobody_is_sent_elsewhere_after_signing_in(path: str | None) -> None:
    assert local_path(path) == "/"


def test_one_is_sent_where_one_was() -> None:
    assert local_path("/executions/0123abcd?x=1") == "/executions/0123abcd?x=1"
