"""What a resource is tagged with, looked up as it is planned: one that is tagged as protected is never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from chalicelib import arns
from chalicelib.model import Ceiling, Mode, Resource, Session
from chalicelib.owners import owner

_READS: Mapping[str, tuple[str, ...]] = {
    "AWS::Account": (),
    "AWS::Config::ConfigurationRecorder": (),
    "AWS::IAM::AccessKey": ("iam:GetAccessKeyLastUsed", "iam:ListUserTags"),
    "AWS::IAM::Group": (),
    "AWS::IAM::Role": ("iam:ListRoleTags",),
    "AWS::IAM::User": ("iam:ListUserTags",),
    "AWS::S3::Bucket": ("s3:GetBucketTagging",),
    "AWS::STS::AssumedRole": ("iam:ListRoleTags",),
}
"""What reading the tags of a type takes; others by the Resource Groups Tagging API, which tells nothing of IAM and
looks in one region only (its reference, "Services that support"), where a bucket's events may come from another."""


def reads(resource_type: str) -> tuple[str, ...]:
    """Return the IAM actions that reading the tags of a type takes; none where it has no tags."""
    return _READS.get(resource_type, ("tag:GetResources",))


def ceiling(aws: Session, resource: Resource, tags: Mapping[str, str]) -> Ceiling | None:
    """Return OBSERVE where the resource has one of the tags (`*`: with any value). What AWS raises comes through."""
    found = read(aws, resource) if reads(resource.type) else {}
    for key, value in tags.items():
        if key in found and value in {"*", found[key]}:
            return Ceiling("protected tag", Mode.OBSERVE, f"{resource.id} is protected by its tag {key} = {found[key]}")
    return None


def read(aws: Session, resource: Resource) -> dict[str, str]:
    """Return the tags of a resource: a key's are its user's, a session's those of its role."""
    return {tag["Key"]: tag["Value"] for tag in _BY_TYPE.get(resource.type, _tagged)(aws, resource)}


def _of_user(aws: Session, user: Resource) -> Any:
    return aws.client("iam").list_user_tags(UserName=user.id)["Tags"]


def _of_key(aws: Session, key: Resource) -> Any:
    return aws.client("iam").list_user_tags(UserName=owner(aws, key))["Tags"]


def _of_role(aws: Session, role: Resource) -> Any:
    return aws.client("iam").list_role_tags(RoleName=role.id.partition("/")[0])["Tags"]


def _of_bucket(aws: Session, bucket: Resource) -> Any:
    """Return a bucket's tags; GetBucketTagging says that there are none by an error (S3 API reference)."""
    try:
        return aws.client("s3").get_bucket_tagging(Bucket=bucket.id)["TagSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        return []


def _tagged(aws: Session, resource: Resource) -> Any:
    """Return the tags by the resource's ARN; one that never had any is not listed (GetResources)."""
    client = aws.client("resourcegroupstaggingapi")
    found = client.get_resources(ResourceARNList=[arns.of(resource)])["ResourceTagMappingList"]
    return [tag for each in found for tag in each["Tags"]]


_BY_TYPE: Mapping[str, Callable[[Session, Resource], Any]] = {
    "AWS::IAM::AccessKey": _of_key,
    "AWS::IAM::Role": _of_role,
    "AWS::IAM::User": _of_user,
    "AWS::S3::Bucket": _of_bucket,
    "AWS::STS::AssumedRole": _of_role,
}
