"""A deployment, as the operator's command reaches it: a stage's name, the hub's region, and AWS clients there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from chalicelib import organization
from chalicelib.accounts import describe
from chalicelib.errors import CountermeasureError
from chalicelib.organization import Organization
from infrastructure.names import operator

FILE = Path("organization.toml")
AWS_ERRORS = (BotoCoreError, ClientError)
_ONCE = Config(read_timeout=910, retries={"total_max_attempts": 1})
"""For calls of functions: they run for up to 15 minutes, and one that is called twice works twice."""


class BadInput(CountermeasureError):
    """What somebody typed cannot be read, or names what is not there: exit code 2."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """One stage in the hub. `aws` gives a client of the hub by service and region."""

    stage: str
    region: str
    organization: Organization
    aws: Callable[[str, str], Any]

    def client(self, service: str) -> Any:
        """Return the client of a service where countermeasure is deployed."""
        return self.aws(service, self.region)


def deployed(stage: str, region: str = "") -> Deployed:
    """Return a stage of the organization.toml here, in the region given or else that of the AWS configuration."""
    try:
        session = boto3.Session()
    except BotoCoreError as error:  # a profile that is not there
        raise CountermeasureError(f"{error}: check AWS_PROFILE and the AWS configuration") from error
    where = region or os.environ.get("AWS_REGION") or session.region_name
    if not where:
        raise CountermeasureError("no region is named: give --region, or set AWS_REGION to where it is deployed")

    os.environ["AWS_DEFAULT_REGION"] = where  # where the secrets are read too

    @cache
    def aws(service: str, place: str) -> Any:
        return session.client(service, region_name=place, config=_ONCE if service == "lambda" else None)

    return Deployed(stage, where, organization.read(FILE), aws)


def explained(error: Exception, stage: str) -> tuple[str, str]:
    """Return what went wrong between us and AWS in one line, and what to do about it."""
    if isinstance(error, NoCredentialsError):
        return "there are no AWS credentials", f"sign in to the hub, in the role {operator(stage)}"
    if isinstance(error, NoRegionError):
        return "no region is named", "give --region, or set AWS_REGION"
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if "Expired" in code or code in {"InvalidClientTokenId", "UnrecognizedClientException"}:
        return describe(error), "sign in again"
    if "AccessDenied" in code or code in {"AuthorizationError", "UnauthorizedOperation"}:
        return describe(error), f"work in the role {operator(stage)} of the hub"
    return describe(error), "see the AWS error, and try again"
