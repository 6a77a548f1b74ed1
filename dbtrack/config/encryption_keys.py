"""The encryption keys of secret metadata, and which of them encrypts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from dbtrack.config.configuration_file import read_configuration
from dbtrack.config.secret_source import WAYS, read_secret
from dbtrack.errors import DbtrackError, UsageError

KEY_VARIABLE = "DBTRACK_KEY"
KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_KEY = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class KeyRing:
    """Names keys and where they are; a key is read when it is needed. Its repr shows no key.

    Args:
        sources: by the key's id, as `dbtrack.config.secret_source` writes them.
        current: the id of the key that encrypts; None where there is none.
    """

    sources: Mapping[str, str]
    current: str | None
    environ: Mapping[str, str] = field(repr=False)

    def encrypting(self) -> tuple[str, bytes]:
        """Return the id of the key that encrypts, and the key, 32 bytes.

        Raises:
            UsageError: no key is configured to encrypt, or it cannot be read.
        """
        if self.current is None:
            raise UsageError(
                "there is no key for encrypting secrets",
                hint=f"dbtrack key new FILE makes one; then set {KEY_VARIABLE}=ID=file:FILE",
            )
        return self.current, self.key(self.current)

    def key(self, key_id: str) -> bytes:
        """Return a key, 32 bytes.

        Raises:
            DbtrackError: it is not configured, or cannot be read.
        """
        if key_id not in self.sources:
            raise DbtrackError(f"the key {key_id} is not configured", hint="see docs/secrets.md")
        text = read_secret(self.sources[key_id], f"the key {key_id}", self.environ, is_key=True)
        if not _KEY.fullmatch(text.strip()):
            raise UsageError(f"the key {key_id} is not 64 hexadecimal digits", hint="see: dbtrack key new")
        return bytes.fromhex(text.strip())


def key_ring(environ: Mapping[str, str]) -> KeyRing:
    """Return the keys of the configuration file, and the one of `$DBTRACK_KEY`, which then encrypts.

    Raises:
        UsageError: the variable or the file is malformed.
    """
    configuration = read_configuration(environ)
    sources, current = dict(configuration.keys), configuration.encryption_key
    given = environ.get(KEY_VARIABLE)
    if given:
        current, separator, source = given.partition("=")
        if not separator or not _KEY_ID.fullmatch(current):
            raise UsageError(f"{KEY_VARIABLE} must be ID=SOURCE", hint=f"SOURCE is {WAYS}")
        sources[current] = source
    if current is not None and current not in sources:
        raise UsageError(f"the key {current}, which is to encrypt, is not configured")
    return KeyRing(sources, current, environ)
