"""Whatever the search for secrets could find in a short statement, the quick look before it lets through to it."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from dbtrack.redaction import free_text
from dbtrack.redaction.free_text import carries_secret

_ROUTINE = Path(__file__).parents[2] / "sql" / "routines" / "event_trigger_ddl_end.sql"
# One for each way through the expression: `(a|b)c` is ac, bc; a class is one of its characters, the least of them.
_WORDS = """
passw passwd passphrase passcode passfile passkey pwd kennwort secret token credential bearer oauth jwt cookie webhook
dblink conninfo pgp_ hmac encrypt digest( crypt( authorization: authorization= login_user register_user
://u:p@ akia0123456789ab asia0123456789ab gho_0 ghp_0 ghr_0 ghs_0 ghu_0 github_pat_ glpat-
xoxa- xoxb- xoxe- xoxp- xoxr- xoxs- rk_live_ rk_test_ sk_live_ sk_test_ aiza0 eyj01234567 -----begin scram-sha-256$
$2a$ $2b$ $2x$ $2y$ u&' u&" \\x \\u \\0 \\7
"""
_KEYS = ("api", "access", "private", "encryption", "account", "shared", "signing", "auth")
_TELLING = _WORDS.split()
_TELLING += [" pw ", "digest (", "authorization' :", "identified  by", "connection ", "user  mapping"]
_TELLING += ["create  server", "alter  server", "md5" + 32 * "0"]
_TELLING += [word + between + "key" for word, between in product(_KEYS, ("", " ", "_", "-"))]


@pytest.fixture(scope="module")
def quick_look() -> list[re.Pattern[str]]:
    """The patterns of LIKE, as regular expressions."""
    [array] = re.findall(r"LIKE ANY \((.*?)::pg_catalog\._text", _ROUTINE.read_text(), re.DOTALL)
    patterns = "".join(re.findall(r"'([^']*)'", array)).strip("{}").replace("\\\\", "\\").split(",")
    assert len(patterns) > 30
    return [_expression(pattern) for pattern in patterns]


def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\\(.)|(%)|(_)|(.)", pattern)
    return re.compile(
        "".join(
            ".*" if every else "." if one else re.escape(plain or kept) for kept, every, one, plain in parts
        ),
        re.DOTALL,
    )


@pytest.mark.parametrize("telling", _TELLING)
def test_it_lets_through_what_is_telling(quick_look: list[re.Pattern[str]], telling: str) -> None:
    text = f"COMMENT ON TABLE t IS 'x {telling.upper()} x'"
    assert carries_secret(text), "the expression has changed: what else does it find?"
    assert any(pattern.fullmatch(text.lower()) for pattern in quick_look)


def test_every_branch_of_the_expression_is_tried() -> None:
    """A branch more in the expression needs a word more above."""
    for branch in _branches(free_text._CARRIES_SECRET.pattern):
        assert any(re.search(branch, f"'x {word} x'", re.IGNORECASE) for word in _TELLING), branch


def _branches(expression: str) -> list[str]:
    depth, branches = 0, [""]
    for token in re.findall(r"\\.|\[[^]]*\]|.", expression):
        depth += (token == "(") - (token == ")")
        if token == "|" and depth == 0:
            branches.append("")
        else:
            branches[-1] += token
    return branches
