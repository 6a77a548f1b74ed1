"""Clients of Amazon's interfaces, and what their errors mean.

Only this module uses `botocore`, which is an extra. Credentials and region come from botocore's own chain:
AWS_… variables, profiles, roles.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbtrack.errors import (
    DbtrackError,
    MissingExtraError,
    NoConnectionError,
    PermissionDeniedError,
    UsageError,
)

# arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
_ARN = re.compile(r"arn:[\w-]+:(?P<service>\w+):(?P<region>[\w-]+):\d*:(?P<resource>.+)")
_LOGIN = re.compile(r"//[^/@\s]*@")
_REFUSED = {
    "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId",
    "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure",
    "TokenRefreshRequired",
}  # fmt: skip
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
GONE = {"DBLogFileNotFoundFault", "DBLogFileNotFound"}
"""The log file is not there any more."""
_UNKNOWN = {"DBInstanceNotFound", "DBInstanceNotFoundFault", "ResourceNotFoundException", *GONE}
_BUSY = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable", "InternalFailure"}
_ATTEMPTS = 8
_RENEW = "renew them, for example: aws sso login; nothing is lost, the next run continues"


class NotThereError(UsageError):
    """There is no such thing in this account and region.

    Args:
        code: of the error, as Amazon names it.
    """

    def __init__(self, message: str, *, hint: str | None = None, code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


def split_arn(name: str, service: str) -> tuple[str, str | None]:
    """Return the resource in an ARN and its region; of any other text the text and None.

    Raises:
        UsageError: it is an ARN of another service.
    """
    match = _ARN.fullmatch(name)
    if match is None:
        return name, None
    if match["service"] != service:
        raise UsageError(f"{name} is of the service {match['service']}, not of {service}")
    return match["resource"], match["region"]


def aws_client(service: str, region: str | None) -> Any:
    """Return a client that tries again what is throttled.

    Raises:
        MissingExtraError: botocore is not installed.
        UsageError: there is no region, or no such profile.
    """
    try:
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise MissingExtraError(f"--from {'rds' if service == 'rds' else 'cloudwatch'}", "aws") from None
    config = Config(
        connect_timeout=10,
        read_timeout=60,
        retries={"max_attempts": _ATTEMPTS, "mode": "standard"},
        user_agent_extra="dbtrack",
    )
    # Amazon's other clients read AWS_REGION; botocore knows only AWS_DEFAULT_REGION and the profile.
    region = region or os.environ.get("AWS_REGION")
    try:
        return botocore.session.get_session().create_client(service, region_name=region, config=config)
    except (BotoCoreError, ValueError) as error:
        hint = "set AWS_REGION, or give the ARN" if "region" in str(error) else None
        raise UsageError(f"Amazon's client cannot be used: {_text(error)}", hint=hint) from error


@contextmanager
def aws_errors(what: str) -> Iterator[None]:
    """Turn an error of botocore inside the block into one that says what to do.

    Args:
        what: what is read, as the user named it.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        CredentialRetrievalError,
        HTTPClientError,
        NoCredentialsError,
        SSOError,
    )

    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        raise _meaning(what, str(said.get("Code", "")), _text(said.get("Message", "")), error) from error
    except NoCredentialsError as error:
        raise NoConnectionError(
            "there are no credentials for Amazon", hint="set AWS_PROFILE, or AWS_ACCESS_KEY_ID"
        ) from error
    except (CredentialRetrievalError, SSOError) as error:
        raise NoConnectionError(
            f"Amazon's credentials cannot be used: {_text(error)}", hint=_RENEW
        ) from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        raise NoConnectionError(f"Amazon cannot be reached for {what}: {_text(error)}") from error


def _meaning(what: str, code: str, message: str, error: Any) -> DbtrackError:
    if code in _REFUSED:
        return NoConnectionError(f"Amazon refuses the credentials: {message or code}", hint=_RENEW)
    if code in _DENIED:
        return PermissionDeniedError(
            f"Amazon does not allow {error.operation_name} on {what}",
            hint="the actions that a policy has to allow are in docs/ingest.md",
        )
    if code in _UNKNOWN:
        return NotThereError(
            f"{what} is not there: {message or code}", code=code, hint="check the name and the region"
        )
    if code in _BUSY:
        return NoConnectionError(
            f"Amazon is busy: {message or code}; gave up after {_ATTEMPTS} attempts",
            hint="nothing is lost, the next run continues",
        )
    return DbtrackError(f"Amazon refuses {error.operation_name} on {what}: {code}: {message}")


def _text(value: object) -> str:
    return " ".join(_LOGIN.sub("//", str(value)).split()).rstrip(".")
