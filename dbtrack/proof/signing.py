"""Sign with Ed25519. Only this module uses `cryptography`, which is an extra."""

from __future__ import annotations

import shlex
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack import files
from dbtrack.errors import DbtrackError, UsageError, packages_hint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES = 32
SIGNATURE_BYTES = 64
KEY_VARIABLE = "DBTRACK_SIGNING_KEY"
"""The environment variable with the private key itself, as PEM."""

_ACCESS_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def require_cryptography() -> None:
    """Check that the library `cryptography` is installed.

    Raises:
        DbtrackError: it is missing.
    """
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise DbtrackError(
            "signatures need the package cryptography, which is not installed",
            hint=packages_hint("crypto"),
        ) from None


def is_signed_by(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether the owner of a public key (32 bytes) signed the message."""
    require_cryptography()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class SigningKey:
    """A private key, which is never printed."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        return self._private_key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self._private_key.sign(message)


def new_key(file: Path) -> SigningKey:
    """Create a key and write it to a new file that only its owner can read.

    Raises:
        DbtrackError: the file exists, or cannot be written.
    """
    require_cryptography()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private_key = Ed25519PrivateKey.generate()
    text = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        files.write_new(file, text)
    except FileExistsError:
        raise DbtrackError(f"{file} exists: a key is never overwritten", hint="name another file") from None
    except OSError as error:
        raise DbtrackError(f"cannot write {file}: {error.strerror}") from error
    return SigningKey(private_key)


def find_key(file: Path | None, command: str | None, environ: Mapping[str, str]) -> SigningKey | None:
    """Return the key in a file, a command's output or the environment; None if none of them is given.

    Raises:
        UsageError: two are given, the file cannot be read, or the content is not a key.
        DbtrackError: others can read the file, or the command failed.
    """
    if file is not None and command is not None:
        raise UsageError("give either --key or --key-command")
    if file is not None:
        return _parse(_read_private(file), str(file))
    if command is not None:
        return _parse(_output_of(command), "the output of --key-command")
    if environ.get(KEY_VARIABLE):
        return _parse(environ[KEY_VARIABLE].encode(), KEY_VARIABLE)
    return None


def read_public_key(file: Path) -> bytes:
    """Return the public key in a file: PEM, or 64 hexadecimal digits.

    Raises:
        UsageError: it cannot be read, or contains neither.
    """
    require_cryptography()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        data = file.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    try:
        if data.startswith(b"-----BEGIN PUBLIC"):
            key = serialization.load_pem_public_key(data)
            return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else b""
        return bytes.fromhex(data.decode("ascii")) if len(data) == KEY_BYTES * 2 else _no_public_key(file)
    except ValueError:
        return _no_public_key(file)


def _no_public_key(file: Path) -> bytes:
    raise UsageError(
        f"{file} does not contain an Ed25519 public key",
        hint="create one with: dbtrack digest --new-key FILE",
    )


def _read_private(file: Path) -> bytes:
    try:
        if file.is_file() and file.stat().st_mode & _ACCESS_BY_OTHERS:
            raise DbtrackError(
                f"others can read the key {file}", hint=f"run: chmod 600 {shlex.quote(str(file))}"
            )
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error


def _output_of(command: str) -> bytes:
    try:
        done = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, check=True)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise DbtrackError("the command of --key-command failed") from error
    return done.stdout


def _parse(text: bytes, place: str) -> SigningKey:
    require_cryptography()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            f"{place} does not contain an Ed25519 private key", hint="run: dbtrack digest --new-key FILE"
        )
    return SigningKey(key)
