"""Names as PostgreSQL writes them: in quotes only where they need these."""

from __future__ import annotations

import re

from dbtrack.ingest.ddl.ddl_words import QUOTED_KEYWORDS
from dbtrack.redaction.sql_tokens import Kind, Token

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def quoted_name(token: Token) -> str:
    """Return a name of a statement as PostgreSQL's quote_ident writes it; any other token as it stands."""
    if token.kind is Kind.WORD:
        return token.text.lower()
    inside = token.inside.replace('""', '"')
    if token.kind is Kind.NAME and token.text.startswith('"') and _PLAIN.fullmatch(inside):
        return token.text if inside in QUOTED_KEYWORDS else inside
    return token.text
