"""Requests to S3 by `botocore`, which is an extra and imported by nothing else.

Credentials, region and endpoint come from botocore's own chain: AWS_… variables, profiles, roles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbtrack.errors import DbtrackError, packages_hint

_LOGIN = re.compile(r"//[^/@\s]*@")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class StorageError(Exception):
    """S3 did not do what it was asked for.

    Args:
        code: of the error, as S3 names it; empty if there was no answer.
        is_final: S3 refused, so that the same will not succeed a little later.
    """

    def __init__(self, message: str, *, code: str = "", is_final: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.is_final = is_final


def is_bucket_name(text: str) -> bool:
    """Return whether a bucket can have this name."""
    return _BUCKET.fullmatch(text) is not None


def s3_client() -> Any:
    """Return a client of botocore, which waits some seconds for an answer and tries twice.

    Raises:
        DbtrackError: botocore is not installed.
        StorageError: its configuration is invalid.
    """
    try:
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise DbtrackError(
            "S3 needs the package botocore, which is not installed", hint=packages_hint("s3")
        ) from None
    config = Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"max_attempts": 2, "mode": "standard"},
        user_agent_extra="dbtrack",
    )
    try:
        return botocore.session.get_session().create_client("s3", config=config)
    except (BotoCoreError, ValueError) as error:
        raise StorageError(_LOGIN.sub("//", str(error)), is_final=True) from error


@contextmanager
def translated() -> Iterator[None]:
    """Turn an error of botocore inside the block into one that says what S3 said."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError

    try:
        yield
    except ClientError as error:
        said, status = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
        code = str(said.get("Code", ""))
        is_final = 400 <= int(status.get("HTTPStatusCode", 0)) < 500
        raise StorageError(
            f"{code}: {said.get('Message', '')}".rstrip(": "), code=code, is_final=is_final
        ) from error
    except NoCredentialsError as error:
        raise StorageError(
            "there are no credentials for S3: set AWS_PROFILE, or AWS_ACCESS_KEY_ID", is_final=True
        ) from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        raise StorageError(_LOGIN.sub("//", str(error))) from error
