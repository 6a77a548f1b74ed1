"""Names of partitions as Hive writes them, which DuckDB, Spark and Trino read back to the same value.

Percent signs stand before ASCII characters only: Spark takes the bytes of an escaped é for two characters.
"""

from __future__ import annotations

import re
from hashlib import sha256

NULL = "__HIVE_DEFAULT_PARTITION__"
"""The name of the partition of NULL. Hive uses it for the empty text, too."""
_ESCAPED = re.compile(r"""[\x00-\x1f\x7f"#%'*/:=?\\{\[\]^]""")
_MOST_BYTES = 255


def partition_name(key: str, value: str | None) -> str:
    """Return the name of a directory, `key=value`.

    A value that makes it longer than file systems allow is replaced by its SHA-256: the files have the value.
    """
    if not value:
        return f"{key}={NULL}"
    name = f"{key}={_ESCAPED.sub(lambda match: f'%{ord(match[0]):02X}', value)}"
    if len(name.encode()) > _MOST_BYTES:
        return f"{key}=sha256-{sha256(value.encode()).hexdigest()}"
    return name
