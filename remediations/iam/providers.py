"""What the remediations of identity providers share: their ARN, their tags, and asking for one that may be gone."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError

from chalicelib.model import Json, Resource


def arn_of(provider: Resource, noun: str) -> str:
    """Return the provider's ARN, which is also its id in most events; in others that is the name alone."""
    if provider.id.startswith("arn:"):
        return provider.id
    return f"arn:{provider.partition}:iam::{provider.account}:{noun}/{provider.id.removeprefix('https://')}"


def found(get: Callable[..., Json], **which: str) -> Json | None:
    """Return what IAM says of the provider, None when there is none of this name."""
    try:
        return get(**which)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return None


def delete(call: Callable[..., Json], **which: str) -> None:
    """Delete the provider; one that is already deleted is as it should be."""
    try:
        call(**which)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise


def tags_of(provider: Json) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in provider.get("Tags", [])}


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
