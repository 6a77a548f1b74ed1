"""A directory, or a prefix in a bucket of S3, from which files are read."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dbtrack import files
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.storage.s3 import StorageError, is_bucket_name, s3_client, translated

_CHUNK_BYTES = 1 << 20
_SCHEME = "s3://"
_ABSENT = {"NoSuchKey", "404", "NoSuchVersion"}


@dataclass(frozen=True)
class FetchedFile:
    """A file that was read to its end, and what its bytes were.

    Args:
        path: where it is on this machine.
        sha256: in hexadecimal.
    """

    path: Path
    size_bytes: int
    sha256: str


class Place(ABC):
    """Where files are; their names are relative to it, with slashes."""

    def __init__(self, name: str) -> None:
        """Name it as people know it."""
        self.name = name

    @abstractmethod
    def names(self, prefix: str = "") -> dict[str, int]:
        """Return the names that begin so, sorted, each with its size in bytes.

        Raises:
            DbtrackError: it cannot be listed.
        """

    @abstractmethod
    def read(self, name: str, most_bytes: int) -> bytes:
        """Return the content of a small file.

        Raises:
            DbtrackError: it cannot be read, or is longer.
        """

    @abstractmethod
    def fetch(self, name: str, into: Path) -> FetchedFile | None:
        """Read a file whole, and return where it is now; None if there is no such file.

        Args:
            into: a directory that takes it under its name, if it is not on this machine.

        Raises:
            DbtrackError: it cannot be read or written.
        """


class Directory(Place):
    """A directory of this machine."""

    def __init__(self, path: Path) -> None:
        """Check that there is such a directory.

        Raises:
            UsageError: there is not.
        """
        super().__init__(str(path))
        self._path = path
        if not path.is_dir():
            raise UsageError(f"there is no directory {path}")

    def names(self, prefix: str = "") -> dict[str, int]:
        """Return the names of files that begin so, without what is hidden."""
        # The folders of the prefix, so that only these are searched.
        folder = prefix.rpartition("/")[0]
        found = {
            path.relative_to(self._path).as_posix(): path.stat().st_size
            for path in (self._path / folder).rglob("*")
            if path.is_file()
        }
        return {
            name: found[name] for name in sorted(found) if name.startswith(prefix) and "/." not in f"/{name}"
        }

    def read(self, name: str, most_bytes: int) -> bytes:
        """Return the content of a small regular file."""
        try:
            return files.read_regular(self._path / name, most_bytes=most_bytes)
        except OSError as error:
            raise DbtrackError(f"cannot read {self._path / name}: {error.strerror}") from error

    def fetch(self, name: str, into: Path) -> FetchedFile | None:
        """Hash a file where it is."""
        del into
        path = self._path / name
        try:
            with path.open("rb") as stream:
                digest, size = hashlib.file_digest(stream, "sha256"), stream.tell()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise DbtrackError(f"cannot read {path}: {error.strerror}") from error
        return FetchedFile(path.resolve(), size, digest.hexdigest())


class Bucket(Place):
    """A prefix in a bucket of S3. Threads can share it."""

    def __init__(self, name: str, bucket: str, prefix: str) -> None:
        """Open a client.

        Args:
            prefix: empty, or with a slash at its end.

        Raises:
            DbtrackError: botocore is not installed, or its configuration is invalid.
        """
        super().__init__(name)
        self._bucket = bucket
        self._prefix = prefix
        with self._explained(""):
            self._client: Any = s3_client()

    def names(self, prefix: str = "") -> dict[str, int]:
        """Return the names of objects that begin so."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        found: dict[str, int] = {}
        with self._explained(""), translated():
            for page in pages:
                for each in page.get("Contents", []):
                    found[each["Key"][len(self._prefix) :]] = each["Size"]
        return dict(sorted(found.items()))

    def read(self, name: str, most_bytes: int) -> bytes:
        """Return the content of a small object."""
        with self._explained(name), translated():
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
            content: bytes = found["Body"].read(most_bytes + 1)
        if len(content) > most_bytes:
            raise DbtrackError(f"{self.name}/{name} is longer than {most_bytes} bytes")
        return content

    def fetch(self, name: str, into: Path) -> FetchedFile | None:
        """Download an object, and hash what arrives."""
        path = into / name
        with self._explained(name):
            try:
                with translated():
                    body = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"]
            except StorageError as error:
                if error.code in _ABSENT:
                    return None
                raise
            with files.naming(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                stream = path.open("wb")
            with stream:
                return self._written(body, stream, path)

    @staticmethod
    def _written(body: Any, stream: Any, path: Path) -> FetchedFile:
        digest, size = hashlib.sha256(), 0
        while True:
            with translated():
                chunk = body.read(_CHUNK_BYTES)
            if not chunk:
                break
            digest.update(chunk)
            size += len(chunk)
            with files.naming(path):
                stream.write(chunk)
        with files.naming(path):
            stream.flush()
        return FetchedFile(path.resolve(), size, digest.hexdigest())

    @contextmanager
    def _explained(self, name: str) -> Iterator[None]:
        try:
            yield
        except StorageError as error:
            where = f"{self.name}/{name}" if name else self.name
            raise DbtrackError(f"cannot read {where}: {error}") from error


def is_bucket(text: str) -> bool:
    """Return whether a place is in S3."""
    return text.lower().startswith(_SCHEME)


def bucket_and_prefix(url: str) -> tuple[str, str]:
    """Return the bucket of `s3://BUCKET/PREFIX`, and the prefix: empty, or with a slash at its end.

    Raises:
        UsageError: it is malformed.
    """
    parts = urlsplit(url)
    if not is_bucket_name(parts.netloc) or parts.query or parts.fragment:
        raise UsageError("a place in S3 is s3://BUCKET or s3://BUCKET/PREFIX", hint="without a login")
    path = parts.path.strip("/")
    return parts.netloc, f"{path}/" if path else ""


def open_place(text: str) -> Place:
    """Open a directory, or `s3://BUCKET/PREFIX`.

    Raises:
        UsageError: there is no such directory, or the URL is malformed.
        DbtrackError: S3 needs botocore, which is not installed.
    """
    if is_bucket(text):
        bucket, prefix = bucket_and_prefix(text)
        return Bucket(f"s3://{bucket}/{prefix}".rstrip("/"), bucket, prefix)
    if "://" in text:
        raise UsageError(f"{text!a} is not a directory, and not s3://BUCKET/PREFIX")
    return Directory(Path(text))
