"""An archive in a bucket of S3, fetched into a temporary directory."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from dbtrack.errors import DbtrackError
from dbtrack.storage.place import is_bucket, open_place

_READERS = 8
_NAME = re.compile(r"executions_[^/]*\.(json|parquet)")


@contextmanager
def archive_directory(place: str) -> Iterator[Path]:
    """Return the directory of an archive; one in S3 is downloaded first, and removed after the block.

    Args:
        place: a directory, or `s3://BUCKET/PREFIX`; errors inside the block name it.

    Raises:
        UsageError: the URL is malformed.
        DbtrackError: it cannot be read.
    """
    if not is_bucket(place):
        yield Path(place)
        return
    bucket = open_place(place)
    with tempfile.TemporaryDirectory(prefix="dbtrack-archive-") as folder:
        names = [name for name in bucket.names("executions_") if _NAME.fullmatch(name)]
        with ThreadPoolExecutor(_READERS) as readers:
            list(readers.map(lambda name: bucket.fetch(name, Path(folder)), names))
        try:
            yield Path(folder)
        except DbtrackError as error:
            error.message = error.message.replace(folder, bucket.name)
            raise
